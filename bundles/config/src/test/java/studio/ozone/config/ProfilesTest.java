package studio.ozone.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.config.Edit;
import studio.ozone.api.config.Settings.Change;
import studio.ozone.api.config.Settings.Plan;
import studio.ozone.api.config.Settings.Profile;
import studio.ozone.api.config.SettingsException;
import studio.ozone.api.config.SettingsException.Code;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

public class ProfilesTest {

    private static final String USER = """
        # The head.

        [web.http]
        # The door.
        port = 9000

        [zsei]
        local_storage_path = "/data/records"

        [zsei.traversal]
        # Hops.
        default_max_depth = 3   # few

        [zsei.write]
        batch_size = 7

        [security.session]
        api_key = "sk-secret"
        """;

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();
    private Home home;

    @Before
    public void start() throws Exception {
        home = new Home(folder.getRoot().toPath()).start();
    }

    @Test
    public void theThreeOfTheGuideShip() {
        List<Profile> profiles = home.settings.profiles();
        assertEquals(Map.of("minimal", 12, "balanced", 15, "performance", 18),
            profiles.stream().collect(Collectors.toMap(Profile::name, Profile::keys)));
        Profile minimal = profiles.stream().filter(profile -> profile.name().equals("minimal")).findFirst().orElseThrow();
        assertEquals("For 4-core, 8GB RAM systems", minimal.description());
        assertNull(minimal.file());
    }

    @Test
    public void loadingMakesTheFileTheDefaultsAndTheProfile() throws Exception {
        home.write("ozone.toml", USER);
        home.settle();
        Plan dry = home.settings.plan(new Edit.Load("minimal"));
        assertEquals(USER, home.read("ozone.toml"));
        assertEquals(0, dry.revision());
        Plan plan = home.apply(new Edit.Load("minimal"));
        assertEquals(dry.changes(), plan.changes());
        assertEquals("""
            # The head.

            [web.http]
            # The door.
            port = 9000

            [zsei]
            local_storage_path = "/data/records"

            [zsei.traversal]
            # Hops.
            default_max_depth = 5   # few
            cache_hot_paths = true
            hot_path_cache_size = 500
            default_max_results = 25

            [security.session]
            api_key = "sk-secret"

            [zsei.mmap]
            max_mapped_memory_gb = 2
            preload_indices = false

            [pipeline.execution]
            max_concurrent_pipelines = 2

            [pipeline.zero_shot]
            default_max_iterations = 5
            confidence_threshold = 0.8

            [network.dht]
            max_peers = 15

            [llm]
            default_provider = "api"

            [consciousness]
            enabled = false
            """, home.read("ozone.toml"));
        assertEquals(List.of("consciousness.enabled", "zsei.traversal.cache_hot_paths"), plan.same().stream().sorted().toList());
        assertEquals(2, plan.same().size());
        assertEquals("10 of the profile, and the user's batch size goes back", 11, plan.changes().size());
        Change batch = plan.changes().stream().filter(change -> change.key().equals("zsei.write.batch_size")).findFirst().orElseThrow();
        assertEquals(7L, batch.before());
        assertEquals(100L, batch.after());
        assertEquals("ozone.toml", batch.setBy());
        assertEquals(USER.replace("sk-secret", Secrets.MASK), Files.readString(Path.of(plan.backup())));
        assertEquals(List.of(), home.settings.problems());
        assertTrue("again changes nothing", home.apply(new Edit.Load("minimal")).changes().isEmpty());
    }

    @Test
    public void mergingSetsOnlyTheProfilesKeys() throws Exception {
        home.write("ozone.toml", USER);
        home.settle();
        home.apply(new Edit.Merge("performance"));
        assertTrue(home.read("ozone.toml").startsWith(USER.substring(0, USER.indexOf("default_max_depth")) + "default_max_depth = 15   # few\n"));
        assertEquals(7L, home.value("zsei.write.batch_size"));
        assertEquals("all but one", 11, home.settings.diff("minimal").size());
        assertEquals(List.of(), home.settings.diff("performance"));
    }

    @Test
    public void whatIsStrongerIsNamed() throws Exception {
        home.environment.put("OZONE_NETWORK_DHT__MAX_PEERS", "99");
        home.write("drop.toml", "[zsei.traversal]\ndefault_max_depth = 9\n");
        home.start();
        Plan plan = home.apply(new Edit.Load("minimal"));
        Map<String, String> shadows = plan.changes().stream().filter(change -> change.shadowedBy() != null)
            .collect(Collectors.toMap(Change::key, Change::shadowedBy));
        assertEquals(Map.of("zsei.traversal.default_max_depth", "drop.toml", "network.dht.max_peers", "OZONE_NETWORK_DHT__MAX_PEERS"), shadows);
        assertEquals(2, plan.warnings().stream().filter(warning -> warning.contains("is stronger")).count());
        assertEquals(9L, home.value("zsei.traversal.default_max_depth"));
        assertFalse("what has no effect is no entry", home.settings.history().getFirst().changes().stream()
            .anyMatch(change -> change.key().equals("network.dht.max_peers")));
        assertTrue(home.settings.diff("minimal").stream().allMatch(change -> change.shadowedBy() != null));
    }

    @Test
    public void theUsersOwnProfilesCountAndMistakesInThemAreNamed() throws Exception {
        Files.createDirectories(home.etc.resolve("profiles"));
        home.write("profiles/mine.toml", "# For the train\n[zsei.traversal]\ndefault_max_depth = 4\n");
        home.write("profiles/bad.toml", "[zsei.traversal]\ndefault_max_depth = \"4\"\n");
        home.write("profiles/minimal.toml", "[zsei.traversal]\ndefault_max_depth = 2\n");
        Profile mine = home.settings.profiles().stream().filter(profile -> profile.name().equals("mine")).findFirst().orElseThrow();
        assertEquals("For the train", mine.description());
        assertEquals(home.etc.resolve("profiles/mine.toml").toString(), mine.file());
        home.apply(new Edit.Merge("mine"));
        assertEquals(4L, home.value("zsei.traversal.default_max_depth"));
        home.apply(new Edit.Merge("minimal"));
        assertEquals("his own of the name wins", 2L, home.value("zsei.traversal.default_max_depth"));
        SettingsException bad = assertThrows(SettingsException.class, () -> home.apply(new Edit.Load("bad")));
        assertTrue(bad.getMessage(), bad.getMessage().contains("bad.toml, line 2, column 1"));
        SettingsException none = assertThrows(SettingsException.class, () -> home.apply(new Edit.Load("maximal")));
        assertEquals(Code.UNKNOWN_PROFILE, none.code());
        assertTrue(none.getMessage(), none.getMessage().contains("bad, balanced, mine, minimal, performance"));
        assertThrows(SettingsException.class, () -> home.apply(new Edit.Load("../ozone")));
    }

    @Test
    public void explainTellsWhatTheProfilesSay() throws Exception {
        assertEquals(Map.of("minimal", 5L, "balanced", 8L, "performance", 15L),
            home.settings.explain("zsei.traversal.default_max_depth").profiles());
        assertNotNull(home.settings.explain("consciousness.playback_enabled").aliases());
        assertEquals("consciousness.features.playback", home.settings.explain("consciousness.playback_enabled").setting().key());
    }
}
