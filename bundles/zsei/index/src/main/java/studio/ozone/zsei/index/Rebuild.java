package studio.ozone.zsei.index;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.InfoStream;
import org.apache.lucene.util.ThreadInterruptedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Embedder;
import studio.ozone.api.zsei.ZseiException;

/**
 * Builds an index aside while another one answers:
 * <ol>
 * <li>what is planned is written to the manifest {@link Manifest#NEXT}; a plan that is there already and still fits is gone on with;
 * <li>where the model stays the same, each new folder takes over its documents from a snapshot of the index that answers, and is committed;
 * under another model all texts are read and embedded anew, page by page as the store remembers its changes, vectors kept in the store
 * as they are made;
 * <li>what has been written to the store meanwhile is followed;
 * <li>{@link State#READY}: the follower brings it level and puts it in the other's place.
 * </ol>
 * Killed at any moment, the index that answers is as it was, and what is done of the plan is found again.
 */
final class Rebuild implements Runnable {

    /** How far it is. */
    enum State { RUNNING, READY, FAILED, CANCELLED }

    private static final Logger LOG = LoggerFactory.getLogger(Rebuild.class);
    private static final int PAGE = 512;
    private static final long COMMIT_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final Pattern BUILT = Pattern.compile("built (\\d+) in .*");

    private final OpenIndex source;
    private final Goal goal;
    private final Settings.Sharding sharding;
    private final ContainerStore store;
    private final Applier applier;
    private final Embedder by;
    private final Folder.Disk disk;
    private final Runnable done;
    private final long begun = System.nanoTime();
    private volatile boolean stopped;
    private volatile boolean keep;
    private volatile State state = State.RUNNING;
    private volatile Exception failure;
    private volatile String stage = "preparing";
    private volatile long at;
    private volatile long of;
    private volatile OpenIndex target;

    /**
     * @param by the embedder of the goal's model; null where there is none
     * @param chunks makes documents
     * @param done called when the state is no longer RUNNING
     */
    Rebuild(OpenIndex source, Goal goal, Settings.Sharding sharding, ContainerStore store, Chunks chunks, Embedder by, Folder.Disk disk,
            Runnable done) {
        this.source = source;
        this.goal = goal;
        this.sharding = sharding;
        this.store = store;
        this.applier = new Applier(store, chunks, otherModel(), () -> stopped);
        this.by = by;
        this.disk = disk;
        this.done = done;
    }

    private boolean otherModel() {
        return source.model() != null && !source.model().equals(goal.model());
    }

    Goal goal() {
        return goal;
    }

    State state() {
        return state;
    }

    /** Why it failed; null where it did not. */
    Exception failure() {
        return failure;
    }

    /** What was built, committed, when it is READY. */
    OpenIndex target() {
        return target;
    }

    long seconds() {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
    }

    /** For an operator. */
    String progress() {
        return stage + (of > 0 ? " " + at + " of " + of : "");
    }

    double share() {
        return of > 0 ? Math.min(1, at / (double) of) : 0;
    }

    /** @param goOnLater whether to leave what has been built, so that a later one goes on with it */
    void cancel(boolean goOnLater) {
        keep = goOnLater;
        stopped = true;
    }

    @Override
    public void run() {
        try {
            if (otherModel()) {
                by.embed("a");                       // says at once if the model is missing or broken
            }
            Files.createDirectories(goal.root());
            target = planned();
            encode();
            follow();
            state = stopped ? State.CANCELLED : State.READY;
        } catch (ThreadInterruptedException | InterruptedException e) {
            keep |= !stopped;
            state = State.CANCELLED;
        } catch (IOException | ZseiException | RuntimeException e) {
            failure = e;
            state = stopped ? State.CANCELLED : State.FAILED;
            LOG.debug("The index could not be built", e);
        } finally {
            if (state == State.RUNNING) {            // an error of the JVM
                state = State.CANCELLED;
                keep = true;
            }
            if (state != State.READY) {
                abandon();
            }
            done.run();
        }
    }

    /** Closes what has been built, and removes it unless it is to be gone on with. */
    void abandon() {
        OpenIndex built = target;
        target = null;
        try {
            if (built != null) {
                built.close();
            }
            if (!keep) {
                remove(built == null ? null : built.manifest());
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("What was built of an index in {} was not removed; it will be when it is next opened: {}", goal.root(), e.toString());
        }
    }

    private void remove(Manifest manifest) throws IOException {
        Files.deleteIfExists(goal.root().resolve(Manifest.NEXT));
        if (manifest != null) {
            for (Manifest.Shard shard : manifest.shards()) {
                OpenIndex.delete(goal.root().resolve(shard.folder()));
            }
        }
    }

    private OpenIndex planned() throws IOException {
        Manifest next = null;
        try {
            next = Manifest.read(goal.root(), Manifest.NEXT);
        } catch (IOException e) {
            LOG.debug("The plan cannot be read", e);
        }
        if (next != null && goal.root().equals(source.root()) && next.sharesWith(source.manifest())) {
            next = null;                               // the plan of what answers now
        }
        if (next != null && fits(next)) {
            try {
                return open(next);
            } catch (IOException | RuntimeException e) {
                LOG.debug("What has been built cannot be gone on with", e);
            }
        }
        int taken = 0;
        if (next != null) {
            remove(next);
            taken = next.shards().stream().mapToInt(shard -> Integer.parseInt(shard.folder())).max().orElse(0);
        }
        Manifest fresh = plan(taken);
        fresh.write(goal.root(), Manifest.NEXT);
        return open(fresh);
    }

    private OpenIndex open(Manifest manifest) throws IOException {
        OpenIndex opened = OpenIndex.open(goal.root(), manifest, disk, SerialMergeScheduler::new, Map.of());
        try {
            opened.listener(new Listener());
            opened.beginWriting();
            return opened;
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private boolean fits(Manifest next) {
        return next.shape().equals(goal.shape()) && next.shardSize() == goal.shardSize() && Objects.equals(next.model(), goal.model());
    }

    /** @param taken a number that stays free: whoever built there before may still be letting go of it, and of its lock */
    private Manifest plan(int taken) throws IOException {
        List<float[]> centroids = List.of();
        if (goal.shardSize() > 0) {
            try (Snapshot seen = source.acquire()) {
                if (seen != null) {
                    int count = sharding.count(seen.all().numDocs());
                    centroids = Centroids.of(Centroids.sample(seen, count), count, new Random(count));
                }
            }
        }
        int number = Math.max(taken, OpenIndex.lastNumber(goal.root())) + 1;
        List<Manifest.Shard> shards = new ArrayList<>();
        for (int i = 0; i < Math.max(1, centroids.size()); i++) {
            shards.add(new Manifest.Shard(Integer.toString(number + i), centroids.size() < 2 ? null : centroids.get(i)));
        }
        return new Manifest(goal.shape(), goal.shardSize(), goal.model(), List.copyOf(shards));
    }

    private void encode() throws IOException {
        if (otherModel()) {
            return;
        }
        long reached = source.shown();                 // before the snapshot is taken: it sees at least that
        try (Snapshot seen = source.acquire()) {
            if (seen == null) {
                return;
            }
            stage = "encoding";
            of = seen.all().numDocs();
            List<Manifest.Shard> shards = target.manifest().shards();
            List<FixedBitSet[]> homes = shards.size() == 1 ? null : homes(seen, shards);
            for (int i = 0; i < shards.size() && !stopped; i++) {
                Folder folder = target.folders().get(i);
                if (!folder.committed()) {
                    List<Reshaped> documents = new ArrayList<>();
                    for (int leaf = 0; leaf < seen.leaves().size(); leaf++) {
                        documents.add(new Reshaped((CodecReader) seen.leaves().get(leaf).reader(), homes == null ? null : homes.get(leaf)[i]));
                    }
                    documents.removeIf(each -> each.numDocs() == 0);
                    if (!documents.isEmpty()) {
                        folder.encode(documents);
                    }
                    folder.model(goal.model());
                    folder.applied(reached);
                    folder.commit();
                }
                at = of * (i + 1) / shards.size();
            }
        }
    }

    /** By segment and shard: the documents that belong there. */
    private static List<FixedBitSet[]> homes(Snapshot seen, List<Manifest.Shard> shards) throws IOException {
        List<FixedBitSet[]> homes = new ArrayList<>();
        for (LeafReaderContext leaf : seen.leaves()) {
            int most = leaf.reader().maxDoc();
            FixedBitSet[] home = new FixedBitSet[shards.size()];
            for (int i = 0; i < home.length; i++) {
                home[i] = new FixedBitSet(most);
            }
            Bits live = leaf.reader().getLiveDocs();
            FloatVectorValues values = leaf.reader().getFloatVectorValues(ChunkDocument.VECTOR);
            KnnVectorValues.DocIndexIterator documents = values == null ? null : values.iterator();
            int next = documents == null ? Integer.MAX_VALUE : documents.nextDoc();
            for (int doc = 0; doc < most; doc++) {
                float[] vector = doc == next ? values.vectorValue(documents.index()) : null;
                if (doc == next) {
                    if (live == null || live.get(doc)) {
                        home[OpenIndex.home(doc, vector, shards)].set(doc);
                    }
                    next = documents.nextDoc();
                } else if (live == null || live.get(doc)) {
                    home[OpenIndex.home(doc, null, shards)].set(doc);
                }
            }
            homes.add(home);
        }
        return homes;
    }

    private void follow() throws IOException, ZseiException, InterruptedException {
        boolean all = otherModel();
        stage = all ? "embedding" : "catching up";
        at = 0;
        of = all ? store.stats().containers().getOrDefault(ContainerType.CHUNK, 0L) : 0;
        if (target.model() == null && by != null) {
            target.model(by.model());
        }
        long committed = System.nanoTime();
        while (!stopped && target.sequence() < store.sequence()) {
            if (!applier.readBack(target, PAGE, by)) {
                break;
            }
            target.refresh();
            if (all) {
                at = target.documents();
            }
            if (System.nanoTime() - committed > COMMIT_NANOS) {
                target.commit();
                committed = System.nanoTime();
            }
        }
        target.refresh();
        if (!stopped || keep) {
            target.commit();
        }
    }

    /** Hears how far a graph is, and ends its building where it is not wanted any more. */
    private final class Listener extends InfoStream {

        @Override
        public boolean isEnabled(String component) {
            return component.equals("HNSW");
        }

        @Override
        public void message(String component, String message) {
            Matcher built = BUILT.matcher(message);
            if (built.matches() && target != null && target.folders().size() == 1) {
                at = Long.parseLong(built.group(1));
            }
            if (stopped) {
                throw new ThreadInterruptedException(new InterruptedException("The rebuild was cancelled"));
            }
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
