package studio.ozone.benchmarks.side_by_side;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.Traversal;
import studio.ozone.zsei.store.OurStore;
import studio.ozone.zsei.traversal.OurWalks;

/** The product: the graph in memory, read from a store that holds the containers. */
final class OurWalker implements Walker<Traversal.Result> {

    private static final String NAME = "Ozone Studio";
    private static final int BATCH = 2_000;

    private final OurStore store;
    private final OurWalks walks;

    OurWalker(Path folder, Net graph, PlainWorkers workers, Findings findings) throws Exception {
        store = findings.timed("graph written, durably", NAME, () -> write(folder.resolve("store"), graph));
        findings.fact("graph on the heap", NAME, heap(workers) / 1048576.0, "MiB");
        walks = findings.timed("graph read into memory", NAME, () -> new OurWalks(store.store(), workers));
    }

    /** Bytes that come back when the graph is let go: what the store keeps of its files in memory is there before and after. */
    private long heap(PlainWorkers workers) throws Exception {
        return heapWithGraph(workers) - Findings.heap();
    }

    /** A method of its own: nothing of it holds the graph when it has returned. */
    private long heapWithGraph(PlainWorkers workers) throws Exception {
        try (OurWalks once = new OurWalks(store.store(), workers)) {
            return Findings.heap();
        }
    }

    private static OurStore write(Path folder, Net graph) throws Exception {
        OurStore store = new OurStore(folder, commit -> { });
        for (int from = 1; from < graph.size(); from += BATCH) {
            Changes changes = new Changes();
            for (int node = from; node < Math.min(graph.size(), from + BATCH); node++) {
                if (store.store().newId() != node) {
                    throw new IllegalStateException("A new store begins to count at 1");
                }
                changes.put(Container.of(node, graph.parents()[node], ContainerType.CODE, graph.names()[node], null, null, 0, 0, null, Map.of()));
            }
            store.store().apply(changes);
        }
        for (int from = 1; from < graph.size(); from += BATCH) {
            Changes changes = new Changes();
            for (int node = from; node < Math.min(graph.size(), from + BATCH); node++) {
                for (int target : graph.targets()[node]) {
                    changes.relate(new Relation(node, target, RelationType.DEPENDS_ON, 1, Relation.Discovery.CODE_ANALYSIS));
                }
            }
            store.store().apply(changes);
        }
        return store;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean ours() {
        return true;
    }

    @Override
    public Traversal.Result walk(int start, int nodes) throws Exception {
        return walks.walk(start, nodes);
    }

    @Override
    public List<Integer> distances(Traversal.Result walk) {
        return walk.containers().stream().map(found -> (int) found.distance()).toList();
    }

    @Override
    public void close() {
        walks.close();
        store.close();
    }
}
