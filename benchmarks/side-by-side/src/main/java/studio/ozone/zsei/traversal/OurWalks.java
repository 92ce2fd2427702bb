package studio.ozone.zsei.traversal;

import java.util.Map;

import com.codahale.metrics.MetricRegistry;

import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.Traversal;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.benchmarks.side_by_side.Defaults;

/** The product's walks on the graph in memory; nothing of a walk is remembered. */
public final class OurWalks implements AutoCloseable {

    private final GraphTraversal traversal;

    /** Returns when the graph is in memory. */
    public OurWalks(ContainerStore store, Workers workers) throws ZseiException {
        traversal = new GraphTraversal(store, workers, new MetricRegistry(), Defaults.of(GraphTraversal.Config.class,
                Map.of("cache__hot__paths", false)));
        walk(0, 1);
        while (!traversal.graph().loaded()) {
            Thread.onSpinWait();
        }
    }

    /** Breadth first along child links and dependencies. */
    public Traversal.Result walk(long start, int results) throws ZseiException {
        return traversal.walk(Traversal.Request.of(start, Traversal.Mode.STRUCTURAL).only(Traversal.Filter.relations(RelationType.DEPENDS_ON))
                .atMost(65_535, results));
    }

    @Override
    public void close() {
        traversal.close();
    }
}
