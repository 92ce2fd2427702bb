package studio.ozone.benchmark;

import java.util.EnumSet;
import java.util.Set;

import studio.ozone.api.benchmark.Benchmark.Dataset;

/**
 * How much of everything.
 *
 * @param full more of it
 * @param rows what is wanted; also what cannot be measured
 */
record Plan(boolean full, Set<Rows> rows, Dataset dataset) {

    static final int IDLE_SAMPLES = 30;

    private static final Set<Rows> SEARCHES = EnumSet.of(Rows.KEYWORD_SEARCH, Rows.SEMANTIC_SEARCH, Rows.HYBRID_SEARCH);

    boolean any(Set<Rows> some) {
        return some.stream().anyMatch(rows::contains);
    }

    /** Whether anything is wanted that this version can be measured by. */
    boolean measures() {
        return rows.stream().anyMatch(row -> row.missing() == null);
    }

    boolean searches() {
        return any(SEARCHES);
    }

    int sentences() {
        return full ? 1500 : 300;
    }

    /** Of each mode of searching, those to warm up included. */
    int queries() {
        return full ? 210 : 60;
    }

    int starts() {
        return rows.contains(Rows.STARTUP) ? full ? 5 : 3 : 1;
    }

    /** Seconds from ready to the first look at the memory. */
    int idleSeconds() {
        return full ? 60 : 10;
    }

    int walks() {
        return full ? 2000 : 500;
    }

    int writeWindows() {
        return full ? 100 : 30;
    }

    int prompts() {
        return full ? 100 : 50;
    }

    int activeSeconds() {
        return full ? 120 : 15;
    }

    /** Seconds after which a run is broken off, since something must be wrong. */
    long limitSeconds() {
        return 900 + (full ? 900 : 0) + dataset.containers() / 50;
    }
}
