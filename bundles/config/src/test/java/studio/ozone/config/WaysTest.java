package studio.ozone.config;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.config.Edit;
import studio.ozone.api.config.Settings.Revision;

import static org.junit.Assert.assertEquals;

/** The same change by every way: the same effective value, the same in Config Admin, and one entry in the history. */
public class WaysTest {

    private static final Map<String, Object> FITTING = Map.of("llm.prompt.max_context_tokens", 50_000L, "llm.prompt.reserve_output_tokens", 100L,
        "zsei.embeddings.hnsw.ef_construction", 150L);

    private enum Way { COMMAND, USER_FILE, DROPPED_TOML, DROPPED_CFG, ENVIRONMENT, CONFIG_ADMIN, UNDONE_AND_RESTORED }

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final Generated generated = new Generated(random);

    private List<Key> keys() {
        List<Key> keys = new ArrayList<>(InstalledKeys.all().stream().filter(key -> !key.any()).toList());
        Collections.shuffle(keys, random);
        return keys;
    }

    /** Another value than the default. */
    private Object value(Key key) {
        if (FITTING.containsKey(key.name())) {
            return FITTING.get(key.name());
        }
        Object value = key.byDefault();
        for (int tries = 0; tries < 100 && InForce.same(value, key.byDefault()); tries++) {
            value = key.type() == Key.Type.STRING && key.options().isEmpty() && key.unit().isEmpty() ? key.list() ? List.of("a" + tries, "b") : "value " + random.nextInt(1000)
                : generated.value(key);
        }
        return value;
    }

    @Test
    public void twentyKeysByEveryWay() throws Exception {
        for (Key key : keys().subList(0, 20)) {
            Object value = value(key);
            for (Way way : Way.values()) {
                Home home = new Home(folder.newFolder().toPath());
                home.write("ozone.toml", "# nothing yet\n");
                home.start().settle();
                change(home, way, key, value);
                String where = "seed " + seed + ", " + key.name() + " = " + value + " by " + way;
                assertEquals(where, List.of(), home.settings.problems());
                assertEquals(where, value, home.value(key.name()));
                assertEquals(where, value, Values.plain(home.admin.get(key.pid(), Keys.name(key.name()))));
                List<Revision> history = home.settings.history();
                assertEquals(where, way == Way.UNDONE_AND_RESTORED ? 4 : 2, history.size());
                assertEquals(where, List.of(key.name()), history.getFirst().changes().stream().map(change -> change.key()).toList());
                assertEquals(where, value, history.getFirst().changes().getFirst().after());
            }
        }
    }

    @Test
    public void everyKeyByCommandAndByFile() throws Exception {
        Home one = new Home(folder.newFolder().toPath()).start();
        Home other = new Home(folder.newFolder().toPath()).start();
        int revisions = 1;
        for (Key key : keys()) {
            Object value = value(key);
            change(one, Way.COMMAND, key, value);
            change(other, Way.USER_FILE, key, value);
            String where = "seed " + seed + ", " + key.name() + " = " + value;
            assertEquals(where, value, one.value(key.name()));
            assertEquals(where, one.value(key.name()), other.value(key.name()));
            revisions++;
            assertEquals(where, revisions, one.settings.history().size());
            assertEquals(where, revisions, other.settings.history().size());
        }
        assertEquals("seed " + seed, shown(one), shown(other));
    }

    private static Map<String, Object> shown(Home home) throws Exception {
        return home.settings.show("").stream().filter(setting -> setting.value() != null)
            .collect(Collectors.toMap(setting -> setting.key(), setting -> setting.value()));
    }

    private void change(Home home, Way way, Key key, Object value) throws Exception {
        String toml = Generated.toml(Map.of(key.name(), value));
        switch (way) {
            case COMMAND -> home.set(key.name(), value instanceof List<?> ? Literals.toml(value) : value);
            case USER_FILE -> {
                String before = Files.exists(home.etc.resolve("ozone.toml")) ? home.read("ozone.toml") : "";
                home.write("ozone.toml", TomlReader.read(before).with(key.name(), value).text());
                home.settle();
            }
            case DROPPED_TOML -> {
                home.write("dropped.toml", toml);
                home.settle();
            }
            case DROPPED_CFG -> {
                home.write(key.pid() + ".cfg", Keys.name(key.name()) + " = "
                    + (value instanceof List<?> list ? list.stream().map(String::valueOf).collect(Collectors.joining(",")) : value) + "\n");
                home.settle();
            }
            case ENVIRONMENT -> {
                home.clock.addAndGet(TimeUnit.SECONDS.toNanos(6));      // it has run long enough to have recorded how it was
                home.settle();
                home.environment.put(Keys.environment(key.name()), value instanceof List<?> ? Literals.toml(value) : value.toString());
                home.start().settle();
            }
            case CONFIG_ADMIN -> {
                home.admin.change(key.pid(), Keys.name(key.name()), Values.forDictionary(value));
                home.settings.configurationUpdated(key.pid(), "karaf");
            }
            case UNDONE_AND_RESTORED -> {
                home.set(key.name(), value instanceof List<?> ? Literals.toml(value) : value);
                home.apply(new Edit.Undo(1));
                home.apply(new Edit.Restore(2));
            }
        }
    }
}
