package studio.ozone.zsei.traversal;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;

/**
 * Answers that are remembered; the one that was not asked for the longest goes first (LRU). There are no more than are configured, and no more than fit into
 * {@link #MOST_NUMBERS}, since one walk over everything may weigh as much as a thousand small ones. Thread-safe.
 */
final class HotPaths {

    static final String HITS = "ozone_zsei_traversal_hot_path_hits_total";
    static final String MISSES = "ozone_zsei_traversal_hot_path_misses_total";
    static final String ENTRIES = "ozone_zsei_traversal_hot_path_entries";

    /** 32 MB. */
    static final long MOST_NUMBERS = 8_000_000;

    private final Map<Question, HotPath> paths = new LinkedHashMap<>(16, 0.75f, true);
    private final MetricRegistry metrics;
    private final Counter hits;
    private final Counter misses;
    private int most;
    private long numbers;

    /** @param most answers; 0 remembers nothing */
    HotPaths(int most, MetricRegistry metrics) {
        this.most = most;
        this.metrics = metrics;
        this.hits = metrics.counter(HITS);
        this.misses = metrics.counter(MISSES);
        metrics.gauge(ENTRIES, () -> (Gauge<Integer>) this::size);
    }

    void close() {
        metrics.remove(HITS);
        metrics.remove(MISSES);
        metrics.remove(ENTRIES);
    }

    synchronized boolean on() {
        return most > 0;
    }

    synchronized int size() {
        return paths.size();
    }

    synchronized void resize(int next) {
        most = next;
        trim();
    }

    /** @return null where there is none; whether it still holds is for the caller to find out */
    synchronized HotPath get(Question question) {
        return paths.get(question);
    }

    void hit() {
        hits.inc();
    }

    void missed() {
        misses.inc();
    }

    synchronized void put(Question question, HotPath path) {
        if (most > 0 && path.weight() <= MOST_NUMBERS / 4) {
            HotPath before = paths.put(question, path);
            numbers += path.weight() - (before == null ? 0 : before.weight());
            trim();
        }
    }

    synchronized void remove(Question question, HotPath path) {
        if (paths.remove(question, path)) {
            numbers -= path.weight();
        }
    }

    synchronized void clear() {
        paths.clear();
        numbers = 0;
    }

    /** A copy. */
    synchronized Map<Question, HotPath> all() {
        return new LinkedHashMap<>(paths);
    }

    private void trim() {
        for (Iterator<HotPath> oldest = paths.values().iterator(); oldest.hasNext() && (paths.size() > most || numbers > MOST_NUMBERS);) {
            numbers -= oldest.next().weight();
            oldest.remove();
        }
    }

    /**
     * @param keep asked without a lock
     * @param dryRun only counts
     */
    int removeUnless(Predicate<HotPath> keep, boolean dryRun) {
        int removed = 0;
        for (Map.Entry<Question, HotPath> each : all().entrySet()) {
            if (!keep.test(each.getValue())) {
                removed++;
                if (!dryRun) {
                    remove(each.getKey(), each.getValue());
                }
            }
        }
        return removed;
    }
}
