package studio.ozone.zsei.traversal;

import java.util.Map;
import java.util.Set;

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
        while (!traversal.loaded()) {
            Thread.onSpinWait();
        }
    }

    /** Breadth first along child links and dependencies. */
    public Traversal.Walk walk(long start, int results) throws ZseiException {
        return traversal.walk(new Traversal.Request(start, Set.of(RelationType.DEPENDS_ON), Set.of(), 65_535, results));
    }

    @Override
    public void close() {
        traversal.close();
    }
}
