package studio.ozone.api.care;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

import org.osgi.annotation.versioning.ProviderType;

import studio.ozone.api.runtime.Progress;

/** Checks what ZSEI keeps, by {@link Inspection}, at intervals and on demand. Thread-safe; one scan at a time. */
@ProviderType
public interface Integrity {

    /** The most findings that a scan lists; those beyond are counted. */
    int MOST_LISTED = 1000;

    /**
     * One part of a scan.
     *
     * @param name what was looked at
     * @param looked things looked at
     * @param found by kind, only kinds that occur; with those that were repaired
     * @param repaired how many of these are mended
     * @param seconds how long it took
     * @param problem why it could not be looked at or mended; null where it could
     */
    record Part(String name, long looked, Map<Inspection.Kind, Long> found, long repaired, double seconds, String problem) { }

    /**
     * A scan.
     *
     * @param began when
     * @param parts in the order in which they were looked at
     * @param left what is wrong or stale still, at most {@link #MOST_LISTED}
     * @param leftInAll how much is wrong or stale still
     */
    record Scan(Instant began, List<Part> parts, List<Inspection.Finding> left, long leftInAll) {

        /** Whether a part could not be looked at or mended. */
        public boolean failed() {
            return parts.stream().anyMatch(part -> part.problem() != null);
        }

        /** Files that changed or went since they were read: no damage, but what is known of them is old. */
        public long stale() {
            return parts.stream().flatMap(part -> part.found().entrySet().stream())
                    .filter(found -> found.getKey() == Inspection.Kind.SOURCE_GONE || found.getKey() == Inspection.Kind.SOURCE_CHANGED)
                    .mapToLong(Map.Entry::getValue).sum();
        }

        /** What is damaged and not mended. */
        public long wrong() {
            return leftInAll - stale();
        }
    }

    /**
     * Looks at everything, on the calling thread.
     *
     * @param mend which findings are to be mended, of those that can be
     * @throws CareException if another scan is under way
     * @throws InterruptedException if it was cancelled: what was mended stays mended, and the last scan remains the last
     */
    Scan scan(Predicate<Inspection.Finding> mend, Progress progress) throws CareException, InterruptedException;

    /** The last scan that came to its end; kept over restarts. */
    Optional<Scan> last();

    /** When the next one begins by itself. */
    Instant next();
}
