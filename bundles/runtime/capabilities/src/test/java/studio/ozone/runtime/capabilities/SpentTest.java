package studio.ozone.runtime.capabilities;

import java.util.concurrent.TimeUnit;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import org.junit.Test;

import studio.ozone.api.capability.Capabilities.Tokens;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;

/** Tokens by capability. */
public class SpentTest {

    private final MetricRegistry registry = new MetricRegistry();

    @Test
    public void whoCountsNoneHasNone() {
        assertNull(Spent.of(null, "llm.local"));
        assertNull(Spent.of(registry, "llm.local"));
        registry.counter("ozone_llm_api_input_tokens_total").inc();
        assertNull(Spent.of(registry, "llm.local"));
    }

    @Test
    public void whatIsNotMeasuredYetIsLeftOut() {
        registry.counter("ozone_llm_local_input_tokens_total");
        registry.timer("ozone_llm_local_queue_seconds");
        registry.register("ozone_llm_local_tokens_per_second", (Gauge<Double>) () -> 0.0);
        assertEquals(new Tokens(0, 0, null, null, null), Spent.of(registry, "llm.local"));
    }

    @Test
    public void figuresAreThoseOfTheMetrics() {
        registry.counter("ozone_llm_local_input_tokens_total").inc(120);
        registry.counter("ozone_llm_local_output_tokens_total").inc(45);
        registry.register("ozone_llm_local_tokens_per_second", (Gauge<Double>) () -> 33.5);
        registry.timer("ozone_llm_local_first_token_seconds").update(250, TimeUnit.MILLISECONDS);
        registry.timer("ozone_llm_local_queue_seconds").update(2, TimeUnit.SECONDS);
        assertEquals(new Tokens(120, 45, 33.5, 250.0, 2_000.0), Spent.of(registry, "llm.local"));
    }
}
