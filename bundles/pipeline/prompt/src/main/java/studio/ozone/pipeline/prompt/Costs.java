package studio.ozone.pipeline.prompt;

import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import com.codahale.metrics.MetricRegistry;

import studio.ozone.api.pipeline.Prompting.Usage;

/** What providers took, each under its own name. Thread-safe. */
final class Costs {

    private final MetricRegistry metrics;
    private final Set<String> names = ConcurrentHashMap.newKeySet();

    Costs(MetricRegistry metrics) {
        this.metrics = metrics;
    }

    void count(String provider, Usage usage) {
        if (usage.inputTokens() != null) {
            metrics.counter(name(provider, "input_tokens_total")).inc(usage.inputTokens());
        }
        if (usage.outputTokens() != null) {
            metrics.counter(name(provider, "output_tokens_total")).inc(usage.outputTokens());
        }
        if (usage.tokensPerSecond() != null) {
            metrics.histogram(name(provider, "tokens_per_second")).update(Math.round(usage.tokensPerSecond()));
        }
        if (usage.firstTokenMs() != null) {
            metrics.timer(name(provider, "first_token_seconds")).update(Math.round(usage.firstTokenMs() * 1e3), TimeUnit.MICROSECONDS);
        }
    }

    void fellBack(String provider) {
        metrics.counter(name(provider, "replaced_total")).inc();
    }

    private String name(String provider, String figure) {
        String name = "ozone_pipeline_prompt_" + provider.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_") + "_" + figure;
        names.add(name);
        return name;
    }

    void close() {
        names.forEach(metrics::remove);
    }
}
