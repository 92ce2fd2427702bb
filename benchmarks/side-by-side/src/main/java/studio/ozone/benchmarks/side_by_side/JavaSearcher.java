package studio.ozone.benchmarks.side_by_side;

/** An engine in this JVM: a search at a time on the measuring thread. */
abstract class JavaSearcher implements Searcher {

    private final int questions;

    JavaSearcher(int questions) {
        this.questions = questions;
    }

    /** Sets how many nodes the next searches look at. */
    abstract void ef(int ef) throws Exception;

    abstract int[] search(int question) throws Exception;

    @Override
    public int[][] round(int ef, Meter meter) throws Exception {
        ef(ef);
        Object[] answers = (meter == null ? new Meter() : meter).round(questions, this::search);
        int[][] found = new int[questions][];
        for (int i = 0; i < questions; i++) {
            found[i] = (int[]) answers[i];
        }
        return found;
    }
}
