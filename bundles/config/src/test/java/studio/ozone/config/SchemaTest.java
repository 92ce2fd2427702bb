package studio.ozone.config;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.junit.Test;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

public class SchemaTest {

    private final Schema schema = new Schema(InstalledKeys.all(), List.of(), List.of());

    @Test
    public void deprecatedNamesAreReadAsTheirKeys() {
        assertEquals("consciousness.features.playback", schema.alias("consciousness.playback_enabled"));
        assertEquals("consciousness.i_loop.run_interval_ms", schema.alias("consciousness.i_loop_interval_ms"));
        assertNull(schema.alias("consciousness.enabled"));
        assertNull(schema.alias("nothing.of.this"));
        assertEquals(List.of("consciousness.playback_enabled"), schema.aliases("consciousness.features.playback"));
        assertEquals(List.of(), schema.aliases("consciousness.enabled"));
    }

    @Test
    public void everyDeprecatedNameHasAKey() {
        for (Map.Entry<String, String> alias : Names.load().aliases().entrySet()) {
            assertNotNull(alias.getKey(), schema.key(alias.getValue()));
            assertNull("a name is deprecated or a key", schema.keys().get(alias.getKey()));
        }
        Names.load().variables().values().forEach(key -> assertNotNull(key, schema.key(key)));
    }

    @Test
    public void tablesWithoutEffectSayWhy() {
        assertTrue(schema.ignored("database.host").contains("no database server"));
        assertTrue(schema.ignored("database.pool.size").contains("no database server"));
        assertTrue(schema.ignored("general.updates.channel").contains("does not bring itself up to date"));
        assertNull(schema.ignored("general.log_level"));
        assertNull(schema.ignored("databases.host"));
        assertNull("a table is no key", schema.ignored("database"));
    }

    @Test
    public void openTablesTakeKeysOfAnyName() {
        assertNotNull(schema.open("ui.theme"));
        assertNotNull(schema.open("llm.local.bitnet.kernel"));
        assertNull("it has a key of its own", schema.open("consciousness.voice.warmth"));
        assertNull(schema.open("llm.api.speed"));
        assertNull(schema.open("zsei.nothing"));
    }

    @Test
    public void shortVariablesSetTheirKeys() {
        assertEquals("logging.level", schema.ofEnvironment("OZONE_LOG_LEVEL"));
        assertEquals("zsei.write.batch_size", schema.ofEnvironment("OZONE_ZSEI_WRITE__BATCH_SIZE"));
        assertEquals("general.data_dir", schema.ofEnvironment("OZONE_DATA_DIR"));
        assertNull("it is no key", schema.ofEnvironment("OZONE_CONFIG_PATH"));
    }

    @Test
    public void aRangeIsReadable() {
        assertEquals("0.000001..1", schema.key("consciousness.relationship.trust_update_rate").range());
        assertEquals("at least 0.1", schema.key("zsei.integrity.verification_interval_hours").range());
        assertEquals("1..4096", schema.key("zsei.embeddings.hnsw.ef_search").range());
    }

    @Test
    public void aBundlesKeyTakesThePlaceOfTheTables() {
        Key read = new Key("zsei.write.batch_size", Key.Type.INTEGER, false, 7L, null, null, List.of(), "", "studio.ozone.zsei.store");
        assertEquals(read, new Schema(KnownKeys.load(), List.of(), List.of(read)).key(read.name()));
    }

    @Test
    public void noKeyIsDescribedTwice() {
        Map<String, Key> seen = new TreeMap<>();
        for (Key key : InstalledKeys.all()) {
            Key before = seen.put(key.name(), key);
            assertNull(key.name() + " is in keys.tsv and in a bundle, or twice: the bundle's definition takes the place of the line", before);
            assertFalse(key.name(), key.description().isBlank());
            assertTrue(key.name() + ": " + key.description(), key.description().endsWith("."));
        }
    }
}
