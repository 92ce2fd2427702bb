package studio.ozone.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.config.Edit;
import studio.ozone.api.config.Settings.Applies;
import studio.ozone.api.config.Settings.Change;
import studio.ozone.api.config.Settings.Plan;
import studio.ozone.api.config.Settings.Revision;
import studio.ozone.api.config.SettingsException;
import studio.ozone.api.config.SettingsException.Code;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

public class HistoryTest {

    private static final String DEPTH = "zsei.traversal.default_max_depth";
    private static final String RESULTS = "zsei.traversal.default_max_results";
    private static final String VOICE = "pipeline.built_in.voice_enabled";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();
    private Home home;

    @Before
    public void start() throws Exception {
        home = new Home(folder.getRoot().toPath());
        home.write("ozone.toml", "# mine\n[zsei.traversal]\ndefault_max_depth = 3\n");
        home.start();
    }

    @Test
    public void everyWayHasItsEntry() throws Exception {
        home.set(DEPTH, 4);
        home.write("drop.toml", "[zsei.traversal]\ndefault_max_depth = 5\n");
        home.settle();
        home.admin.change("ozone.zsei.traversal", "default_max_results", 33);
        home.settings.configurationUpdated("ozone.zsei.traversal", "karaf");
        Files.delete(home.etc.resolve("drop.toml"));
        home.settle();
        home.environment.put("OZONE_PIPELINE_BUILT_IN__VOICE_ENABLED", "false");
        home.write("ozone.toml", home.read("ozone.toml").replace("max_depth = 4", "max_depth = 6"));
        home.start().settle();
        List<Revision> history = home.settings.history();
        assertEquals(List.of("environment environment at start", "file changed while the instance was stopped", "file drop.toml removed",
            "console set zsei.traversal.default_max_results = 33", "file drop.toml added", "command set zsei.traversal.default_max_depth = 4",
            "file first start"), history.stream().map(each -> each.origin().way() + " " + each.summary()).toList());
        assertEquals(List.of("pipeline.built_in.voice_enabled true false", "zsei.traversal.default_max_depth 4 6",
            "zsei.traversal.default_max_depth 5 4", "zsei.traversal.default_max_results 100 33", "zsei.traversal.default_max_depth 4 5",
            "zsei.traversal.default_max_depth 3 4", "zsei.traversal.default_max_depth 10 3"),
            history.stream().map(each -> each.changes().getFirst()).map(change -> change.key() + " " + change.before() + " " + change.after()).toList());
        assertEquals("karaf", history.get(3).origin().user());
        assertEquals("somebody", history.get(5).origin().user());
        assertTrue(history.stream().noneMatch(each -> each.origin().user().isEmpty()));
        assertEquals(List.of(7, 6, 5, 4, 3, 2, 1), history.stream().map(Revision::revision).toList());
        int before = history.size();
        home.start().settle();
        assertEquals("a start without changes is none", before, home.settings.history().size());
        home.write("ozone.toml", home.read("ozone.toml") + "# more\n");
        home.settle();
        assertEquals("a comment is no change", before, home.settings.history().size());
    }

    @Test
    public void undoGoesBackAndAgainFurtherBack() throws Exception {
        String first = home.read("ozone.toml");
        home.set(DEPTH, 4);
        home.set(DEPTH, 5);
        String third = home.read("ozone.toml");
        home.set(DEPTH, 6);
        Plan plan = home.apply(new Edit.Undo(1));
        assertEquals(5L, home.value(DEPTH));
        assertEquals(List.of(6L, 5L), plan.changes().stream().flatMap(change -> List.of(change.before(), change.after()).stream()).toList());
        home.apply(new Edit.Undo(1));
        assertEquals(4L, home.value(DEPTH));
        home.apply(new Edit.Undo(1));
        assertEquals(first, home.read("ozone.toml"));
        assertEquals(Code.UNKNOWN_REVISION, assertThrows(SettingsException.class, () -> home.apply(new Edit.Undo(1))).code());
        home.apply(new Edit.Restore(3));
        assertEquals(third, home.read("ozone.toml"));
        home.set(RESULTS, 7);
        home.apply(new Edit.Undo(1));
        assertEquals(third, home.read("ozone.toml"));
        home.apply(new Edit.Undo(2));
        assertEquals(first, home.read("ozone.toml"));
        assertThrows(SettingsException.class, () -> home.apply(new Edit.Restore(99)));
        assertThrows(SettingsException.class, () -> home.apply(new Edit.Undo(0)));
        home.start().settle();
        assertEquals("it is kept over a start", 11, home.settings.history().size());
    }

    @Test
    public void droppedFilesThatUndoRemovesOrBringsBackAreKept() throws Exception {
        String dropped = "# dropped\n[zsei.traversal]\ndefault_max_depth = 9\n";
        home.write("drop.toml", dropped);
        home.settle();
        home.apply(new Edit.Undo(1));
        assertFalse(Files.exists(home.etc.resolve("drop.toml")));
        assertEquals(3L, home.value(DEPTH));
        home.apply(new Edit.Restore(2));
        assertEquals(dropped, home.read("drop.toml"));
        assertEquals(9L, home.value(DEPTH));
        home.write("drop.toml", "broken [");
        home.settle();
        assertEquals(9L, home.value(DEPTH));
        home.apply(new Edit.Restore(1));
        assertFalse(Files.exists(home.etc.resolve("drop.toml")));
        assertEquals("even a broken one", List.of(), home.settings.problems());
        try (var copies = Files.list(home.etc.resolve("history/files"))) {
            assertTrue(copies.anyMatch(copy -> text(copy).equals("broken [")));
        }
    }

    @Test
    public void secretsAreInNoHistory() throws Exception {
        home.write("ozone.toml", "[security.session]\napi_key = \"sk-very-secret\"\n[zsei.traversal]\ndefault_max_depth = 3\n");
        home.settle();
        home.set(DEPTH, 4);
        home.write("broken.toml", "api_key = \"sk-very-secret\"\n[");
        home.write("ozone.security.session.cfg", "access_token = sk-very-secret\n");
        home.settle();
        home.apply(new Edit.Undo(2));
        assertTrue("the secret of today stays", home.read("ozone.toml").contains("api_key = \"sk-very-secret\""));
        assertEquals(3L, home.value(DEPTH));
        assertEquals(Secrets.MASK, home.value("security.session.api_key"));
        assertFalse(home.settings.export().contains("very-secret"));
        try (var files = Files.walk(home.etc.resolve("history"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertFalse(file.toString(), Files.readString(file).contains("very-secret"));
                assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            }
        }
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(home.etc.resolve("history"))));
    }

    @Test
    public void tornLineIsPassedOver() throws Exception {
        home.set(DEPTH, 4);
        Path journal = home.etc.resolve("history/journal.jsonl");
        Files.writeString(journal, "{\"revision\":{\"rev", StandardOpenOption.APPEND);
        home.start();
        home.set(DEPTH, 5);
        home.start();
        assertEquals(List.of(3, 2, 1), home.settings.history().stream().map(Revision::revision).toList());
        home.apply(new Edit.Undo(2));
        assertEquals(3L, home.value(DEPTH));
    }

    @Test
    public void oldRevisionsGoWithTheirCopies() throws Exception {
        History history = new History(folder.getRoot().toPath().resolve("bounded"), 20);
        for (int i = 1; i <= 45; i++) {
            String copy = history.copies().keep("text " + i);
            Change change = new Change(DEPTH, i - 1L, (long) i, null, "default", null, Applies.LIVE, null);
            int number = i;
            history.append(revision -> new Revision(revision, Instant.ofEpochSecond(number), Home.SOMEBODY, "change " + number, List.of(change),
                List.of("ozone.toml")), Map.of(), Map.of("ozone.toml", copy), 0, Map.of("a.b", 1.5));
        }
        assertTrue(history.revisions().size() + "", history.revisions().size() >= 20 && history.revisions().size() <= 22);
        assertEquals(45, history.revisions().getFirst().revision());
        History again = new History(folder.getRoot().toPath().resolve("bounded"), 20);
        assertEquals(history.revisions(), again.revisions());
        assertEquals(Map.of("a.b", 1.5), again.last().environment());
        try (var copies = Files.list(folder.getRoot().toPath().resolve("bounded/files"))) {
            assertTrue(copies.count() <= 22);
        }
        assertThrows(SettingsException.class, () -> again.before(30));
    }

    @Test
    public void randomChangesAreUndoneOneByOne() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> files = List.of("ozone.toml", "a.toml", "b.toml");
        TreeMap<Integer, Map<String, String>> states = new TreeMap<>();
        states.put(0, texts(files));
        for (int i = 1; i <= 25; i++) {
            String name = files.get(random.nextInt(3));
            if (random.nextBoolean()) {
                home.set(DEPTH, 100 + i);
            } else if (Files.exists(home.etc.resolve(name)) && random.nextInt(4) == 0) {
                home.write(name, "[zsei.write]\nbatch_size = " + (200 + i) + "\n");
                home.settle();
            } else {
                home.write(name, "[zsei.write]\nbatch_size = " + (300 + i) + "\n[zsei.traversal]\ndefault_max_depth = " + (400 + i) + "\n");
                home.settle();
            }
            if (!texts(files).equals(states.lastEntry().getValue()) && home.settings.history().size() > states.size()) {
                states.put(states.size(), texts(files));
            }
        }
        for (int i = states.size() - 2; i >= 0; i--) {
            home.apply(new Edit.Undo(1));
            assertEquals("seed " + seed + ", state " + i, states.get(i), texts(files));
        }
    }

    private Map<String, String> texts(List<String> files) {
        Map<String, String> texts = new TreeMap<>();
        files.stream().map(home.etc::resolve).filter(Files::exists).forEach(file -> texts.put(file.getFileName().toString(), text(file)));
        return texts;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
