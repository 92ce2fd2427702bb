package studio.ozone.benchmarks.side_by_side;

import java.util.List;

/**
 * An engine with a graph in it.
 *
 * @param <W> its answer to a walk: nodes in the order they were reached, each with its distance and the node before it
 */
interface Walker<W> extends AutoCloseable {

    String name();

    default boolean ours() {
        return false;
    }

    /** Goes breadth first along child links and dependencies until so many nodes are reached, the start among them. */
    W walk(int start, int nodes) throws Exception;

    /** What an answer says: not measured. */
    List<Integer> distances(W walk);

    @Override
    void close() throws Exception;
}
