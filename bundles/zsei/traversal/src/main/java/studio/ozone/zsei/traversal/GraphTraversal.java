package studio.ozone.zsei.traversal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.config.Facts;
import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.StoreListener;
import studio.ozone.api.zsei.Traversal;
import studio.ozone.api.zsei.ZseiException;

/**
 * Walks on a graph in memory, which is read from the store when the first walk asks for it.
 *
 * <p>Reading runs beside the store's commits. From before the first container is read, every commit is kept; when all is read, the
 * kept ones are followed in their order. What the reading saw of them already is followed a second time, which changes nothing in the
 * end, since all later ones follow too. Until then walks read the store itself. Afterwards each commit is followed before its writer
 * returns, so that who writes and then walks finds what was written.
 */
@Component(service = { Traversal.class, StoreListener.class }, configurationPid = GraphTraversal.PID)
@Designate(ocd = GraphTraversal.Config.class)
public final class GraphTraversal implements Traversal, StoreListener {

    static final String PID = "ozone.zsei.traversal";
    static final String WALKS = "ozone_zsei_traversal_walk_seconds";
    private static final int SMALLEST_OVERLAY = 4096;
    private static final Logger LOG = LoggerFactory.getLogger(GraphTraversal.class);

    @ObjectClassDefinition(id = PID, name = "ZSEI traversal", description = "Limits of graph walks (guide, section 7).")
    public @interface Config {
        @AttributeDefinition(description = "Hops of a walk, where a request names none.", min = "1", max = "65535")
        @Facts(unit = "hops", advice = "Fewer hops bound how far a walk may go: 5 is enough for everyday questions on a small machine. "
            + "A request that names a depth of its own is not affected.")
        int default__max__depth() default 10;

        @AttributeDefinition(description = "Results of a walk, where a request names none.", min = "1", max = "100000")
        @Facts(unit = "results", advice = "Fewer results make a walk end sooner; 50 is a good limit where walks are slow.")
        int default__max__results() default 100;
    }

    private final ContainerStore store;
    private final MetricRegistry metrics;
    private final Timer walks;
    private final ExecutorService loader;
    private final int smallestOverlay;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private Graph graph;
    /** Commits that came while the graph was read; null while it is not. */
    private List<Commit> kept;
    /** How often the store was replaced: what is being read when that happens is of no use. */
    private int replacements;
    private volatile Limits limits;

    @Activate
    public GraphTraversal(@Reference ContainerStore store, @Reference Workers workers, @Reference MetricRegistry metrics, Config config) {
        this(store, workers.pool("load", 1), metrics, Limits.of(config), SMALLEST_OVERLAY);
    }

    /** @param smallestOverlay containers that may lie in the overlay however small the graph is */
    GraphTraversal(ContainerStore store, ExecutorService loader, MetricRegistry metrics, Limits limits, int smallestOverlay) {
        this.store = store;
        this.loader = loader;
        this.metrics = metrics;
        this.walks = metrics.timer(WALKS);
        this.limits = limits;
        this.smallestOverlay = smallestOverlay;
    }

    @Modified
    void reconfigure(Config config) {
        Limits next = Limits.of(config);
        if (!next.equals(limits)) {
            limits = next;
            LOG.info("Walks without limits of their own now end after {} hops and {} results", next.depth(), next.results());
        }
    }

    @Deactivate
    void close() {
        metrics.remove(WALKS);
    }

    @Override
    public Walk walk(Request request) throws ZseiException {
        Limits now = limits;
        int depth = within("maxDepth", request.maxDepth(), now.depth(), Limits.MOST_HOPS);
        int results = within("maxResults", request.maxResults(), now.results(), Limits.MOST_RESULTS);
        long began = System.nanoTime();
        try (Timer.Context timing = walks.time()) {
            lock.readLock().lock();
            try {
                if (graph != null) {
                    int start = graph.ordinal(request.start());
                    if (start < 0) {
                        throw notFound(request);
                    }
                    return new BreadthFirst(graph, request, depth, results).run(start, began);
                }
            } finally {
                lock.readLock().unlock();
            }
            if (store.get(request.start()).isEmpty()) {
                throw notFound(request);
            }
            load();
            return new StoreWalk(store, request, depth, results).run(request.start(), began);
        }
    }

    private static int within(String name, int wanted, int otherwise, int most) throws ZseiException {
        if (wanted < 0 || wanted > most) {
            throw new ZseiException(ZseiException.Code.INVALID, name + " is 1.." + most + ", or 0 for the configured one, not " + wanted);
        }
        return wanted == 0 ? otherwise : wanted;
    }

    private static ZseiException notFound(Request request) {
        return new ZseiException(ZseiException.Code.NOT_FOUND, "There is no container " + request.start() + " to start from");
    }

    @Override
    public void committed(Commit commit) {
        lock.writeLock().lock();
        try {
            if (kept != null) {
                kept.add(commit);
            } else if (graph != null) {
                follow(commit);
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** All edges may be other ones: the next walk has the graph read again. */
    @Override
    public void replaced(long sequence) {
        lock.writeLock().lock();
        try {
            graph = null;
            kept = null;
            replacements++;
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void follow(Commit commit) {
        graph.follow(commit);
        if (graph.overlaid() > Math.max(smallestOverlay, graph.size() / 4)) {
            graph = graph.compacted();
        }
    }

    /** Whether walks are on the graph in memory. */
    boolean loaded() {
        lock.readLock().lock();
        try {
            return graph != null;
        } finally {
            lock.readLock().unlock();
        }
    }

    private void load() {
        lock.writeLock().lock();
        try {
            if (graph == null && kept == null) {
                kept = new ArrayList<>();
                int now = replacements;
                loader.execute(() -> read(now));
            }
        } catch (RejectedExecutionException e) {
            kept = null;
            LOG.debug("The graph is not read: the bundle is stopping", e);
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void read(int before) {
        Graph read = null;
        try {
            GraphBuilder builder = new GraphBuilder();
            store.get(0).ifPresent(root -> builder.container(0, 0, root.type()));
            store.scan(container -> builder.container(container.id(), container.parent(), container.type()));
            store.scanRelations(edge -> builder.edge(edge.from(), edge.type().code(), edge.to()));
            read = builder.build();
        } catch (ZseiException e) {
            LOG.warn("The graph could not be read into memory, so walks read the store: {}", e.getMessage());
        } finally {
            lock.writeLock().lock();
            try {
                if (before == replacements) {
                    List<Commit> meanwhile = kept;
                    kept = null;
                    graph = read;
                    if (read != null) {
                        meanwhile.forEach(this::follow);
                    }
                }
            } finally {
                lock.writeLock().unlock();
            }
        }
    }
}
