package studio.ozone.benchmarks.side_by_side;

import java.util.List;

import studio.ozone.api.zsei.Traversal;

/** An engine with a graph in it. */
interface Walker extends AutoCloseable {

    String name();

    default boolean ours() {
        return false;
    }

    /** Goes breadth first along child links and dependencies until so many nodes are reached, the start among them. */
    List<Traversal.Step> walk(int start, int nodes) throws Exception;

    @Override
    void close() throws Exception;
}
