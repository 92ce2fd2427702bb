package studio.ozone.egress;

import java.time.Duration;

/**
 * How long a connection may still take.
 *
 * @param end as {@link System#nanoTime} counts
 * @param silence nanoseconds without a byte
 * @param said what the user is told the time limit was
 */
record Deadline(long end, long silence, String said) {

    private static final long LONGEST = Duration.ofDays(365).toNanos();

    static Deadline in(Duration total, Duration silence, String said) {
        return new Deadline(System.nanoTime() + nanos(total), nanos(silence), said);
    }

    static long nanos(Duration duration) {
        return duration.compareTo(Duration.ofDays(365)) > 0 ? LONGEST : Math.max(0, duration.toNanos());
    }

    Duration left() {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    /** The earlier one. */
    Deadline atMost(Deadline other) {
        return other.end - end < 0 ? other : this;
    }
}
