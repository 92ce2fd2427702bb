package studio.ozone.llm.api;

import java.util.List;
import java.util.concurrent.atomic.DoubleAdder;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;

/** What is counted, and taken back at the end. */
final class ApiMetrics {

    private static final String PREFIX = "ozone_llm_api_";
    private static final List<String> NAMES = List.of("requests_total", "failures_total", "retries_total", "input_tokens_total", "output_tokens_total",
            "first_token_seconds", "queue_seconds", "answer_seconds", "tokens_per_second", "cost_usd_total");

    /** Requests sent, retries included. */
    final Counter requests;
    /** Answers that could not be had. */
    final Counter failures;
    final Counter retries;
    final Counter input;
    final Counter output;
    /** From when a request is sent until the first piece of its answer is there. */
    final Timer first;
    /** Until a request may be sent. */
    final Timer queue;
    /** From the question to the end of the answer. */
    final Timer answer;

    private final MetricRegistry registry;
    private final DoubleAdder cost = new DoubleAdder();
    /** Tokens a second of the latest answer; NaN while there is none. */
    private volatile double speed = Double.NaN;

    ApiMetrics(MetricRegistry registry) {
        this.registry = registry;
        requests = registry.counter(PREFIX + "requests_total");
        failures = registry.counter(PREFIX + "failures_total");
        retries = registry.counter(PREFIX + "retries_total");
        input = registry.counter(PREFIX + "input_tokens_total");
        output = registry.counter(PREFIX + "output_tokens_total");
        first = registry.timer(PREFIX + "first_token_seconds");
        queue = registry.timer(PREFIX + "queue_seconds");
        answer = registry.timer(PREFIX + "answer_seconds");
        registry.register(PREFIX + "tokens_per_second", (Gauge<Double>) () -> speed);
        registry.register(PREFIX + "cost_usd_total", (Gauge<Double>) cost::sum);
    }

    /** @param nanos from the first piece of an answer to its end */
    void streamed(int outputTokens, long nanos) {
        if (outputTokens > 1 && nanos > 0) {
            speed = (outputTokens - 1) * 1e9 / nanos;
        }
    }

    /** @param usd NaN where it is not known, and then not counted */
    void used(int inputTokens, int outputTokens, double usd) {
        input.inc(inputTokens);
        output.inc(outputTokens);
        if (!Double.isNaN(usd)) {
            cost.add(usd);
        }
    }

    void remove() {
        NAMES.forEach(name -> registry.remove(PREFIX + name));
    }
}
