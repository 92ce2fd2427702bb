package studio.ozone.zsei.store;

import java.util.concurrent.TimeUnit;

/**
 * The settings of a store that act while it is open. Immutable.
 *
 * @param group how large a group of writes grows
 */
record Tuning(GroupCommit.Limits group) {

    static final Tuning DEFAULT = of(100, 1000);

    /** @throws IllegalArgumentException that names the key which has a wrong value */
    static Tuning of(int batchSize, int flushIntervalMs) {
        check(batchSize >= 1 && batchSize <= 100_000, "zsei.write.batch_size is 1..100000, not " + batchSize);
        check(flushIntervalMs >= 0 && flushIntervalMs <= 60_000, "zsei.write.flush_interval_ms is 0..60000, not " + flushIntervalMs);
        return new Tuning(new GroupCommit.Limits(batchSize, TimeUnit.MILLISECONDS.toNanos(flushIntervalMs)));
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
