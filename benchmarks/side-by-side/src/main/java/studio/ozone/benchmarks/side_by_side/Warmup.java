package studio.ozone.benchmarks.side_by_side;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * Rounds that do not count, until the compiler has nothing to do any more. Their number says little: on a machine that does other work the compiler
 * may take a minute for what is done in seconds elsewhere, and until then every engine runs in its slowest form.
 */
final class Warmup {

    private static final CompilationMXBean COMPILER = ManagementFactory.getCompilationMXBean();
    /** The share of a round's time, beside some milliseconds, that the compiler takes when it is through. */
    private static final double LITTLE = 0.01;
    private static final long MILLIS = 15;
    private static final int QUIET_ROUNDS = 3;

    private Warmup() {
    }

    /** One round of every engine. */
    interface Round {
        void run() throws Exception;
    }

    /** @param least time that is spent in any case; six times of it at most */
    static void run(Duration least, Round round) throws Exception {
        long began = System.nanoTime();
        int quiet = 0;
        long took = 0;
        while (took < least.toNanos() || quiet < QUIET_ROUNDS && took < 6 * least.toNanos()) {
            long before = COMPILER.getTotalCompilationTime();
            round.run();
            long compiled = COMPILER.getTotalCompilationTime() - before;
            long since = System.nanoTime() - began - took;
            quiet = compiled < MILLIS + LITTLE * since / 1e6 ? quiet + 1 : 0;
            took += since;
        }
        System.err.printf("  warm after %.0f s%s%n", took / 1e9, quiet < QUIET_ROUNDS ? ", with the compiler still at work" : "");
    }
}
