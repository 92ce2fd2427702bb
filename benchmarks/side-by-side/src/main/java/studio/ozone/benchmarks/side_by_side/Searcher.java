package studio.ozone.benchmarks.side_by_side;

/** An engine with all vectors in it, each under its place among them. */
interface Searcher extends AutoCloseable {

    String name();

    default boolean ours() {
        return false;
    }

    /** What has to be known to read its figures; null for nothing. */
    default String note() {
        return null;
    }

    /**
     * Asks all questions.
     *
     * @param meter takes the costs; null for a round that does not count
     * @return the places of the ten nearest by question
     */
    int[][] round(int ef, Meter meter) throws Exception;

    @Override
    void close() throws Exception;
}
