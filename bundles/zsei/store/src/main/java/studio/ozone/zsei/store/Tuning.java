package studio.ozone.zsei.store;

import java.util.concurrent.TimeUnit;

/**
 * The settings of a store that act while it is open. Immutable.
 *
 * @param group how large a group of writes grows
 * @param versions how many versions of a container are kept beside the present one
 * @param codec how large values are packed that are written from now on
 */
record Tuning(GroupCommit.Limits group, int versions, Codec codec) {

    static final int MOST_VERSIONS = 10_000;
    static final Tuning DEFAULT = of(100, 1000);

    /** With the defaults for the rest. */
    static Tuning of(int batchSize, int flushIntervalMs) {
        return of(batchSize, flushIntervalMs, 10, Codec.NONE);
    }

    /** @throws IllegalArgumentException that names the key which has a wrong value */
    static Tuning of(int batchSize, int flushIntervalMs, int versions, Codec codec) {
        check(batchSize >= 1 && batchSize <= 100_000, "zsei.write.batch_size is 1..100000, not " + batchSize);
        check(flushIntervalMs >= 0 && flushIntervalMs <= 60_000, "zsei.write.flush_interval_ms is 0..60000, not " + flushIntervalMs);
        check(versions >= 0 && versions <= MOST_VERSIONS, "zsei.integrity.max_versions_retained is 0.." + MOST_VERSIONS + ", not " + versions);
        return new Tuning(new GroupCommit.Limits(batchSize, TimeUnit.MILLISECONDS.toNanos(flushIntervalMs)), versions, codec);
    }

    Tuning withVersions(int most) {
        return new Tuning(group, most, codec);
    }

    Tuning withCodec(Codec other) {
        return new Tuning(group, versions, other);
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
