package studio.ozone.zsei.traversal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.ZseiException;

/**
 * The graph in memory, level with the store.
 *
 * <p>Reading runs beside the store's commits. From before the first container is read, every commit is kept; when all is read, the
 * kept ones are followed in their order. What the reading saw of them already is followed a second time, which changes nothing in the
 * end, since all later ones follow too. Until then the store itself is walked. Afterwards each commit is followed before its writer
 * returns, so that who writes and then walks finds what was written. A commit that never came here, as one between the reading and the
 * moment when the store knows of this listener, leaves a gap in the numbers: then the graph is read again. Names are read when they are first
 * asked for, in the same way.
 *
 * <p>The lock is held for what is in memory only: nobody waits for the store or the index with it.
 */
final class LiveGraph {

    private static final int ATTEMPTS = 3;
    private static final Logger LOG = LoggerFactory.getLogger(LiveGraph.class);

    private final ContainerStore store;
    private final ExecutorService loader;
    private final int smallestOverlay;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private Graph graph;
    /** The last commit that the graph holds. */
    private long sequence;
    /** Another number with every other assignment of ordinals. */
    private long layout;
    /** Another number with every other graph that was read, and where it was given up for a gap. */
    private long reads;
    /** Commits that came while the store is read; null while it is not. */
    private List<Commit> kept;
    /** Commits that came while names are read; null while they are not. */
    private List<Commit> keptForNames;
    private boolean loading;
    private volatile double seconds;
    /** Held by who reads the store: one at a time. */
    private final Lock reading = new ReentrantLock();
    private final Lock naming = new ReentrantLock();

    /** @param smallestOverlay containers that may lie in the overlay however small the graph is */
    LiveGraph(ContainerStore store, ExecutorService loader, int smallestOverlay) {
        this.store = store;
        this.loader = loader;
        this.smallestOverlay = smallestOverlay;
    }

    /** The state of the graph that something was found in. */
    record Moment(long layout, long sequence) { }

    /** Something done on a view that does not change meanwhile. */
    @FunctionalInterface
    interface Work<R> {

        /** @param moment null where the view is the store itself */
        R on(View view, Moment moment) throws ZseiException;
    }

    /**
     * Does something on the graph, or on the store while there is no graph. It must not call the store or the index itself.
     *
     * @param withNames whether {@link View#named} is asked
     */
    <R> R on(boolean withNames, Work<R> work) throws ZseiException {
        while (true) {
            if (withNames) {
                readNames();
            }
            lock.readLock().lock();
            try {
                if (graph == null) {
                    break;
                }
                if (!withNames || graph.names() != null) {
                    return work.on(graph, new Moment(layout, sequence));
                }
            } finally {
                lock.readLock().unlock();
            }
        }
        load();
        try {
            return work.on(new StoreView(store), null);
        } catch (StoreView.Unreadable e) {
            throw e.cause();
        }
    }

    /** Whether what an answer depended on is as it was; then the answer has been found again, as of now. */
    boolean holds(HotPath path) {
        lock.readLock().lock();
        try {
            if (graph == null || path.layout() != layout || !path.touched().sameSince(graph, path.sequence())) {
                return false;
            }
            path.heldAt(sequence);
            return true;
        } finally {
            lock.readLock().unlock();
        }
    }

    void committed(Commit commit) {
        lock.writeLock().lock();
        try {
            if (kept != null) {
                kept.add(commit);
            }
            if (keptForNames != null) {
                keptForNames.add(commit);
            }
            if (graph != null && commit.sequence() > sequence + 1) {
                LOG.debug("Commit {} comes after {}: the graph is read again", commit.sequence(), sequence);
                graph = null;
                reads++;
                load();
            } else if (graph != null) {
                follow(commit);
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void follow(Commit commit) {
        if (commit.sequence() <= sequence) {
            return; // read with the rest
        }
        graph.follow(commit);
        sequence = commit.sequence();
        if (graph.overlaid() > Math.max(smallestOverlay, graph.size() / 4)) {
            graph = graph.compacted();
            layout++;
        }
    }

    /** Whether it is in memory. */
    boolean loaded() {
        return overlaid() >= 0;
    }

    /** Containers that lie outside the rows; -1 while there is no graph. */
    int overlaid() {
        lock.readLock().lock();
        try {
            return graph == null ? -1 : graph.overlaid();
        } finally {
            lock.readLock().unlock();
        }
    }

    void load() {
        lock.writeLock().lock();
        try {
            if (graph == null && !loading) {
                loading = true;
                loader.execute(this::loadNow);
            }
        } catch (RejectedExecutionException e) {
            loading = false;
            LOG.debug("The graph is not read: the bundle is stopping", e);
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void loadNow() {
        try {
            reload();
        } catch (ZseiException e) {
            LOG.warn("The graph could not be read into memory, so walks read the store: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.writeLock().lock();
            loading = false;
            lock.writeLock().unlock();
        }
    }

    /** Reads the graph from the store and walks on that from then on; the old one, if there is one, is walked on and follows meanwhile. */
    void reload() throws ZseiException, InterruptedException {
        long began = System.nanoTime();
        read(fresh -> {
            fresh.names(graph == null ? null : graph.names());
            graph = fresh;
            layout++;
            reads++;
        });
        seconds = (System.nanoTime() - began) / 1e9;
    }

    /** How long it took to read it; 0 where it has not been read. */
    double seconds() {
        return seconds;
    }

    /** Memory of the rows; 0 while there are none. */
    long bytes() {
        lock.readLock().lock();
        try {
            return graph == null ? 0 : graph.bytes();
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * Compares the graph with the store, both at the same commit. Walks and writers wait for the comparing, not for the reading.
     *
     * @param mismatches told the ids of containers whose type or links differ
     * @return containers compared; 0 while there is no graph
     */
    int compare(Consumer<Long> mismatches) throws ZseiException, InterruptedException {
        int[] compared = new int[1];
        List<Long> wrong = new ArrayList<>();
        if (loaded()) {
            read(fresh -> {
                if (graph != null) {
                    wrong.addAll(graph.mismatches(fresh));
                    compared[0] = fresh.size();
                }
            });
        }
        wrong.forEach(mismatches);
        return compared[0];
    }

    /** @param then told, with the lock held for writing, what the store holds now */
    private void read(Consumer<Graph> then) throws ZseiException, InterruptedException {
        reading.lockInterruptibly();
        try {
            keep(new ArrayList<>());
            boolean done = false;
            for (int attempt = 1; !done; attempt++) {
                long before = store.sequence();
                Graph fresh = rows(store);
                long after = store.sequence();
                done = hand(fresh, before, after, attempt == ATTEMPTS, then);
            }
        } finally {
            keep(null);
            reading.unlock();
        }
    }

    private void keep(List<Commit> commits) {
        lock.writeLock().lock();
        kept = commits;
        lock.writeLock().unlock();
    }

    /** @return false if a commit was neither read for certain nor kept: on its way here, never to come, or as good as lost by a replacement */
    private boolean hand(Graph fresh, long before, long after, boolean last, Consumer<Graph> then) {
        lock.writeLock().lock();
        try {
            long known = before;
            for (Commit commit : kept) {
                if (commit.sequence() > known + 1) {
                    break;                     // the store was replaced meanwhile, perhaps after it was read
                }
                known = Math.max(known, commit.sequence());
            }
            if (known < Math.max(after, kept.isEmpty() ? 0 : kept.getLast().sequence()) && !last) {
                return false;
            }
            for (Commit commit : kept) {
                if (commit.sequence() > before && commit.sequence() <= known) {
                    fresh.follow(commit);
                }
            }
            then.accept(fresh);
            if (graph == fresh) {
                sequence = known;
            }
            return true;
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** What the store holds, as rows. */
    static Graph rows(ContainerStore store) throws ZseiException {
        ContainerType[] types = new ContainerType[256];
        for (ContainerType type : ContainerType.values()) {
            types[type.code()] = type;
        }
        ContainerStore.Stats stats = store.stats();
        GraphBuilder builder = new GraphBuilder(Math.toIntExact(1 + stats.containers().values().stream().mapToLong(Long::longValue).sum()),
            Math.toIntExact(2 * stats.relations()));
        store.scanLinks(new ContainerStore.Links() {
            @Override
            public void container(long id, long parent, int type, long updated) {
                builder.container(id, parent, types[type], updated);
            }

            @Override
            public void edge(long from, int type, long to, double confidence) {
                builder.edge(from, type, to, View.confidence(confidence));
            }
        });
        return builder.build();
    }

    /** Reads the names of keywords and topics, if there is a graph and it has not got them yet. */
    private void readNames() throws ZseiException {
        if (!namesMissing()) {
            return;
        }
        naming.lock();
        try {
            if (namesMissing()) {
                List<Long> named = new ArrayList<>();
                long readsBefore = begin(named);
                Names names = new Names();
                for (long id : named) {
                    store.get(id).ifPresent(names::put);
                }
                end(names, readsBefore);
            }
        } finally {
            lock.writeLock().lock();
            keptForNames = null;
            lock.writeLock().unlock();
            naming.unlock();
        }
    }

    private boolean namesMissing() {
        lock.readLock().lock();
        try {
            return graph != null && graph.names() == null;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** @param named gets the ids of those whose names are to be read */
    private long begin(List<Long> named) {
        lock.writeLock().lock();
        try {
            keptForNames = new ArrayList<>();
            for (int ordinal = 0; graph != null && ordinal < graph.size(); ordinal++) {
                if (Name.has(graph.type(ordinal))) {
                    named.add(graph.id(ordinal));
                }
            }
            return reads;
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** If the graph was read again meanwhile, a commit may be missing: then they are not taken. */
    private void end(Names names, long readsBefore) {
        lock.writeLock().lock();
        try {
            if (graph != null && reads == readsBefore) {
                keptForNames.forEach(names::follow);
                graph.names(names);
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Lets go of names, which are read again when they are asked for. @return whether there were any */
    boolean forgetNames() {
        lock.writeLock().lock();
        try {
            boolean known = graph != null && graph.names() != null;
            if (known) {
                graph.names(null);
            }
            return known;
        } finally {
            lock.writeLock().unlock();
        }
    }
}
