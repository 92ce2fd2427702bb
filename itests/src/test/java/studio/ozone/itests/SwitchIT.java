package studio.ozone.itests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.Timeout;

import studio.ozone.runtime.json.Json;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;

/** Six ways to switch a capability: each takes just its bundle, at once, and what is off stays off. */
public class SwitchIT {

    @ClassRule
    public static final TemporaryFolder FOLDER = new TemporaryFolder();

    /** A switch is to be felt within a second; a dropped file is seen a moment later. */
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final int ATTEMPTS = 3;

    private static Distribution distribution;
    private static Browser browser;

    @Rule
    public final Timeout timeout = Timeout.seconds(400);

    /** What can be switched. */
    private enum Capability {
        PROMPT("pipeline.prompt", "pipeline.built_in", "prompt_enabled"),
        INGEST("pipeline.ingest", "pipeline.built_in", "ingest_enabled"),
        TEXT_ANALYSIS("pipeline.text_analysis", "pipeline.built_in", "text_analysis_enabled"),
        EXTRACTIVE("llm.extractive", "llm.extractive", "enabled");

        private final String name;
        private final String table;
        private final String key;

        Capability(String name, String table, String key) {
            this.name = name;
            this.table = table;
            this.key = key;
        }

        String bundle() {
            return "studio.ozone." + name;
        }

        String feature() {
            return "ozone-" + name.replace('.', '-').replace('_', '-');
        }
    }

    /** How it is switched. */
    private enum Way {
        CFG_DROPPED(SECOND.plus(POLL)) {
            @Override
            void set(Capability capability, boolean on) throws IOException {
                drop(distribution.home().resolve("etc/ozone." + capability.table + ".cfg"), capability.key + " = false\n", on);
            }
        },
        TOML_DROPPED(SECOND.plus(POLL)) {
            @Override
            void set(Capability capability, boolean on) throws IOException {
                drop(distribution.home().resolve("etc/dropped.toml"), "[" + capability.table + "]\n" + capability.key + " = false\n", on);
            }
        },
        SHELL(SECOND) {
            @Override
            void set(Capability capability, boolean on) throws IOException {
                shell("config:property-set --pid ozone." + capability.table + " " + capability.key + " " + on);
            }
        },
        WEB_CONSOLE(SECOND) {
            @Override
            void set(Capability capability, boolean on) throws IOException {
                browser.save("ozone." + capability.table, capability.key, String.valueOf(on));
            }
        },
        COMMAND_LINE(SECOND) {
            @Override
            void set(Capability capability, boolean on) throws IOException {
                ok("config", "--set", capability.table + "." + capability.key + "=" + on);
            }
        },
        FEATURE(null) {
            @Override
            void set(Capability capability, boolean on) throws IOException {
                shell("feature:" + (on ? "install " : "uninstall ") + capability.feature());
            }
        };

        /** Null where a command does it that resolves all features first, and returns when it is done. */
        private final Duration limit;

        Way(Duration limit) {
            this.limit = limit;
        }

        abstract void set(Capability capability, boolean on) throws IOException;

        private static void drop(Path file, String content, boolean away) throws IOException {
            if (away) {
                Files.delete(file);
            } else {
                Files.writeString(file, content);
            }
        }
    }

    @BeforeClass
    public static void start() throws IOException {
        distribution = new Distribution(FOLDER.getRoot().toPath()).start();
        settle();
    }

    @AfterClass
    public static void stop() throws InterruptedException {
        if (distribution != null) {
            distribution.close();
        }
    }

    @Test
    public void eachWayTakesJustTheOneBundle() throws Exception {
        for (Way way : Way.values()) {
            for (Capability capability : Capability.values()) {
                Map<String, String> before = browser.seen(capability.bundle());
                List<Duration> off = new ArrayList<>();
                List<Duration> on = new ArrayList<>();
                do {
                    off.add(switched(way, capability, false));
                    assertEquals(way + " " + capability + " off: nothing else", "", Browser.difference(before, browser.seen(capability.bundle())));
                    on.add(switched(way, capability, true));
                    Distribution.await(capability + " works", () -> browser.works(capability.bundle()));
                    assertEquals(way + " " + capability + " on: nothing else", "", Browser.difference(before, browser.seen(capability.bundle())));
                    // What else the machine does may slow one attempt down.
                } while (way.limit != null && off.size() < ATTEMPTS && (slow(off, way.limit) || slow(on, way.limit)));
                System.out.println(way + " " + capability + " off " + off + " on " + on);
                assertFalse(way + " " + capability + " off takes " + off, way.limit != null && slow(off, way.limit));
                assertFalse(way + " " + capability + " on takes " + on, way.limit != null && slow(on, way.limit));
            }
        }
    }

    @Test
    public void whatIsOffSaysWhichKeyTurnsItOn() throws Exception {
        for (Map.Entry<Capability, String[]> each : Map.of(
                Capability.PROMPT, new String[] {"prompt", "Anybody there?"},
                Capability.INGEST, new String[] {"ingest", FOLDER.getRoot().toString()},
                Capability.TEXT_ANALYSIS, new String[] {"analyze", FOLDER.getRoot() + "/home/etc/ozone.toml"}).entrySet()) {
            Capability capability = each.getKey();
            switched(Way.COMMAND_LINE, capability, false);
            Distribution.Answer refused = distribution.run(each.getValue());
            assertNotEquals(capability + refused.out(), 0, refused.exit());
            assertTrue(capability + ": " + refused.error(), refused.error().contains(capability.table + "." + capability.key));
            switched(Way.COMMAND_LINE, capability, true);
        }
    }

    @Test
    public void whatIsOffStaysOffOverAnUnrelatedFeatureAndARestart() throws Exception {
        Map<Capability, Way> ways = new LinkedHashMap<>();
        ways.put(Capability.TEXT_ANALYSIS, Way.SHELL);
        ways.put(Capability.PROMPT, Way.CFG_DROPPED);
        ways.put(Capability.INGEST, Way.TOML_DROPPED);
        ways.put(Capability.EXTRACTIVE, Way.WEB_CONSOLE);
        staysOff(ways);
        staysOff(Map.of(Capability.PROMPT, Way.COMMAND_LINE, Capability.INGEST, Way.FEATURE));
    }

    /** Karaf's shell writes a file of the very name that somebody has dropped, and more than once if it may. */
    @Test
    public void theShellLeavesADroppedFileOfTheSameTableAsItIs() throws Exception {
        Path dropped = distribution.home().resolve("etc/ozone.pipeline.built_in.cfg");
        for (int round = 0; round < 5; round++) {
            switched(Way.CFG_DROPPED, Capability.PROMPT, false);
            String content = Files.readString(dropped);
            switched(Way.SHELL, Capability.TEXT_ANALYSIS, false);
            switched(Way.SHELL, Capability.TEXT_ANALYSIS, true);
            assertEquals(content, Files.readString(dropped));
            switched(Way.CFG_DROPPED, Capability.PROMPT, true);
            // Whoever else writes the file has half a second to do so.
            for (long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500); System.nanoTime() < end; LockSupport.parkNanos(10_000_000)) {
                assertFalse("round " + round, Files.exists(dropped));
            }
            assertEquals("active", states().get(Capability.TEXT_ANALYSIS.name));
        }
    }

    private static void staysOff(Map<Capability, Way> ways) throws Exception {
        for (Map.Entry<Capability, Way> each : ways.entrySet()) {
            switched(each.getValue(), each.getKey(), false);
        }
        shell("feature:uninstall ozone-zsei-embeddings");
        shell("feature:install ozone-zsei-embeddings");
        assertOff("after an unrelated feature", ways);
        distribution.stop();
        distribution.start();
        assertOff("after a restart", ways);
        settle();
        assertOff("and a while later", ways);
        for (Map.Entry<Capability, Way> each : ways.entrySet()) {
            switched(each.getValue(), each.getKey(), true);
        }
    }

    private static void assertOff(String when, Map<Capability, Way> ways) throws IOException {
        Map<String, String> expected = new TreeMap<>();
        for (Capability capability : Capability.values()) {
            Way way = ways.get(capability);
            if (way != Way.FEATURE) {
                expected.put(capability.name, way == null ? "active" : "stopped");
            }
        }
        // The features service starts again what it knows to be installed; it is stopped at once, but not at the same moment.
        Distribution.await(when + ": " + expected, () -> {
            Map<String, String> states = states();
            states.keySet().retainAll(Stream.of(Capability.values()).map(capability -> capability.name).toList());
            return states.equals(expected);
        });
    }

    /** Switches, and says how long it took until it was felt. */
    private static Duration switched(Way way, Capability capability, boolean on) throws IOException {
        String wanted = on ? "active" : way == Way.FEATURE ? null : "stopped";
        long begin = System.nanoTime();
        way.set(capability, on);
        Distribution.await(capability + " is " + wanted + " by " + way, () -> String.valueOf(states().get(capability.name)).equals(String.valueOf(wanted)));
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private static boolean slow(List<Duration> attempts, Duration limit) {
        return attempts.stream().allMatch(took -> took.compareTo(limit) > 0);
    }

    /** The features service reads in the background what was shipped; what it does not know of, it could not take away. */
    private static void settle() throws IOException {
        Distribution.await("the features service knows what was shipped", () -> shell("feature:list -i").contains("ozone-zsei-embeddings"));
        browser = new Browser(distribution);
    }

    private static Map<String, String> states() throws IOException {
        Map<String, String> states = new TreeMap<>();
        for (Object each : (List<?>) Json.read(ok("capabilities", "--json"))) {
            Map<?, ?> capability = (Map<?, ?>) each;
            states.put((String) capability.get("name"), (String) capability.get("state"));
        }
        return states;
    }

    private static String shell(String line) throws IOException {
        return ok("shell", line);
    }

    private static String ok(String... command) throws IOException {
        Distribution.Answer answer = distribution.run(command);
        assertEquals(String.join(" ", command) + ": " + answer.out() + answer.error(), 0, answer.exit());
        return answer.out();
    }
}
