package studio.ozone.config;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.junit.Test;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

/** What bundles declare, against each other and against the tables of {@code config}. */
public class InstalledKeysTest {

    private static final String HEAD = """
        # The keys that the bundles of this project read, as their metatypes have them. Made by a test of the module docs; see Made there.
        # name	type	unit	default	range	applies	description	advice	read by
        """;

    @Test
    public void theCopyForTestsIsTrue() throws IOException {
        Map<String, Key> keys = new TreeMap<>(Reactor.read().keys());
        Made.check("bundles/config/src/test/resources/studio/ozone/config/installed-keys.tsv",
            HEAD + keys.values().stream().map(InstalledKeysTest::row).collect(Collectors.joining()));
    }

    @Test
    public void allBundlesAreLookedAt() throws IOException {
        List<String> bundles = Reactor.read().bundles();
        for (String expected : List.of("studio.ozone.zsei.index", "studio.ozone.llm.extractive", "studio.ozone.logging", "studio.ozone.web.access")) {
            assertTrue(expected + " in " + bundles, bundles.contains(expected));
        }
    }

    @Test
    public void aKeyIsDescribedOnce() throws IOException {
        Reactor reactor = Reactor.read();
        Map<String, Key> seen = new TreeMap<>();
        for (Key key : reactor.described()) {
            Key other = seen.put(key.name(), key);
            assertTrue(key.name() + " is described by " + key.readBy() + " and by " + (other == null ? "" : other.readBy()), other == null);
        }
        for (Key known : KnownKeys.load()) {
            assertFalse(known.name() + " is read by a bundle now: its line leaves keys.tsv", reactor.keys().containsKey(known.name()));
        }
    }

    /** A component gets the keys of all its PIDs in one map, where two of one name are one. */
    @Test
    public void noComponentReadsTwoKeysOfOneName() throws IOException {
        Reactor reactor = Reactor.read();
        assertFalse(reactor.components().isEmpty());
        reactor.components().forEach((component, pids) -> {
            Map<String, Key> seen = new TreeMap<>();
            for (Key key : reactor.keys().values()) {
                if (pids.contains(key.pid())) {
                    Key other = seen.put(key.name().substring(key.name().lastIndexOf('.') + 1), key);
                    assertTrue(component + " reads " + key.name() + " and " + (other == null ? "" : other.name()), other == null);
                }
            }
        });
    }

    /** Else the console's form of the table, which shows what the metatype describes, would have no switch. */
    @Test
    public void aSwitchStandsInTheFormOfItsTable() throws IOException {
        Reactor reactor = Reactor.read();
        assertFalse(reactor.toggles().isEmpty());
        Map<String, Key> described = reactor.described().stream().collect(Collectors.toMap(Key::name, key -> key));
        List<String> tables = reactor.described().stream().map(Key::pid).toList();
        for (Key toggle : reactor.toggles()) {
            if (tables.contains(toggle.pid())) {
                Key key = described.get(toggle.name());
                assertNotNull(toggle.name() + " switches " + toggle.readBy() + ": its @interface Config has no method for it", key);
                assertEquals(toggle.name(), Key.Type.BOOLEAN, key.type());
                assertEquals(toggle.name(), toggle.byDefault(), key.byDefault());
            }
        }
    }

    /** Without a description, explain and the console have nothing to say. */
    @Test
    public void everyKeyIsDescribed() throws IOException {
        for (Key key : Reactor.read().keys().values()) {
            assertTrue(key.name() + ": '" + key.description() + "'", key.description().strip().endsWith("."));
            if (key.type() == Key.Type.INTEGER) {
                assertTrue(key.name() + " has no range", !key.range().isEmpty());
                assertTrue(key.name() + " counts nothing (@Facts(unit))", !key.unit().isEmpty() || key.name().endsWith("port"));
            }
        }
    }

    private static String row(Key key) {
        String range = !key.options().isEmpty() ? String.join("|", key.options())
            : key.min() == null && key.max() == null ? "" : bound(key.min()) + ".." + bound(key.max());
        String byDefault = key.byDefault() == null ? "" : key.list() ? Literals.toml(key.byDefault()) : key.byDefault().toString();
        return String.join("\t", key.name(), key.type().name().toLowerCase(Locale.ROOT) + (key.list() ? "[]" : ""), key.unit(), byDefault, range,
            key.applies().name().toLowerCase(Locale.ROOT), key.description(), key.advice(), key.readBy()) + "\n";
    }

    private static String bound(Double bound) {
        return bound == null ? "" : bound == Math.rint(bound) ? String.format(Locale.ROOT, "%.0f", bound) : bound.toString();
    }
}
