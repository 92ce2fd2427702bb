package studio.ozone.pipeline.prompt;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;

import studio.ozone.api.llm.Provider;
import studio.ozone.api.pipeline.Prompting.Usage;

/** What answers took: those of all models together, and each provider's under its own name. Thread-safe. */
final class Costs {

    private static final String PREFIX = "ozone_pipeline_prompt_";
    private static final String ALL = "";
    private static final String INPUT = "input_tokens_total";
    private static final String OUTPUT = "output_tokens_total";
    private static final String SPEED = "tokens_per_second";
    private static final String FIRST = "first_token_seconds";
    private static final String QUEUE = "queue_seconds";

    private final MetricRegistry metrics;
    private final Set<String> names = ConcurrentHashMap.newKeySet();
    private volatile double speed = Double.NaN;

    Costs(MetricRegistry metrics) {
        this.metrics = metrics;
        List.of(INPUT, OUTPUT).forEach(figure -> metrics.counter(name(ALL, figure)));
        List.of(FIRST, QUEUE).forEach(figure -> metrics.timer(name(ALL, figure)));
        metrics.register(name(ALL, SPEED), (Gauge<Double>) () -> speed);
    }

    void count(Provider by, Usage usage) {
        String provider = by.name();
        for (String of : by.mode() == Provider.Mode.GENERATED ? List.of(ALL, provider) : List.of(provider)) {
            if (usage.inputTokens() != null) {
                metrics.counter(name(of, INPUT)).inc(usage.inputTokens());
            }
            if (usage.outputTokens() != null) {
                metrics.counter(name(of, OUTPUT)).inc(usage.outputTokens());
            }
            if (usage.firstTokenMs() != null) {
                metrics.timer(name(of, FIRST)).update(Math.round(usage.firstTokenMs() * 1e3), TimeUnit.MICROSECONDS);
            }
        }
        if (usage.tokensPerSecond() != null) {
            speed = usage.tokensPerSecond();
            metrics.histogram(name(provider, SPEED)).update(Math.round(usage.tokensPerSecond()));
        }
    }

    /** @param nanos that a question waited, for a thread and for those before it, until it went to its provider */
    void queued(String provider, long nanos) {
        for (String of : List.of(ALL, provider)) {
            metrics.timer(name(of, QUEUE)).update(nanos, TimeUnit.NANOSECONDS);
        }
    }

    void fellBack(String provider) {
        metrics.counter(name(provider, "replaced_total")).inc();
    }

    private String name(String provider, String figure) {
        String name = PREFIX + (provider.isEmpty() ? "" : provider.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_") + "_") + figure;
        names.add(name);
        return name;
    }

    void close() {
        names.forEach(metrics::remove);
    }
}
