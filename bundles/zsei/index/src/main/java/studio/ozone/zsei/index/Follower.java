package studio.ozone.zsei.index;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import com.codahale.metrics.Timer;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.MergeScheduler;
import org.apache.lucene.store.AlreadyClosedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.Embedder;
import studio.ozone.api.zsei.ZseiException;

/**
 * Keeps the index level with the store. All writing is done by one task at a time, on the pool {@code follow}:
 * <ol>
 * <li>{@link #committed} and {@link #wake} hand the task to the pool unless it is there already;
 * <li>the task opens the index if need be, has another one built aside where another is asked for ({@link Rebuild}) and takes it when it is
 * ready, and works while there is something to do: commits from the backlog if they follow
 * on the last one, else the changes that the store reads back, else documents that lack a text or a vector;
 * <li>before it ends it refreshes the readers, so that whoever waits in {@link #await} sees the last commit, and plans a durable
 * commit of the index for a few seconds later.
 * </ol>
 * The sequence in the index never runs ahead of what has been written, so after a crash the store's changes since then are done
 * again; each is a replacement, so twice is as good as once.
 */
final class Follower {

    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
    private static final int BATCH = 64;
    private static final long REFRESH_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long COMMIT_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long RETRY_SECONDS = 30;

    /** What keeps an index from being built may go away by itself: there may be room again. */
    private static final long REBUILD_AGAIN_SECONDS = 30;

    private final ContainerStore store;
    private final Vectors vectors;
    private final Chunks chunks;
    private final Workers workers;
    private final Timer batches;
    private final Folder.Disk disk;
    private final ExecutorService pool;
    private final Backlog backlog = new Backlog();
    private final Applier applier;
    private final Map<Path, Long> uses = new HashMap<>();      // of the writing task only: when folders were last searched

    private final Object state = new Object();
    private boolean running;                      // guarded by state
    private boolean again;                        // guarded by state
    private long failures;                        // guarded by state
    private volatile boolean closed;
    private volatile boolean clear;
    private volatile boolean reopen;
    private volatile boolean broken;              // whether the open folder can be read, but not written any more
    private volatile boolean complete = true;     // whether documents that lack something are to be looked at: false
    private volatile Settings settings;
    private volatile OpenIndex index;
    private volatile Rebuild rebuild;             // written by the writing task only
    private volatile String rebuildProblem;
    private volatile long rebuildNotBefore;
    private volatile long visible;                // written under state
    private volatile String failure;
    private volatile boolean behind = true;

    // Of the writing task only.
    private long refreshed;
    private long committed;
    private int shardsTried;                      // vectors that are all alike cannot be parted

    Follower(ContainerStore store, Chunks chunks, Vectors vectors, Workers workers, Timer batches, Folder.Disk disk, Settings settings) {
        this.store = store;
        this.chunks = chunks;
        this.vectors = vectors;
        this.workers = workers;
        this.batches = batches;
        this.disk = disk;
        this.rebuildNotBefore = System.nanoTime();
        this.applier = new Applier(store, chunks, false, () -> closed);
        this.settings = settings;
        this.pool = workers.pool("follow", 1);
    }

    /** A commit of the store; returns at once. */
    void committed(Commit commit) {
        backlog.add(commit);
        wake();
    }

    /** Looks whether there is something to do. */
    void wake() {
        synchronized (state) {
            again = true;
            if (running || closed) {
                return;
            }
            running = true;
        }
        try {
            pool.execute(this::run);
        } catch (RejectedExecutionException e) {
            synchronized (state) {
                running = false;
                state.notifyAll();
            }
        }
    }

    /** An embedder has come: vectors that are missing can be made now, and if its model is another one, so can an index. */
    void complete() {
        complete = false;
        rebuildNotBefore = System.nanoTime();
        wake();
    }

    /** Takes other settings. Where they ask for another index, it is built aside, and this one answers meanwhile. */
    void reconfigure(Settings next) {
        Settings before = settings;
        settings = next;
        if (!before.equals(next)) {
            rebuildNotBefore = System.nanoTime();
            wake();
        }
    }

    /** Lets all files go and opens them again, those of the shards that were used last first. Questions wait that long. */
    void reopen() {
        reopen = true;
        wake();
    }

    /** What is on disk has turned out to be broken. */
    void rebuild() {
        clear = true;
        wake();
    }

    /** The building that goes on, for an operator; null where there is none. */
    String rebuilding() {
        Rebuild now = rebuild;
        return now == null ? null : now.goal() + ": " + now.progress();
    }

    /** Why an index that is asked for could not be built; null where nothing is amiss. */
    String rebuildProblem() {
        return rebuildProblem;
    }

    /** How much of the building is done, 0..1; NaN where none goes on. */
    double rebuilt() {
        Rebuild now = rebuild;
        return now == null ? Double.NaN : now.share();
    }

    Settings settings() {
        return settings;
    }

    /** The index; null until it has been opened. */
    OpenIndex index() {
        return index;
    }

    /** What went wrong, for an operator; null while all is well. */
    String failure() {
        return failure;
    }

    long visible() {
        return visible;
    }

    long pending() {
        long waiting = backlog.chunks() + applier.active();
        return waiting > 0 || !behind ? waiting : Math.max(0, store.sequence() - visible);
    }

    boolean await(long sequence, Duration atMost) throws ZseiException, InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        long before;
        synchronized (state) {
            before = failures;
        }
        wake();
        synchronized (state) {
            while (visible < sequence) {
                if (closed) {
                    throw new ZseiException(ZseiException.Code.CLOSED, "The index was stopped");
                }
                if (failure != null && failures != before) {     // what failed earlier may work now: there may be room again
                    throw new ZseiException(ZseiException.Code.INDEX_UNAVAILABLE, failure);
                }
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    return false;
                }
                state.wait(left);
            }
            return true;
        }
    }

    /** Waits until there is an index, or a failure. */
    void awaitOpen(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        synchronized (state) {
            for (long left = atMost.toMillis(); index == null && failure == null && !closed && left > 0;
                    left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())) {
                state.wait(left);
            }
        }
    }

    /** Ends within the time, durably if there is enough of it; what is not written is caught up with after the next start. */
    void close(Duration within) {
        long deadline = System.nanoTime() + within.toNanos();
        Rebuild building = rebuild;
        if (building != null) {
            building.cancel(true);
        }
        try {
            synchronized (state) {
                closed = true;
                state.notifyAll();
                for (long left = within.toMillis(); running && left > 0; left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())) {
                    state.wait(left);
                }
                if (running) {
                    LOG.warn("The index is still writing; what is not written is caught up with later");
                    return;
                }
            }
            if (index != null) {
                pool.submit(this::shut).get(Math.max(100, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
            LOG.warn("The index was not closed cleanly; it catches up after the next start", e);
        } finally {
            workers.close("follow", Duration.ofMillis(100));
            workers.close("rebuild", Duration.ofMillis(200));
        }
    }

    private Void shut() throws IOException {
        Rebuild building = rebuild;
        if (building != null) {
            building.cancel(true);             // its source goes; it is gone on with
            if (building.state() == Rebuild.State.READY) {
                building.abandon();
                rebuild = null;
            }
        }
        OpenIndex open = index;
        index = null;
        open.folders().forEach(folder -> uses.put(folder.path(), folder.lastUse()));
        try (open) {
            if (!broken) {
                open.commit();
            }
        }
        return null;
    }

    private void run() {
        try {
            while (!closed && step()) {
                failure = null;
            }
            if (!closed) {
                show();
                failure = null;
            }
        } catch (IOException | AlreadyClosedException e) {
            unwritable(e);
        } catch (ZseiException | RuntimeException e) {
            failed("The index cannot follow the store: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            LOG.debug("Interrupted; the index is caught up with later");
        } finally {
            boolean more;
            synchronized (state) {
                more = again && !closed && !Thread.currentThread().isInterrupted();
                running = false;
                state.notifyAll();
            }
            if (more) {
                wake();
            }
        }
    }

    /** A writer that has closed itself says only that; the reason is the cause. */
    private void unwritable(Exception e) {
        Throwable reason = e instanceof AlreadyClosedException && e.getCause() != null ? e.getCause() : e;
        failed("The index in " + settings.root() + " cannot be opened or written: " + reason.getMessage(), e);
    }

    private void failed(String message, Exception cause) {
        if (closed) {
            return;
        }
        LOG.error("{}", message, cause);
        synchronized (state) {
            failure = message;
            failures++;
            again = false;                     // whoever has asked up to now is told; who asks from now on is served
        }
        broken = true;
        try {
            OpenIndex open = index;
            if (open != null) {
                open.stopWriting();
            }
            workers.timer().schedule(this::wake, RETRY_SECONDS, TimeUnit.SECONDS);
        } catch (IOException | RuntimeException e) {
            LOG.debug("While the index was let go", e);
        }
    }

    /** @return false where nothing is left to do */
    private boolean step() throws IOException, ZseiException, InterruptedException {
        synchronized (state) {
            again = false;
        }
        if (reopen && index != null && !broken) {
            shut();
        }
        reopen = false;
        if (index == null || broken) {
            open();
        }
        OpenIndex open = index;
        if (open.sequence() > store.sequence()) {
            LOG.warn("The index has seen commit {}, but the store has only {}; it is built again", open.sequence(), store.sequence());
            clear = true;
        }
        if (clear) {
            clear = false;
            LOG.info("The index is built again from the store");
            open.clear();
            synchronized (state) {
                visible = 0;
            }
        }
        open = reshaped(open);
        Embedder by = vectors.usable(open.model());
        if (by != null && open.model() == null) {
            open.model(by.model());
        }
        boolean worked;
        try (Timer.Context timing = batches.time()) {
            List<Commit> next = backlog.takeAfter(open.sequence(), BATCH);
            if (!next.isEmpty()) {
                worked = applier.commits(open, next, by);
            } else if (open.sequence() < store.sequence()) {
                behind = true;
                worked = applier.readBack(open, 8 * BATCH, by);
            } else {
                behind = false;
                worked = mend(open, by);
            }
        }
        if (worked && System.nanoTime() - refreshed > REFRESH_NANOS) {
            show();
        }
        if (open.changed() && System.nanoTime() - committed > COMMIT_NANOS) {
            commit();
        }
        return worked;
    }

    private void open() throws IOException {
        OpenIndex before = index;
        Settings now = settings;
        Manifest current = OpenIndex.current(now.root(), now.shape());
        Manifest next = null;
        try {
            next = Manifest.read(now.root(), Manifest.NEXT);
        } catch (IOException e) {
            LOG.debug("What was being built is given up", e);
        }
        if (next != null && next.sharesWith(current)) {      // killed after it had taken its place, and before its plan was removed
            Files.deleteIfExists(now.root().resolve(Manifest.NEXT));
            next = null;
        }
        if (next == null) {
            OpenIndex.clean(now.root(), current);
        } else {
            OpenIndex.clean(now.root(), current, next);
        }
        index = OpenIndex.open(now.root(), current, disk, this::merges, uses);
        uses.clear();
        broken = false;
        if (before != null) {
            before.close();
        }
        synchronized (state) {
            visible = index.sequence();
            state.notifyAll();
        }
        refreshed = System.nanoTime();
        committed = refreshed;
        complete = false;
    }

    private MergeScheduler merges() {
        return new PooledMerges(workers.pool("merge", 1));
    }

    /** The index that is asked for, as far as it is there: has it built where it is not, and puts it in its place when it is ready. */
    private OpenIndex reshaped(OpenIndex open) throws IOException, ZseiException, InterruptedException {
        Goal goal = goal(open);
        Rebuild building = rebuild;
        if (building != null) {
            if (building.state() == Rebuild.State.RUNNING) {
                if (!building.goal().equals(goal)) {
                    building.cancel(false);
                }
                return open;
            }
            rebuild = null;
            if (building.state() == Rebuild.State.READY) {
                if (building.goal().equals(goal)) {
                    return replaced(open, building);
                }
                building.abandon();
            } else if (building.state() == Rebuild.State.FAILED) {
                notRebuilt(building, building.failure());
            }
        }
        int shards = settings.sharding().count(open.documents());
        boolean crowded = goal.shardSize() > 0 && shards > Math.max(open.folders().size(), shardsTried);
        if (goal.equals(Goal.of(open)) && !crowded) {
            rebuildProblem = null;
            return open;
        }
        if (System.nanoTime() - rebuildNotBefore < 0) {
            return open;
        }
        shardsTried = shards;
        Rebuild next = new Rebuild(open, goal, settings.sharding(), store, chunks, vectors.usable(goal.model()), disk, this::wake);
        LOG.info("Building the index again in the background: {}", goal);
        rebuild = next;
        try {
            workers.pool("rebuild", 1).execute(next);
        } catch (RejectedExecutionException e) {
            rebuild = null;                    // the bundle stops
        }
        return open;
    }

    private Goal goal(OpenIndex open) {
        Settings now = settings;
        String has = open.model();
        Embedder current = vectors.usable();
        if (current != null && has != null && !current.model().equals(has)) {
            return new Goal(now.root(), now.shape(), 0, current.model());      // cut into shards when its vectors are known
        }
        int size = has == null ? open.manifest().shardSize() : now.sharding().count(open.documents()) == 1 ? 0 : now.sharding().size();
        return new Goal(now.root(), now.shape(), size, has);
    }

    private OpenIndex replaced(OpenIndex old, Rebuild building) throws ZseiException, InterruptedException {
        OpenIndex fresh = null;
        try {
            OpenIndex built = building.target();
            Embedder by = vectors.usable(built.model());
            while (built.sequence() < store.sequence()) {
                if (!applier.readBack(built, 8 * BATCH, by)) {
                    return old;                // the bundle stops
                }
            }
            built.commit();
            built.close();
            fresh = OpenIndex.open(built.root(), built.manifest(), disk, this::merges, uses);
            if (fresh.sequence() < built.sequence()) {
                throw new CorruptIndexException("not read back as it was written", built.root().toString());
            }
            fresh.manifest().write(fresh.root(), Manifest.CURRENT);
        } catch (IOException | RuntimeException e) {
            building.abandon();
            notRebuilt(building, e);
            close(fresh);
            return old;
        }
        index = fresh;
        synchronized (state) {
            visible = fresh.sequence();
            state.notifyAll();
        }
        LOG.info("The index was built again in {} s: {}", building.seconds(), building.goal());
        rebuildProblem = null;
        refreshed = System.nanoTime();
        committed = refreshed;
        complete = false;
        if (Objects.equals(vectors.model(), fresh.model())) {
            vectors.forgetEarlier();
        }
        close(old);
        try {
            Files.deleteIfExists(fresh.root().resolve(Manifest.NEXT));
            OpenIndex.clean(fresh.root(), fresh.manifest());
            if (!old.root().equals(fresh.root())) {
                OpenIndex.delete(old.root());
            }
        } catch (IOException e) {
            LOG.warn("The index before, in {}, was not removed: {}", old.root(), e.toString());
        }
        return fresh;
    }

    private static void close(OpenIndex index) {
        try {
            if (index != null) {
                index.close();
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("While an index was let go", e);
        }
    }

    private void notRebuilt(Rebuild building, Exception failure) {
        rebuildProblem = "The index (" + building.goal() + ") cannot be built in " + building.goal().root() + ": " + failure.getMessage()
            + ". The one before answers meanwhile; it is tried again every " + REBUILD_AGAIN_SECONDS + " seconds";
        LOG.warn("{}", rebuildProblem);
        rebuildNotBefore = System.nanoTime() + TimeUnit.SECONDS.toNanos(REBUILD_AGAIN_SECONDS);
        workers.timer().schedule(this::wake, REBUILD_AGAIN_SECONDS + 1, TimeUnit.SECONDS);
    }

    /** Looks once at all documents that lack something; again when an embedder comes, and when the index is opened. */
    private boolean mend(OpenIndex open, Embedder by) throws IOException, ZseiException, InterruptedException {
        if (complete) {
            return false;
        }
        refresh(open);
        List<Long> ids = Stale.lacking(open, by != null);
        for (int from = 0; from < ids.size() && !closed; from += BATCH) {
            if (backlog.chunks() > 0) {
                return true;                      // what is new comes first
            }
            applier.again(open, ids.subList(from, Math.min(ids.size(), from + BATCH)), by);
        }
        complete = !closed;
        return true;
    }

    /**
     * Writes chunks again as the store has them, removes those that it has not, and lets readers see what has been merged.
     *
     * @throws ZseiException INDEX_UNAVAILABLE if it could not
     */
    void mend(Collection<Long> ids) throws ZseiException, InterruptedException {
        try {
            pool.submit(() -> {
                OpenIndex open = index;
                if (open == null || broken) {
                    throw new IOException("it is not open");
                }
                for (long id : ids) {
                    if (store.get(id).isEmpty()) {
                        open.delete(id);
                    }
                }
                applier.again(open, ids, vectors.usable(open.model()));
                open.touched();
                refresh(open);
                commit();
                return null;
            }).get();
        } catch (ExecutionException | RejectedExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new ZseiException(ZseiException.Code.INDEX_UNAVAILABLE, "The index in " + settings.root() + " cannot be written: "
                + cause.getMessage(), e);
        }
    }

    private void show() throws IOException {
        OpenIndex open = index;
        if (open == null) {
            return;
        }
        refresh(open);
        synchronized (state) {
            visible = open.sequence();
            state.notifyAll();
        }
        if (open.changed()) {
            workers.timer().schedule(this::commitLater, COMMIT_NANOS, TimeUnit.NANOSECONDS);
        }
    }

    private void refresh(OpenIndex open) throws IOException {
        open.refresh();
        refreshed = System.nanoTime();
    }

    private void commitLater() {
        try {
            pool.execute(() -> {
                try {
                    if (!closed && index != null && !broken && index.changed()) {
                        commit();
                    }
                } catch (IOException | AlreadyClosedException e) {
                    unwritable(e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("The bundle stops");
        }
    }

    private void commit() throws IOException {
        index.commit();
        committed = System.nanoTime();
    }
}
