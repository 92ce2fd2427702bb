package studio.ozone.zsei.traversal;

import java.util.concurrent.TimeUnit;

import studio.ozone.api.zsei.Traversal.Budget;

/** What a traversal has cost so far, and why it left something out. For one traversal. */
final class Meter {

    private static final int LOOK = 15;

    private final Budget budget;
    private final long end;
    private long hops;
    private int visited;
    private int shards;
    private String left;
    private String fallback;
    private boolean fleeting;
    private final String full;

    /**
     * @param full what it ends at, where it ends for the number of results
     * @param began when, by {@link System#nanoTime}
     */
    Meter(Budget budget, String full, long began) {
        this.budget = budget;
        this.full = full;
        this.end = began + TimeUnit.MILLISECONDS.toNanos(budget.millis());
    }

    /** Follows one more link. @return false if the budget does not allow it */
    boolean hop() {
        if (budget.hops() > 0 && hops >= budget.hops()) {
            leave("the budget of " + budget.hops() + " hops");
            return false;
        }
        hops++;
        return (hops & LOOK) != 0 || inTime();
    }

    /** Whether there is time left. */
    boolean inTime() {
        if (budget.millis() > 0 && System.nanoTime() - end > 0) {
            fleeting = true;
            leave("the budget of " + budget.millis() + " ms");
            return false;
        }
        return true;
    }

    /** Something was left out for a limit; the first is told. */
    void leave(String limit) {
        left = left == null ? limit : left;
    }

    /** There are as many results as are wanted, and there is another one. */
    void full() {
        leave(full);
    }

    /** The same traversal may find something else at the next moment, for reasons that nobody is told of: it is not to be remembered. */
    void fleeting() {
        fleeting = true;
    }

    void fellBack(String reason) {
        fallback = fallback == null ? reason : fallback;
    }

    void visited(int more) {
        visited += more;
    }

    void shards(int searched) {
        shards = Math.max(shards, searched);
    }

    long hops() {
        return hops;
    }

    int visited() {
        return visited;
    }

    int shards() {
        return shards;
    }

    boolean complete() {
        return left == null;
    }

    boolean fallback() {
        return fallback != null;
    }

    boolean isFleeting() {
        return fleeting;
    }

    /** In one line; null where there is nothing to say. */
    String why() {
        String ended = left == null ? null : "It ended at " + left;
        return fallback == null ? ended : ended == null ? fallback : fallback + ". " + ended;
    }
}
