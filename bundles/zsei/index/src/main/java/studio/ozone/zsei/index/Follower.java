package studio.ozone.zsei.index;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

import com.codahale.metrics.Timer;
import org.apache.lucene.store.AlreadyClosedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Embedder;
import studio.ozone.api.zsei.ZseiException;

/**
 * Keeps the index level with the store. All writing is done by one task at a time, on the pool {@code follow}:
 * <ol>
 * <li>{@link #committed} and {@link #wake} hand the task to the pool unless it is there already;
 * <li>the task opens the folder if need be, and works while there is something to do: commits from the backlog if they follow
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

    private final ContainerStore store;
    private final Vectors vectors;
    private final Chunks chunks;
    private final Workers workers;
    private final Timer batches;
    private final ExecutorService pool;
    private final Backlog backlog = new Backlog();
    private final AtomicLong active = new AtomicLong();

    private final Object state = new Object();
    private boolean running;                      // guarded by state
    private boolean again;                        // guarded by state
    private long failures;                        // guarded by state
    private volatile boolean closed;
    private volatile boolean reopen;
    private volatile boolean rebuild;
    private volatile boolean broken;              // whether the open folder can be read, but not written any more
    private volatile boolean complete = true;     // whether documents that lack something are to be looked at: false
    private volatile Settings settings;
    private volatile Folder folder;
    private volatile long visible;                // written under state
    private volatile String failure;
    private volatile boolean behind = true;

    // Of the writing task only.
    private long refreshed;
    private long committed;
    private boolean dirty;

    Follower(ContainerStore store, Chunks chunks, Vectors vectors, Workers workers, Timer batches, Settings settings) {
        this.store = store;
        this.chunks = chunks;
        this.vectors = vectors;
        this.workers = workers;
        this.batches = batches;
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

    /** An embedder has come: vectors that are missing can be made now. */
    void complete() {
        complete = false;
        wake();
    }

    /** Takes other settings; a folder or graph of another shape is built anew. */
    void reconfigure(Settings next) {
        Settings before = settings;
        settings = next;
        if (!before.folder().equals(next.folder()) || before.m() != next.m() || before.beam() != next.beam()) {
            reopen = true;
            wake();
        }
    }

    /** What is on disk has turned out to be broken. */
    void rebuild() {
        rebuild = true;
        wake();
    }

    Settings settings() {
        return settings;
    }

    /** The index; null until it has been opened. */
    Folder folder() {
        return folder;
    }

    /** What went wrong, for an operator; null while all is well. */
    String failure() {
        return failure;
    }

    long visible() {
        return visible;
    }

    long pending() {
        long waiting = backlog.chunks() + active.get();
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
            for (long left = atMost.toMillis(); folder == null && failure == null && !closed && left > 0;
                    left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())) {
                state.wait(left);
            }
        }
    }

    /** Ends within the time, durably if there is enough of it; what is not written is caught up with after the next start. */
    void close(Duration within) {
        long deadline = System.nanoTime() + within.toNanos();
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
            if (folder != null) {
                pool.submit(this::shut).get(Math.max(100, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
            LOG.warn("The index was not closed cleanly; it catches up after the next start", e);
        } finally {
            workers.close("follow", Duration.ofMillis(100));
        }
    }

    private Void shut() throws IOException {
        Folder open = folder;
        folder = null;
        try (open) {
            if (!broken) {
                open.commit();
            }
        }
        return null;
    }

    private void run() {
        boolean failed = false;
        try {
            while (!closed && step()) {
                failure = null;
            }
            if (!closed) {
                show();
                failure = null;
            }
        } catch (IOException | AlreadyClosedException e) {
            failed = true;
            unwritable(e);
        } catch (ZseiException | RuntimeException e) {
            failed = true;
            failed("The index cannot follow the store: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            LOG.debug("Interrupted; the index is caught up with later");
        } finally {
            boolean more;
            synchronized (state) {
                more = again && !failed && !closed && !Thread.currentThread().isInterrupted();
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
        failed("The index in " + settings.folder() + " cannot be written: " + reason.getMessage(), e);
    }

    private void failed(String message, Exception cause) {
        if (closed) {
            return;
        }
        LOG.error("{}", message, cause);
        synchronized (state) {
            failure = message;
            failures++;
        }
        broken = true;
        try {
            Folder open = folder;
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
        if (reopen) {
            reopen = false;
            if (folder != null) {
                shut();
            }
        }
        if (folder == null || broken) {
            Folder before = folder;
            folder = Folder.open(settings, workers.pool("merge", 1));
            broken = false;
            if (before != null) {
                before.close();
            }
            synchronized (state) {
                visible = folder.sequence();
                state.notifyAll();
            }
            refreshed = System.nanoTime();
            committed = refreshed;
            complete = false;
        }
        Folder open = folder;
        if (open.sequence() > store.sequence()) {
            LOG.warn("The index has seen commit {}, but the store has only {}; it is built again", open.sequence(), store.sequence());
            rebuild = true;
        }
        Embedder by = vectors.usable();
        if (rebuild || by != null && open.model() != null && !open.model().equals(by.model())) {
            rebuild = false;
            LOG.info("The index is built again from the store");
            open.clear();
            synchronized (state) {
                visible = 0;
            }
        }
        if (by != null && open.model() == null) {
            open.model(by.model());
        }
        boolean worked;
        try (Timer.Context timing = batches.time()) {
            List<Commit> next = backlog.takeAfter(open.sequence(), BATCH);
            if (!next.isEmpty()) {
                worked = live(open, next, by);
            } else if (open.sequence() < store.sequence()) {
                behind = true;
                worked = readBack(open, by);
            } else {
                behind = false;
                worked = mend(open, by);
            }
        } finally {
            active.set(0);
        }
        if (worked && System.nanoTime() - refreshed > REFRESH_NANOS) {
            show();
        }
        if (open.changed() && System.nanoTime() - committed > COMMIT_NANOS) {
            commit();
        }
        return worked;
    }

    private boolean live(Folder open, List<Commit> commits, Embedder by) throws IOException, ZseiException, InterruptedException {
        Map<Long, Container> written = new LinkedHashMap<>();
        Map<Long, String> texts = new HashMap<>();
        for (Commit commit : commits) {
            for (long id : commit.removed()) {
                written.remove(id);
                open.delete(id);
            }
            for (Container container : commit.written()) {
                written.put(container.id(), container);
            }
            texts.putAll(commit.texts());
        }
        return apply(open, written.values(), texts, by, commits.getLast().sequence());
    }

    private boolean readBack(Folder open, Embedder by) throws IOException, ZseiException, InterruptedException {
        ContainerStore.ChangePage page = store.changesAfter(open.sequence(), 8 * BATCH);
        for (long id : page.removed()) {
            open.delete(id);
        }
        return apply(open, existing(page.written()), Map.of(), by, page.sequence());
    }

    private List<Container> existing(Collection<Long> ids) throws ZseiException {
        List<Container> containers = new ArrayList<>();
        for (long id : ids) {
            store.get(id).ifPresent(containers::add);
        }
        return containers;
    }

    private boolean apply(Folder open, Collection<Container> written, Map<Long, String> texts, Embedder by, long upTo)
            throws IOException, ZseiException, InterruptedException {
        Map<Long, Container> chunkById = new LinkedHashMap<>();
        List<Container> moved = new ArrayList<>();
        for (Container container : written) {
            if (container.type() == ContainerType.CHUNK) {
                chunkById.put(container.id(), container);
            } else if (container.version() > 1) {
                moved.add(container);
            }
        }
        if (!moved.isEmpty()) {
            refresh(open);
            for (long id : Stale.below(open, store, moved)) {
                if (!chunkById.containsKey(id)) {
                    store.get(id).ifPresent(chunk -> chunkById.put(id, chunk));
                }
            }
        }
        if (!write(open, chunkById.values(), texts, by)) {
            return false;
        }
        open.applied(upTo);
        dirty = true;
        return true;
    }

    private boolean write(Folder open, Collection<Container> containers, Map<Long, String> texts, Embedder by)
            throws IOException, ZseiException, InterruptedException {
        active.set(containers.size());
        return chunks.write(containers, texts, by, (id, document) -> {
            open.put(id, document);
            active.decrementAndGet();
            dirty = true;
        }, () -> closed);
    }

    /** Looks once at all documents that lack something; again when an embedder comes, and when the index is opened. */
    private boolean mend(Folder open, Embedder by) throws IOException, ZseiException, InterruptedException {
        if (complete) {
            return false;
        }
        refresh(open);
        List<Long> ids = Stale.lacking(open, by != null);
        for (int from = 0; from < ids.size() && !closed; from += BATCH) {
            if (backlog.chunks() > 0) {
                return true;                      // what is new comes first
            }
            write(open, existing(ids.subList(from, Math.min(ids.size(), from + BATCH))), Map.of(), by);
        }
        complete = !closed;
        return true;
    }

    private void show() throws IOException {
        Folder open = folder;
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

    private void refresh(Folder open) throws IOException {
        if (dirty) {
            open.refresh();
            dirty = false;
        }
        refreshed = System.nanoTime();
    }

    private void commitLater() {
        try {
            pool.execute(() -> {
                try {
                    if (!closed && folder != null && !broken && folder.changed()) {
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
        folder.commit();
        committed = System.nanoTime();
    }
}
