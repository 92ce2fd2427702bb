package studio.ozone.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.config.Edit;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

/** Load, export, load: nothing is lost, and nothing comes. */
public class RoundTripTest {

    private static final Path ETC = Path.of("/etc");

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();
    private final Schema schema = new Schema(InstalledKeys.all(), List.of(), List.of());
    private final SourceReader reader = new SourceReader(schema);

    @Test
    public void profilesSurvive() throws Exception {
        for (String name : List.of("minimal", "balanced", "performance")) {
            Home home = new Home(folder.newFolder().toPath()).start();
            home.apply(new Edit.Load(name));
            Home other = new Home(folder.newFolder().toPath());
            other.write("ozone.toml", home.settings.export());
            other.start();
            Map<String, Object> profile = reader.read(Path.of("p.toml"), Profiles.shippedText(name).getBytes(StandardCharsets.UTF_8)).values();
            for (Map.Entry<String, Object> each : profile.entrySet()) {
                assertEquals(each.getValue(), home.value(each.getKey()));
            }
            assertEquals(values(home), values(other));
            assertEquals(List.of(), other.settings.diff(name));
            assertEquals(List.of(), other.settings.problems());
        }
    }

    private static Map<String, Object> values(Home home) throws Exception {
        Map<String, Object> values = new TreeMap<>();
        home.settings.show("").forEach(setting -> values.put(setting.key(), setting.value()));
        return values;
    }

    @Test
    public void thousandGeneratedConfigurationsSurvive() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Generated generated = new Generated(random);
        EtcFiles etc = new EtcFiles(ETC);
        for (int round = 0; round < 1000; round++) {
            List<Source> sources = new ArrayList<>();
            for (String file : List.of("ozone.toml", "a.toml", "b.toml").subList(0, 1 + random.nextInt(3))) {
                Map<String, Object> values = generated.some(InstalledKeys.all(), 40);
                if (random.nextInt(5) == 0) {
                    values.put("some.unknown.k" + random.nextInt(3), generated.text());
                }
                sources.add(reader.read(ETC.resolve(file), Generated.toml(values).getBytes(StandardCharsets.UTF_8)));
            }
            Map<String, Object> set = new HashMap<>(generated.some(InstalledKeys.all(), 5));
            Layers layers = new Layers(etc.order(), sources, new Environment(set, Map.of(), List.of()));
            String text = Export.of(new InForce(schema, layers, layers));
            Source again = reader.read(etc.main(), text.getBytes(StandardCharsets.UTF_8));
            String where = "seed " + seed + ", round " + round;
            assertTrue(where, sources.stream().allMatch(source -> source.errors().isEmpty()));
            assertEquals(where, List.of(), again.errors());
            Layers loaded = new Layers(etc.order(), List.of(again), Environment.NONE);
            assertEquals(where, layers.byPid(), loaded.byPid());
            assertEquals(where, text.replaceAll("  # .*", ""), Export.of(new InForce(schema, loaded, loaded)).replaceAll("  # .*", ""));
        }
    }

    @Test
    public void commentsSurviveAThousandSetsAndUnsetsOfRealKeys() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Generated generated = new Generated(random);
        List<Key> keys = InstalledKeys.all().stream().filter(key -> !key.any()).toList();
        Document document = TomlReader.read(Profiles.shippedText("performance").replace("\n[", "\n# a comment\n["));
        Map<String, Object> expected = new TreeMap<>();
        document.entries().forEach(entry -> expected.put(entry.key(), entry.value()));
        long comments = document.text().lines().filter(line -> line.startsWith("#")).count();
        for (int round = 0; round < 1000; round++) {
            Key key = keys.get(random.nextInt(keys.size()));
            Object value = random.nextInt(3) == 0 ? null : generated.value(key);
            document = value == null ? document.without(key.name()) : document.with(key.name(), value);
            if (value == null) {
                expected.remove(key.name());
            } else {
                expected.put(key.name(), value);
            }
            Map<String, Object> now = new TreeMap<>();
            TomlReader.read(document.text()).entries().forEach(entry -> now.put(entry.key(), entry.value()));
            assertEquals("seed " + seed + ", round " + round, expected, now);
            assertEquals("seed " + seed + ", round " + round, comments, document.text().lines().filter(line -> line.startsWith("#")).count());
        }
    }
}
