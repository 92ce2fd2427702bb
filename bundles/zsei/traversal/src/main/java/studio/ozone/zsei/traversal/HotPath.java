package studio.ozone.zsei.traversal;

import studio.ozone.api.zsei.Traversal.Result;

/** An answer that is remembered, and what it holds on. */
final class HotPath {

    /** A container that is told, with its way, weighs about as much as so many that are not. */
    private static final int TOLD = 8;

    private final Result result;
    private final Touched touched;
    private final long layout;
    private final IndexState index;
    private volatile long sequence;

    /**
     * The state of the index that something was found in.
     *
     * @param service which index it was
     * @param state as the index numbers them
     */
    record IndexState(long service, long state) { }

    /**
     * @param touched what it depended on, trimmed
     * @param found when its first part was found
     * @param index null where the index was not asked
     */
    HotPath(Result result, Touched touched, LiveGraph.Moment found, IndexState index) {
        this.result = result;
        this.touched = touched;
        this.layout = found.layout();
        this.sequence = found.sequence();
        this.index = index;
    }

    Result result() {
        return result;
    }

    Touched touched() {
        return touched;
    }

    long layout() {
        return layout;
    }

    IndexState index() {
        return index;
    }

    /** The last commit that it is known to hold at. */
    long sequence() {
        return sequence;
    }

    void heldAt(long commit) {
        sequence = commit;
    }

    /** Numbers of four bytes that it takes, about. */
    int weight() {
        return touched.size() + TOLD * result.containers().size() + 2 * result.visited();
    }
}
