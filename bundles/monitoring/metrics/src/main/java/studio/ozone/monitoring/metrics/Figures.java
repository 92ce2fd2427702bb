package studio.ozone.monitoring.metrics;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

import com.codahale.metrics.Counting;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Metered;
import com.codahale.metrics.Metric;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Sampling;
import com.codahale.metrics.Snapshot;
import com.codahale.metrics.Timer;

/** One snapshot of every metric, by name: a gauge is its value, everything else an object. Times are in milliseconds. */
public final class Figures {

    private static final double NANOS_PER_MS = 1e6;

    private Figures() {
    }

    public static Map<String, Object> of(MetricRegistry registry) {
        Map<String, Object> figures = new TreeMap<>();
        registry.getMetrics().forEach((name, metric) -> figures.put(name, metric instanceof Gauge<?> gauge ? plain(gauge.getValue()) : of(metric)));
        return figures;
    }

    private static Map<String, Object> of(Metric metric) {
        Map<String, Object> figures = new LinkedHashMap<>();
        if (metric instanceof Counting counting) {
            figures.put("count", counting.getCount());
        }
        if (metric instanceof Metered metered) {
            figures.put("per_second", metered.getMeanRate());
        }
        if (metric instanceof Sampling sampling) {
            Snapshot snapshot = sampling.getSnapshot();
            boolean time = metric instanceof Timer;
            String unit = time ? "_ms" : "";
            double scale = time ? NANOS_PER_MS : 1;
            figures.put("mean" + unit, snapshot.getMean() / scale);
            figures.put("p50" + unit, snapshot.getMedian() / scale);
            figures.put("p95" + unit, snapshot.get95thPercentile() / scale);
            figures.put("p99" + unit, snapshot.get99thPercentile() / scale);
            figures.put("max" + unit, snapshot.getMax() / scale);
        }
        return figures;
    }

    /** What JSON can hold; of anything else its text. */
    private static Object plain(Object value) {
        return value == null || value instanceof Number || value instanceof Boolean ? value : value.toString();
    }
}
