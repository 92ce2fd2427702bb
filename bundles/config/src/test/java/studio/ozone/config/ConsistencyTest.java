package studio.ozone.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.config.Edit;
import studio.ozone.api.config.Settings.Problem;
import studio.ozone.api.config.SettingsException;
import studio.ozone.api.config.SettingsException.Code;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** Contradictions, old names, tables without effect, values of the environment, and files that are held against the schema. */
public class ConsistencyTest {

    private static final String MAX = "llm.prompt.max_context_tokens";
    private static final String RESERVE = "llm.prompt.reserve_output_tokens";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();
    private Home home;

    @Before
    public void start() throws Exception {
        home = new Home(folder.getRoot().toPath()).start();
    }

    @Test
    public void contradictoryValuesAreRefusedWithBothKeysAndTheirPlaces() throws Exception {
        home.set(MAX, 8000);
        SettingsException e = assertThrows(SettingsException.class, () -> home.set(RESERVE, 8000));
        assertEquals(Code.CONTRADICTION, e.code());
        assertEquals(RESERVE + " = 8000 (" + home.etc.resolve("ozone.toml") + ", line 3) contradicts " + MAX + " = 8000 ("
            + home.etc.resolve("ozone.toml") + ", line 2). The answer's part has to be smaller than the whole context. Lower the one or raise the other."
            + " Nothing has changed.", e.getMessage());
        home.apply(Edit.Keys.set(Map.of(MAX, "9000", RESERVE, "8000")));
        home.write("drop.toml", "# one\n\n[llm.prompt]\nmax_context_tokens = 7000\n");
        home.settle();
        assertEquals(9000L, home.value(MAX));
        Problem problem = home.settings.problems().getFirst();
        assertEquals(home.etc.resolve("drop.toml").toString(), problem.file());
        assertEquals(4, problem.line());
        assertEquals(1, problem.column());
        assertEquals(MAX, problem.key());
        assertTrue(problem.message(), problem.message().contains(RESERVE + " = 8000 (" + home.etc.resolve("ozone.toml")));
        home.set(RESERVE, 500);
        home.settle();
        assertEquals("it fits now", 7000L, home.value(MAX));
        assertEquals(List.of(), home.settings.problems());
    }

    @Test
    public void twoListenersTwoFoldersAndTheBeam() throws Exception {
        for (Map<String, String> wrong : List.of(
                Map.of("monitoring.prometheus.enabled", "true", "monitoring.prometheus.endpoint", "127.0.0.1:8484"),
                Map.of("zsei.global_storage_path", "~/x", "zsei.local_storage_path", System.getProperty("user.home") + "/y/../x"),
                Map.of("zsei.embeddings.hnsw.ef_construction", "20", "zsei.embeddings.hnsw.m", "32"))) {
            SettingsException e = assertThrows(SettingsException.class, () -> home.apply(Edit.Keys.set(wrong)));
            assertEquals(e.getMessage(), Code.CONTRADICTION, e.code());
        }
        home.apply(Edit.Keys.set(Map.of("monitoring.prometheus.enabled", "false", "monitoring.prometheus.endpoint", "127.0.0.1:8484")));
        assertTrue(home.apply(Edit.Keys.set(Map.of("monitoring.prometheus.endpoint", "0.0.0.0:9090"))).warnings().getFirst()
            .contains("can be read from other machines"));
    }

    @Test
    public void filesThatContradictEachOtherAtTheStartDoNotStopIt() throws Exception {
        home.write("ozone.toml", "[llm.prompt]\nmax_context_tokens = 8000\n");
        home.write("a.toml", "[llm.prompt]\nreserve_output_tokens = 8000\n[zsei.write]\nbatch_size = 5\n");
        home.start();
        assertEquals(8000L, home.value(MAX));
        assertEquals(4096L, home.value(RESERVE));
        assertEquals("what is right in it counts", 5L, home.value("zsei.write.batch_size"));
        assertEquals(1, home.settings.problems().size());
    }

    @Test
    public void theEnvironmentThatContradictsTheFilesHasNoEffect() throws Exception {
        home.environment.put("OZONE_LLM_PROMPT__RESERVE_OUTPUT_TOKENS", "200000");
        home.start();
        assertEquals(4096L, home.value(RESERVE));
        assertTrue(home.settings.problems().getFirst().message(), home.settings.problems().getFirst().message()
            .startsWith("The environment variable OZONE_LLM_PROMPT__RESERVE_OUTPUT_TOKENS has no effect: "));
    }

    @Test
    public void theEnvironmentNamesTheUsersFileAndTheLogLevel() throws Exception {
        Path elsewhere = Files.writeString(folder.getRoot().toPath().resolve("mine.conf"), "[zsei.write]\nbatch_size = 9\n");
        home.write("ozone.toml", "[zsei.write]\nbatch_size = 8\n");
        home.environment.put(Environment.USER_FILE, elsewhere.toString());
        home.environment.put("OZONE_LOG_LEVEL", "DEBUG");
        home.start();
        assertEquals(9L, home.value("zsei.write.batch_size"));
        assertEquals("environment", home.settings.get("logging.level").setBy());
        assertEquals("debug", home.value("logging.level"));
        SettingsException e = assertThrows(SettingsException.class, () -> home.set("logging.level", "info"));
        assertTrue(e.getMessage(), e.getMessage().contains("OZONE_LOG_LEVEL"));
        home.set("zsei.write.batch_size", 10);
        assertEquals("[zsei.write]\nbatch_size = 10\n", Files.readString(elsewhere));
        assertEquals("[zsei.write]\nbatch_size = 8\n", home.read("ozone.toml"));
        home.apply(new Edit.Undo(1));
        assertEquals("[zsei.write]\nbatch_size = 9\n", Files.readString(elsewhere));
    }

    @Test
    public void oldNamesAreReadAndReplacedByTheNewOnesWhenTheyAreSet() throws Exception {
        home.write("ozone.toml", "[consciousness]\nplayback_enabled = false # old\n");
        home.settle();
        assertEquals(false, home.value("consciousness.features.playback"));
        assertEquals(false, home.admin.get("ozone.consciousness.features", "playback"));
        assertEquals(2, home.settings.get("consciousness.features.playback").line());
        Problem warning = home.settings.problems().getFirst();
        assertFalse(warning.error());
        assertTrue(warning.message(), warning.message().contains("old name of consciousness.features.playback"));
        home.set("consciousness.playback_enabled", true);
        assertFalse(home.read("ozone.toml").contains("playback_enabled"));
        assertTrue(home.read("ozone.toml").contains("[consciousness.features]\nplayback = true"));
        assertEquals(List.of(), home.settings.problems());
        home.write("ozone.toml", "[consciousness]\nplayback_enabled = false\nfeatures.playback = true\n");
        home.settle();
        assertEquals("the new one counts", true, home.value("consciousness.features.playback"));
        home.apply(new Edit.Keys(Map.of(), List.of("consciousness.features.playback")));
        assertEquals("both are gone, or the old one would count", "default", home.settings.get("consciousness.features.playback").setBy());
    }

    @Test
    public void tablesWithoutEffectAreTakenAndSaySo() throws Exception {
        home.write("ozone.toml", "[database]\nhost = \"x\"\n[ui]\ntheme = \"dark\"\n[database2]\nhost = \"x\"\n");
        home.settle();
        assertEquals(2, home.settings.problems().size());
        assertTrue(home.settings.problems().get(0).message(), home.settings.problems().get(0).message().contains("database.host has no effect"));
        assertTrue(home.settings.problems().get(1).message(), home.settings.problems().get(1).message().contains("There is no key database2.host"));
        assertTrue(home.settings.problems().stream().noneMatch(Problem::error));
    }

    @Test
    public void validatingChangesNothing() throws Exception {
        Path file = Files.writeString(folder.getRoot().toPath().resolve("try.toml"),
            "[zsei.traversal]\ndefault_max_depth = 3\ndefault_max_dept = 4\n[llm.prompt]\nreserve_output_tokens = 200000\n");
        List<Problem> problems = home.settings.validate(file.toString());
        assertEquals(List.of(false, true), problems.stream().map(Problem::error).toList());
        assertEquals(List.of(3, 5), problems.stream().map(Problem::line).toList());
        assertEquals(10L, home.value("zsei.traversal.default_max_depth"));
        assertTrue(home.settings.validate(folder.getRoot() + "/none.toml").getFirst().message().contains("is not there"));
        assertEquals(List.of(), home.settings.validate("x.toml", "[zsei.traversal]\ndefault_max_depth = 3\n"));
        assertEquals(2, home.settings.validate("x.toml", "[zsei.traversal]\ndefault_max_depth = [").getFirst().line());
        assertEquals(List.of(), home.settings.validate("ozone.zsei.traversal.cfg", "default_max_depth = 3\n"));
    }

    @Test
    public void whatWaitsForARestartSaysSo() throws Exception {
        assertNull(home.settings.get("security.keystore_encrypted").pending());
        home.set("security.keystore_encrypted", false);
        assertEquals("restart", home.settings.get("security.keystore_encrypted").pending());
        home.set("zsei.embeddings.model", "other");
        assertEquals("rebuild", home.settings.get("zsei.embeddings.model").pending());
        home.set("security.keystore_encrypted", true);
        assertNull("as it was at the start", home.settings.get("security.keystore_encrypted").pending());
        home.start();
        assertNull(home.settings.get("zsei.embeddings.model").pending());
        home.set("zsei.write.batch_size", 5);
        assertNull("live", home.settings.get("zsei.write.batch_size").pending());
    }
}
