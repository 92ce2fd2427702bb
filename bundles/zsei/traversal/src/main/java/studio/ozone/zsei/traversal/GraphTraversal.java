package studio.ozone.zsei.traversal;

import java.util.List;
import java.util.concurrent.ExecutorService;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.config.Facts;
import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.StoreListener;
import studio.ozone.api.zsei.Traversal;
import studio.ozone.api.zsei.ZseiException;

/** Traversals of every mode, on a graph in memory that is read in the background from the start on ({@link LiveGraph}), and remembered ones ({@link HotPaths}). */
@Component(service = { Traversal.class, StoreListener.class, GraphTraversal.class }, configurationPid = GraphTraversal.PID)
@Designate(ocd = GraphTraversal.Config.class)
public final class GraphTraversal implements Traversal, StoreListener {

    static final String PID = "ozone.zsei.traversal";
    static final String WALKS = "ozone_zsei_traversal_walk_seconds";
    static final String BYTES = "ozone_zsei_traversal_graph_bytes";
    static final String SECONDS = "ozone_zsei_traversal_graph_read_seconds";
    private static final int SMALLEST_OVERLAY = 4096;
    private static final int LONGEST_TEXT = 100_000;
    private static final Logger LOG = LoggerFactory.getLogger(GraphTraversal.class);

    @ObjectClassDefinition(id = PID, name = "ZSEI traversal", description = "Limits of traversals, what they remember, and what counts how much (guide, section 7).")
    public @interface Config {
        @AttributeDefinition(description = "Hops of a walk, where a request names none.", min = "1", max = "65535")
        @Facts(unit = "hops", advice = "Fewer hops bound how far a walk may go: 5 is enough for everyday questions on a small machine. "
            + "A request that names a depth of its own is not affected.")
        int default__max__depth() default 10;

        @AttributeDefinition(description = "Results of a walk, where a request names none.", min = "1", max = "100000")
        @Facts(unit = "results", advice = "Fewer results make a walk end sooner; 50 is a good limit where walks are slow.")
        int default__max__results() default 100;

        @AttributeDefinition(description = "Remembers the results of walks.")
        @Facts(advice = "Leave it on: the same walk again costs next to nothing, and any write on its way forgets it.")
        boolean cache__hot__paths() default true;

        @AttributeDefinition(description = "Walks remembered; 0 switches the cache off.", min = "0", max = "1000000")
        @Facts(unit = "walks", advice = "2000 and more where the same questions come back often and memory is there; 500 on a small machine.")
        int hot__path__cache__size() default 1000;

        @AttributeDefinition(description = "What is left of a contextual score after a hop.", min = "0", max = "1")
        @Facts(advice = "Lower keeps to what is near; 1 lets a way of certain relations go on for ever.")
        double contextual__decay() default 0.8;

        @AttributeDefinition(description = "The confidence of a link up or down the tree in a contextual walk; 0 follows relations only.", min = "0", max = "1")
        @Facts(advice = "Relations hang on documents: without links up and down, a walk from a chunk finds nothing.")
        double contextual__structure__confidence() default 0.5;

        @AttributeDefinition(description = "The part of a contextual score that shared keywords and topics make up.", min = "0", max = "1")
        @Facts(advice = "Raise it where documents are well analysed; 0 counts the way alone.")
        double contextual__overlap__weight() default 0.3;

        @AttributeDefinition(description = "Weight of the structural score in a hybrid one.", min = "0", max = "1")
        @Facts(advice = "0 leaves the mode out, and so its cost. The three weights need not sum up to 1.")
        double hybrid__structural__weight() default 0.35;

        @AttributeDefinition(description = "Weight of the semantic score in a hybrid one.", min = "0", max = "1")
        @Facts(advice = "0 leaves the mode out, and so the embedding of a text, which takes most of the time.")
        double hybrid__semantic__weight() default 0.4;

        @AttributeDefinition(description = "Weight of the contextual score in a hybrid one.", min = "0", max = "1")
        @Facts(advice = "0 leaves the mode out, and so its cost.")
        double hybrid__contextual__weight() default 0.25;
    }

    private final ContainerStore store;
    private final MetricRegistry metrics;
    private final Timer walks;
    private final LiveGraph graph;
    private final HotPaths hotPaths;
    private volatile Limits limits;
    private volatile Bound bound = new Bound(null, 0);

    /** An index that is there, or none. @param number another one for each that came or went */
    private record Bound(Index index, long number) { }

    @Activate
    public GraphTraversal(@Reference ContainerStore store, @Reference Workers workers, @Reference MetricRegistry metrics, Config config) {
        this(store, workers.pool("load", 1), metrics, Limits.of(config), SMALLEST_OVERLAY);
        graph.load();
    }

    /** @param smallestOverlay containers that may lie in the overlay however small the graph is */
    GraphTraversal(ContainerStore store, ExecutorService loader, MetricRegistry metrics, Limits limits, int smallestOverlay) {
        this.store = store;
        this.metrics = metrics;
        this.walks = metrics.timer(WALKS);
        this.limits = limits;
        this.graph = new LiveGraph(store, loader, smallestOverlay);
        this.hotPaths = new HotPaths(limits.hotPaths(), metrics);
        metrics.gauge(BYTES, () -> (Gauge<Long>) graph::bytes);
        metrics.gauge(SECONDS, () -> (Gauge<Double>) graph::seconds);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    synchronized void bindIndex(Index index) {
        bound = new Bound(index, bound.number() + 1);
    }

    synchronized void unbindIndex(Index index) {
        if (bound.index() == index) {
            bound = new Bound(null, bound.number() + 1);
        }
    }

    @Modified
    void reconfigure(Config config) {
        Limits next = Limits.of(config);
        if (!next.equals(limits)) {
            limits = next;
            hotPaths.resize(next.hotPaths());
            LOG.info("Traversals now go by {}", next);
        }
    }

    @Deactivate
    void close() {
        metrics.remove(WALKS);
        metrics.remove(BYTES);
        metrics.remove(SECONDS);
        hotPaths.close();
    }

    LiveGraph graph() {
        return graph;
    }

    @Override
    public void committed(Commit commit) {
        graph.committed(commit);
    }

    @Override
    public Result walk(Request request) throws ZseiException {
        Limits now = limits;
        long began = System.nanoTime();
        Question question = question(request, now);
        try (Timer.Context timing = walks.time()) {
            if (now.hotPaths() == 0 || request.mode() == Mode.BRUTE_FORCE) {
                return find(question, bound.index(), began);
            }
            Bound there = bound;
            HotPath.IndexState state = question.asksIndex() && there.index() != null ? new HotPath.IndexState(there.number(), there.index().state()) : null;
            HotPath known = hotPaths.get(question);
            if (known != null && holds(known, question, state)) {
                hotPaths.hit();
                Result result = known.result();
                return new Result(result.containers(), result.visited(), result.hops(), 1, result.shardsSearched(), result.complete(), result.fallback(), result.why(),
                    System.nanoTime() - began);
            }
            hotPaths.missed();
            if (known != null) {
                hotPaths.remove(question, known);
            }
            return remembered(question, there.index(), state, began);
        }
    }

    private boolean holds(HotPath known, Question question, HotPath.IndexState state) {
        return (!question.asksIndex() || state != null && state.equals(known.index())) && graph.holds(known);
    }

    private Question question(Request request, Limits now) throws ZseiException {
        if (request.text() != null && (request.text().isBlank() || request.text().length() > LONGEST_TEXT)) {
            throw invalid(request.text().isBlank() ? "The text to compare with is empty"
                : "The text to compare with has " + request.text().length() + " characters; it may have " + LONGEST_TEXT);
        }
        if (request.budget().hops() < 0 || request.budget().millis() < 0 || request.budget().millis() > Integer.MAX_VALUE) {
            throw invalid("A budget is 1 or more, or 0 for none, not " + request.budget());
        }
        return new Question(request.atMost(within("maxDepth", request.maxDepth(), now.depth(), Limits.MOST_HOPS),
            within("maxResults", request.maxResults(), now.results(), Limits.MOST_RESULTS)), now.weights());
    }

    private static int within(String name, int wanted, int otherwise, int most) throws ZseiException {
        if (wanted < 0 || wanted > most) {
            throw invalid(name + " is 1.." + most + ", or 0 for the configured one, not " + wanted);
        }
        return wanted == 0 ? otherwise : wanted;
    }

    private static ZseiException invalid(String message) {
        return new ZseiException(ZseiException.Code.INVALID, message);
    }

    private Result remembered(Question question, Index index, HotPath.IndexState state, long began) throws ZseiException {
        Touched touched = new Touched();
        Meter meter = meter(question, began);
        Result result = result(new Traverse(store, index, graph, question, meter, touched).run(), meter, began);
        boolean tellable = !question.asksIndex() || state != null && state.state() != 0;
        if (tellable && touched.first() != null && !meter.isFleeting()) {
            hotPaths.put(question, new HotPath(result, touched.trimmed(), touched.first(), state));
        }
        return result;
    }

    private Result find(Question question, Index index, long began) throws ZseiException {
        Meter meter = meter(question, began);
        List<Found> found = question.request().mode() == Mode.BRUTE_FORCE ? new BruteForce(store, index, question, meter).run()
            : new Traverse(store, index, graph, question, meter, null).run();
        return result(found, meter, began);
    }

    private static Meter meter(Question question, long began) {
        Request request = question.request();
        boolean parts = request.mode() == Mode.HYBRID || request.measure() == Mode.HYBRID;
        return new Meter(request.budget(), parts ? "the first " + Hybrid.each(request.maxResults()) + " of a mode" : "maxResults " + request.maxResults(), began);
    }

    private static Result result(List<Found> found, Meter meter, long began) {
        return new Result(List.copyOf(found), meter.visited(), meter.hops(), 0, meter.shards(), meter.complete(), meter.fallback(), meter.why(),
            System.nanoTime() - began);
    }

    /** Traversals that are remembered. */
    int remembered() {
        return hotPaths.size();
    }

    /**
     * Forgets traversals.
     *
     * @param all whether those that hold go too
     * @return how many
     */
    int forget(boolean all, boolean dryRun) {
        if (all && !dryRun) {
            int before = hotPaths.size();
            hotPaths.clear();
            graph.forgetNames();
            return before;
        }
        if (all) {
            return hotPaths.size();
        }
        Bound there = bound;
        HotPath.IndexState state = there.index() == null ? null : new HotPath.IndexState(there.number(), there.index().state());
        return hotPaths.removeUnless(path -> (path.index() == null || path.index().equals(state)) && graph.holds(path), dryRun);
    }
}
