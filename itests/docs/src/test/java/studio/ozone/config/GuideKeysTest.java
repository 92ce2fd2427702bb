package studio.ozone.config;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.junit.Before;
import org.junit.Test;

import studio.ozone.api.config.Settings.Applies;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

/** Each key of the tuning guide is what the requirements say, whoever reads it. */
public class GuideKeysTest {

    private static final int KEYS = 73;
    /** In force sooner than the requirements ask for: the index is built anew at its new place while the instance runs. */
    private static final Map<String, Applies> SOONER = Map.of("zsei.global_storage_path", Applies.REBUILD,
        "llm.local.inference.gpu_layers", Applies.LIVE,
        "zsei.mmap.enabled", Applies.LIVE, "zsei.mmap.preload_indices", Applies.LIVE, "zsei.mmap.max_mapped_memory_gb", Applies.LIVE);
    /** Wider than the guide, whose product had no provider that works without a model. */
    private static final Map<String, List<String>> WIDER = Map.of("llm.default_provider", List.of("extractive"));

    private final Map<String, Key> known = new HashMap<>();
    private List<String[]> guide;

    @Before
    public void read() throws IOException {
        guide = KnownKeys.rows("guide-keys.tsv");
        KnownKeys.load().forEach(key -> known.put(key.name(), key));
        known.putAll(Reactor.read().keys());
    }

    @Test
    public void allAreKnown() {
        assertEquals(KEYS, guide.size());
        for (String[] row : guide) {
            assertNotNull(row[0], known.get(row[0]));
            assertFalse(row[0] + " has no advice", known.get(row[0]).advice().isBlank());
        }
    }

    @Test
    public void typeDefaultAndRangeAreThoseOfTheRequirements() {
        for (String[] row : guide) {
            Key key = known.get(row[0]);
            Key wanted = KnownKeys.key(new String[] {row[0], row[1], "", row[2], row[3], row[4], "", ""});
            assertEquals(row[0], wanted.type(), key.type());
            assertEquals(row[0], row[1].equals("number") ? ((Number) wanted.byDefault()).doubleValue() : wanted.byDefault(),
                row[1].equals("number") ? (Object) ((Number) key.byDefault()).doubleValue() : key.byDefault());
            assertEquals(row[0], wanted.min(), key.min());
            if (wanted.max() != null) {
                assertEquals(row[0], wanted.max(), key.max());
            }
            assertTrue(row[0] + " takes " + key.options(), key.options().containsAll(wanted.options()));
            List<String> more = key.options().stream().filter(option -> !wanted.options().contains(option)).toList();
            assertEquals(row[0], WIDER.getOrDefault(row[0], List.of()), more);
        }
    }

    @Test
    public void inForceWhenTheRequirementsSay() {
        for (String[] row : guide) {
            assertEquals(row[0], SOONER.getOrDefault(row[0], Applies.valueOf(row[4].toUpperCase(Locale.ROOT))), known.get(row[0]).applies());
        }
    }

    @Test
    public void whatCountsHasAUnit() {
        for (String[] row : guide) {
            if (row[1].equals("integer")) {
                assertFalse(row[0], known.get(row[0]).unit().isEmpty());
            }
        }
    }

    /** Where the guide contradicts itself or says it in a way that misleads, explain has to say so. */
    @Test
    public void adviceNamesWhatMisleads() {
        assertAdvice("consciousness.emotional.sensitivity_threshold", "threshold, not a measure");
        assertAdvice("zsei.mmap.max_mapped_memory_gb", "Seven tenths", "2, 6 and 16");
        assertAdvice("zsei.embeddings.hnsw.ef_search", "no memory");
        assertAdvice("llm.local.inference.threads", "physical cores less two", "6 in its profile");
        assertAdvice("llm.local.inference.batch_size", "64 passes at 8");
        assertAdvice("pipeline.execution.max_concurrent_pipelines", "less two", "2, 4 and 12");
    }

    private void assertAdvice(String key, String... words) {
        for (String word : words) {
            String advice = known.get(key).advice() + known.get(key).description();
            assertTrue(key + ": " + advice, advice.contains(word));
        }
    }
}
