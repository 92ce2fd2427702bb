package studio.ozone.runtime.capabilities;

import com.codahale.metrics.Counting;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Metric;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;

import studio.ozone.api.capability.Capabilities.Tokens;

/**
 * What answers in words have taken, read from the metrics of whoever counts it: {@code ozone_<capability>_input_tokens_total} and
 * {@code …_output_tokens_total} are counters, {@code …_tokens_per_second} is a gauge, {@code …_first_token_seconds} and
 * {@code …_queue_seconds} are timers.
 */
final class Spent {

    private static final double NANOS_A_MILLI = 1e6;

    private Spent() {
    }

    /**
     * @param registry null while there is none
     * @param capability its name
     * @return null where it counts no tokens
     */
    static Tokens of(MetricRegistry registry, String capability) {
        String prefix = "ozone_" + capability.replace('.', '_');
        if (registry == null || !(metric(registry, prefix + "_input_tokens_total") instanceof Counting input)) {
            return null;
        }
        return new Tokens(input.getCount(), metric(registry, prefix + "_output_tokens_total") instanceof Counting output ? output.getCount() : 0,
            metric(registry, prefix + "_tokens_per_second") instanceof Gauge<?> gauge && gauge.getValue() instanceof Number number && number.doubleValue() > 0
                ? (Double) number.doubleValue() : null,
            median(registry, prefix + "_first_token_seconds"), median(registry, prefix + "_queue_seconds"));
    }

    private static Metric metric(MetricRegistry registry, String name) {
        return registry.getMetrics().get(name);
    }

    private static Double median(MetricRegistry registry, String name) {
        return metric(registry, name) instanceof Timer timer && timer.getCount() > 0 ? (Double) (timer.getSnapshot().getMedian() / NANOS_A_MILLI) : null;
    }
}
