package studio.ozone.config;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.config.Edit;
import studio.ozone.api.config.Origin;
import studio.ozone.api.config.Settings.Change;
import studio.ozone.api.config.Settings.Setting;
import studio.ozone.api.config.SettingsException;
import studio.ozone.api.config.SettingsException.Code;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

public class FileSettingsTest {

    private static final String BUILT_IN = "ozone.pipeline.built_in";
    private static final String TRAVERSAL = "ozone.zsei.traversal";
    private static final String VOICE = "pipeline.built_in.voice_enabled";
    private static final String DEPTH = "zsei.traversal.default_max_depth";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();
    private final ConfigurationsInMemory admin = new ConfigurationsInMemory();
    private final Map<String, String> environment = new HashMap<>();
    private final AtomicLong clock = new AtomicLong();
    private final List<Key> toggles = new ArrayList<>();
    private final List<Key> metatypes = new ArrayList<>();
    private Path etc;
    private FileSettings settings;

    @Before
    public void start() throws IOException {
        etc = folder.getRoot().toPath().resolve("etc");
        if (!Files.exists(etc)) {
            Files.createDirectory(etc);
        }
        settings = new FileSettings(new EtcFiles(etc), new LastGood(folder.getRoot().toPath().resolve("last-good")),
            new ConfigurationTarget(admin.admin()), () -> new Schema(InstalledKeys.all(), toggles, metatypes), environment, clock::get);
        settings.start();
    }

    @Test
    public void strongerLayersCoverWeakerOnesKeyByKey() throws Exception {
        environment.put("OZONE_ZSEI_TRAVERSAL__DEFAULT_MAX_RESULTS", "7");
        environment.put("OZONE_DATA_DIR", "/somewhere");
        write("ozone.toml", "[zsei.traversal]\ndefault_max_depth = 3\ndefault_max_results = 4\nhot_path_cache_size = 5\n");
        write("b.toml", "[zsei.traversal]\nhot_path_cache_size = 6\n");
        write("a.toml", "[zsei.traversal]\nhot_path_cache_size = 60\n");
        start();
        assertEquals(3L, admin.get(TRAVERSAL, "default_max_depth"));
        assertEquals(7L, admin.get(TRAVERSAL, "default_max_results"));
        assertEquals(6L, admin.get(TRAVERSAL, "hot_path_cache_size"));
        assertNull("a default is not pushed", admin.get(TRAVERSAL, "cache_hot_paths"));
        Setting shown = settings.get("zsei.traversal.hot_path_cache_size");
        assertEquals("b.toml", shown.setBy());
        assertEquals(2, shown.line());
        assertEquals(1000L, shown.defaultValue());
        assertEquals("environment", settings.get("zsei.traversal.default_max_results").setBy());
        assertEquals("environment", settings.get("general.data_dir").setBy());
        assertEquals("default", settings.get("zsei.traversal.cache_hot_paths").setBy());
        assertEquals(List.of(), settings.problems());
    }

    @Test
    public void aTimeZoneThatDoesNotExistIsRefused() throws Exception {
        start();
        SettingsException refused = assertThrows(SettingsException.class, () -> set(Map.of("general.timezone", "Europe/Berlim")));
        assertTrue(refused.getMessage(), refused.getMessage().contains("Europe/Berlin"));
        set(Map.of("general.timezone", "Europe/Berlin"));
        set(Map.of("general.timezone", ""));
        assertEquals("that of the system", "", settings.get("general.timezone").value());
    }

    @Test
    public void droppedFileActsAndItsRemovalGivesBackWhatLayBeneath() throws Exception {
        write("ozone.toml", "[zsei.traversal]\ndefault_max_depth = 3\n");
        settle();
        write("ozone.zsei.traversal.cfg", "default_max_depth = 9\n");
        assertTrue("not before it has settled", settings.scan());
        assertEquals(3L, admin.get(TRAVERSAL, "default_max_depth"));
        settle();
        assertEquals(9L, admin.get(TRAVERSAL, "default_max_depth"));
        Files.delete(etc.resolve("ozone.zsei.traversal.cfg"));
        settle();
        assertEquals(3L, admin.get(TRAVERSAL, "default_max_depth"));
        Files.delete(etc.resolve("ozone.toml"));
        settle();
        assertFalse("nobody sets a key of this PID", admin.byPid.containsKey(TRAVERSAL));
    }

    @Test
    public void datesRenamesLinksAndTwoStepsDoNotMatter() throws Exception {
        FileTime date = FileTime.fromMillis(1_000_000_000_000L);
        Path file = write("drop.toml", "[zsei.traversal]\ndefault_max_depth = 3\n");
        Files.setLastModifiedTime(file, date);
        settle();
        write("drop.toml", "[zsei.traversal]\ndefault_max_depth = 4\n");
        Files.setLastModifiedTime(file, date);
        settle();
        assertEquals("same size, same date", 4L, admin.get(TRAVERSAL, "default_max_depth"));

        Path aside = write("drop.toml.swp", "[zsei.traversal]\ndefault_max_depth = 5\n");
        Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING);
        settle();
        assertEquals("renamed over it", 5L, admin.get(TRAVERSAL, "default_max_depth"));

        Files.delete(file);
        settings.scan();
        write("drop.toml", "[zsei.traversal]\ndefault_max_depth = 6\n");
        settle();
        assertEquals("removed and made anew", 6L, admin.get(TRAVERSAL, "default_max_depth"));

        Path elsewhere = Files.writeString(folder.getRoot().toPath().resolve("real.toml"), "[zsei.traversal]\ndefault_max_depth = 7\n");
        Files.delete(file);
        Files.createSymbolicLink(file, elsewhere);
        settle();
        assertEquals("a symbolic link", 7L, admin.get(TRAVERSAL, "default_max_depth"));
        set(Map.of(DEPTH, "8"));
        assertTrue("the link stays one", Files.isSymbolicLink(file));
        assertEquals("[zsei.traversal]\ndefault_max_depth = 8\n", Files.readString(elsewhere));

        Files.delete(file);
        write("drop.toml", "[zsei.traversal]\ndefault_max");
        settings.scan();
        write("drop.toml", "[zsei.traversal]\ndefault_max_depth = 9\n");
        settle();
        assertEquals("written in two steps", 9L, admin.get(TRAVERSAL, "default_max_depth"));
        assertEquals(List.of(), settings.problems());
    }

    @Test
    public void wrongFileChangesNothingAndIsNamedWithItsLine() throws Exception {
        write("ozone.toml", "[zsei.traversal]\ndefault_max_depth = 3\n");
        settle();
        for (Map.Entry<String, String> wrong : Map.of(
                "[zsei.traversal]\ndefault_max_results = 1\ndefault_max_depth = \"4\"\n", "line 3, column 1: zsei.traversal.default_max_depth = \"4\" has the wrong type",
                "[zsei.traversal]\n\ndefault_max_depth = 70000\n", "line 3, column 1: zsei.traversal.default_max_depth = 70000 is out of range; allowed is 1..65535",
                "[zsei]\ncompression = \"lz5\"\n", "line 2, column 1: zsei.compression = \"lz5\" is not allowed; allowed is one of none, lz4, zstd. Did you mean lz4?",
                "[zsei.traversal\n", "ozone.toml, line 1, column 16: the table's name ends with ]",
                "[pipeline.built_in]\nvoice_enabled = \"false\"\n", "it takes true or false, without quotes").entrySet()) {
            write("ozone.toml", wrong.getKey());
            settle();
            assertEquals(3L, admin.get(TRAVERSAL, "default_max_depth"));
            assertNull(admin.get(TRAVERSAL, "default_max_results"));
            assertEquals(1, settings.problems().size());
            String message = settings.problems().getFirst().message();
            assertTrue(message, message.contains(wrong.getValue()) && message.startsWith(etc.resolve("ozone.toml").toString()));
            assertEquals(3L, settings.get(DEPTH).value());
        }
        byte[] latin = "[zsei.traversal]\n# caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1);
        Files.write(etc.resolve("ozone.toml"), latin);
        settle();
        assertTrue(settings.problems().toString(), settings.problems().getFirst().message().contains("line 2, column 6: the bytes here are not UTF-8"));
        write("ozone.toml", "[zsei.traversal]\ndefault_max_depth = 5\n");
        settle();
        assertEquals(List.of(), settings.problems());
        assertEquals(5L, admin.get(TRAVERSAL, "default_max_depth"));
    }

    @Test
    public void hugeFileIsRefusedWithoutReadingIt() throws Exception {
        try (RandomAccessFile file = new RandomAccessFile(etc.resolve("huge.toml").toFile(), "rw")) {
            file.setLength(100L << 20);
        }
        settle();
        assertTrue(settings.problems().toString(), settings.problems().getFirst().message().contains("the file has 104857600 bytes"));
    }

    @Test
    public void fileThatIsBrokenAtStartUpCountsAsItLastWasRight() throws Exception {
        write("ozone.toml", "[pipeline.built_in]\nvoice_enabled = false\n");
        settle();
        write("ozone.toml", "[pipeline.built_in\nvoice_enabled = false\n");
        start();
        assertEquals(false, admin.get(BUILT_IN, "voice_enabled"));
        assertEquals(1, settings.problems().size());
        settle();
        assertEquals(1, settings.problems().size());
    }

    @Test
    public void restartWithoutChangesWritesNothing() throws Exception {
        write("ozone.toml", "[zsei.traversal]\ndefault_max_depth = 3\n[llm.local]\nlist_of_words = [\"a\", \"b\"]\nratio = 0.5\n");
        start();
        int before = admin.writes;
        start();
        settle();
        assertEquals(before, admin.writes);
    }

    @Test
    public void settingWritesToTheOwningFileAndKeepsItsComments() throws Exception {
        write("ozone.toml", "# mine\n[zsei.traversal]\ndefault_max_depth = 3 # few\n");
        write("drop.toml", "[pipeline.built_in]\nvoice_enabled = true # for now\n");
        start();
        List<Change> changes = set(Map.of(DEPTH, "12", VOICE, "false", "zsei.compression", "lz4"));
        assertEquals(3, changes.size());
        assertEquals("# mine\n[zsei.traversal]\ndefault_max_depth = 12 # few\n\n[zsei]\ncompression = \"lz4\"\n".length(), read("ozone.toml").length());
        assertTrue(read("ozone.toml").startsWith("# mine\n[zsei.traversal]\ndefault_max_depth = 12 # few\n"));
        assertEquals("[pipeline.built_in]\nvoice_enabled = false # for now\n", read("drop.toml"));
        assertEquals(12L, admin.get(TRAVERSAL, "default_max_depth"));
        assertEquals(false, admin.get(BUILT_IN, "voice_enabled"));
        assertEquals(List.of(), set(Map.of(DEPTH, "12")));
        int writes = admin.writes;
        settle();
        assertEquals("its own writing is no news", writes, admin.writes);
    }

    @Test
    public void settingIsAllOrNothing() throws Exception {
        write("ozone.toml", "[zsei.traversal]\ndefault_max_depth = 3\n");
        start();
        assertCode(Code.UNKNOWN_KEY, "Did you mean zsei.traversal.default_max_depth?", Map.of(DEPTH, "4", "zsei.traversal.default_max_dept", "1"));
        assertCode(Code.WRONG_TYPE, "a whole number (1..65535)", Map.of("zsei.compression", "lz4", DEPTH, "many"));
        assertCode(Code.OUT_OF_RANGE, "allowed is 1..65535", Map.of("zsei.compression", "lz4", DEPTH, "0"));
        assertCode(Code.OUT_OF_RANGE, "127.0.0.1, ::1, localhost", Map.of("web.http.host", "0.0.0.0"));
        assertCode(Code.WRONG_TYPE, "true or false", Map.of(VOICE, "sometimes"));
        assertEquals("[zsei.traversal]\ndefault_max_depth = 3\n", read("ozone.toml"));
        assertNull(admin.get("ozone.zsei", "compression"));
    }

    @Test
    public void environmentCannotBeOverruledSilently() throws Exception {
        environment.put("OZONE_PIPELINE_BUILT_IN__VOICE_ENABLED", "false");
        environment.put("OZONE_PIPELINE_BUILT_IN__VOICE_ENABLE", "false");
        start();
        assertEquals(false, admin.get(BUILT_IN, "voice_enabled"));
        assertCode(Code.SHADOWED, "OZONE_PIPELINE_BUILT_IN__VOICE_ENABLED = false", Map.of(VOICE, "true"));
        assertTrue(settings.problems().toString(),
            settings.problems().getFirst().message().contains("Did you mean OZONE_PIPELINE_BUILT_IN__VOICE_ENABLED?"));
    }

    @Test
    public void fileThatIsBrokenOnDiskIsNotWrittenTo() throws Exception {
        write("ozone.toml", "[zsei.traversal]\ndefault_max_depth = 3\n");
        start();
        write("ozone.toml", "[zsei.traversal\n");
        assertCode(Code.UNREADABLE, "Correct the file first", Map.of(DEPTH, "4"));
        assertEquals("[zsei.traversal\n", read("ozone.toml"));
    }

    @Test
    public void editThatIsNotYetInForceIsNotLostBySetting() throws Exception {
        write("ozone.toml", "[zsei.traversal]\ndefault_max_depth = 3\n");
        start();
        write("ozone.toml", "[zsei.traversal]\ndefault_max_depth = 3\ndefault_max_results = 50\n");
        set(Map.of(DEPTH, "4"));
        assertEquals(50L, admin.get(TRAVERSAL, "default_max_results"));
        assertEquals("[zsei.traversal]\ndefault_max_depth = 4\ndefault_max_results = 50\n", read("ozone.toml"));
    }

    @Test
    public void changeInConfigAdminIsWrittenToTheOwningFile() throws Exception {
        write("ozone.toml", "[zsei.traversal]\ndefault_max_depth = 3 # few\ndefault_max_results = 5\n");
        start();
        admin.change(TRAVERSAL, "default_max_depth", "8");
        settings.configurationUpdated(TRAVERSAL, "karaf");
        assertEquals("[zsei.traversal]\ndefault_max_depth = 8 # few\ndefault_max_results = 5\n", read("ozone.toml"));
        assertEquals("typed again", 8L, admin.get(TRAVERSAL, "default_max_depth"));

        admin.change(TRAVERSAL, "cache_hot_paths", true);
        admin.change(TRAVERSAL, "hot_path_cache_size", 1000);
        settings.configurationUpdated(TRAVERSAL, "karaf");
        assertFalse("a form that sends the defaults along sets nothing", read("ozone.toml").contains("hot_path"));
        assertNull(admin.get(TRAVERSAL, "hot_path_cache_size"));

        admin.change(TRAVERSAL, "default_max_results", null);
        settings.configurationUpdated(TRAVERSAL, "karaf");
        assertEquals("[zsei.traversal]\ndefault_max_depth = 8 # few\n", read("ozone.toml"));

        admin.change(BUILT_IN, "voice_enabled", false);
        settings.configurationUpdated(BUILT_IN, "karaf");
        assertTrue(read("ozone.toml"), read("ozone.toml").endsWith("\n[pipeline.built_in]\nvoice_enabled = false\n"));
    }

    @Test
    public void wrongChangeInConfigAdminIsUndone() throws Exception {
        write("ozone.toml", "[zsei.traversal]\ndefault_max_depth = 3\n");
        start();
        admin.change(TRAVERSAL, "default_max_depth", "far");
        settings.configurationUpdated(TRAVERSAL, "karaf");
        assertEquals(3L, admin.get(TRAVERSAL, "default_max_depth"));
        assertTrue(settings.problems().getFirst().message(), settings.problems().getFirst().message().contains("far"));
        admin.change(TRAVERSAL, "default_max_dept", "4");
        settings.configurationUpdated(TRAVERSAL, "karaf");
        assertNull(admin.get(TRAVERSAL, "default_max_dept"));
        admin.byPid.remove(TRAVERSAL);
        settings.configurationUpdated(TRAVERSAL, "karaf");
        assertEquals("a deletion is undone", 3L, admin.get(TRAVERSAL, "default_max_depth"));
        assertEquals("[zsei.traversal]\ndefault_max_depth = 3\n", read("ozone.toml"));
        admin.change(TRAVERSAL, "default_max_depth", "4");
        settings.configurationUpdated(TRAVERSAL, "karaf");
        assertEquals(List.of(), settings.problems());
    }

    @Test
    public void filesThatTheKarafShellWritesAreNotKept() throws Exception {
        write("ozone.toml", "[zsei.traversal]\ndefault_max_depth = 3\n");
        String dropped = "# mine\ndefault_max_results = 5\n";
        start();
        Path shells = write("ozone.zsei.traversal.cfg", "default_max_depth = 8\n");
        admin.change(TRAVERSAL, "default_max_depth", "8");
        admin.change(TRAVERSAL, ConfigurationTarget.FILE_NAME, shells.toUri().toString());
        settings.configurationUpdated(TRAVERSAL, "karaf");
        assertNull("FileInstall would save the file once more", admin.get(TRAVERSAL, ConfigurationTarget.FILE_NAME));
        assertFalse(Files.exists(shells));
        assertNull(admin.get(TRAVERSAL, ConfigurationTarget.FILE_NAME));
        assertEquals("[zsei.traversal]\ndefault_max_depth = 8\n", read("ozone.toml"));

        write("ozone.zsei.traversal.cfg", dropped);
        settle();
        write("ozone.zsei.traversal.cfg", "default_max_depth = 8\ndefault_max_results = 6\n");
        admin.change(TRAVERSAL, "default_max_results", "6");
        admin.change(TRAVERSAL, ConfigurationTarget.FILE_NAME, shells.toUri().toString());
        settings.configurationUpdated(TRAVERSAL, "karaf");
        assertNull("FileInstall would save the file once more", admin.get(TRAVERSAL, ConfigurationTarget.FILE_NAME));
        assertEquals("# mine\ndefault_max_results = 6\n", read("ozone.zsei.traversal.cfg"));
        assertEquals("ozone.toml", settings.get(DEPTH).setBy());
        assertEquals(6L, admin.get(TRAVERSAL, "default_max_results"));

        admin.change(TRAVERSAL, "default_max_depth", "9");
        admin.change(TRAVERSAL, ConfigurationTarget.FILE_NAME, shells.toUri().toString());
        settings.configurationUpdated(TRAVERSAL, "karaf");
        assertEquals(9L, admin.get(TRAVERSAL, "default_max_depth"));
    }

    @Test
    public void unknownKeyIsKeptAndReported() throws Exception {
        write("ozone.toml", "[zsei.traversal]\ndefault_max_dept = 3\n");
        start();
        assertEquals(3L, admin.get(TRAVERSAL, "default_max_dept"));
        assertTrue(settings.problems().getFirst().message(), settings.problems().getFirst().message().contains("Did you mean " + DEPTH + "?"));
        assertNull(settings.get("zsei.traversal.default_max_dept").readBy());
        assertEquals(11, settings.show("zsei.traversal").size());
        assertThrows(SettingsException.class, () -> settings.show("zsei.travel"));
        assertEquals("all keys, and the unknown one", new Schema(InstalledKeys.all(), List.of(), List.of()).keys().size() + 1,
            settings.show("").size());
    }

    @Test
    public void bundleThatBringsAKeyDecidesItsType() throws Exception {
        write("ozone.toml", "[shop]\nopen = \"yes\"\n");
        start();
        toggles.add(new Key("shop.open", Key.Type.BOOLEAN, false, true, null, null, List.of(), "Open.", "org.shop"));
        settings.bundlesChanged();
        assertNull("what has become wrong is let go", admin.get("ozone.shop", "open"));
        assertTrue(settings.problems().getFirst().message(), settings.problems().getFirst().message().contains("line 2, column 1: shop.open"));
        assertEquals(List.of("shop.open"), settings.forms().get("ozone.shop").stream().map(Key::name).toList());
        set(Map.of(VOICE, "false"));
    }

    @Test
    public void writingKeepsPermissionsAndLeavesNothingBehind() throws Exception {
        Path file = write("ozone.toml", "[zsei.traversal]\ndefault_max_depth = 3\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        start();
        set(Map.of(DEPTH, "4"));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        try (var files = Files.list(etc)) {
            assertEquals(List.of(file), files.filter(Files::isRegularFile).toList());
        }
    }

    @Test
    public void whoReadsDuringAWriteSeesTheOldFileOrTheNewOne() throws Exception {
        String comment = "# " + "x".repeat(50_000) + "\n";
        Path file = write("ozone.toml", "[zsei.traversal]\ndefault_max_depth = 1\n" + comment);
        start();
        AtomicBoolean done = new AtomicBoolean();
        FutureTask<Integer> reader = new FutureTask<>(() -> {
            int reads = 0;
            while (!done.get()) {
                String text = Files.readString(file);
                assertTrue(text.length() + " characters", text.endsWith(comment) && TomlReader.read(text).entries().size() == 1);
                reads++;
            }
            return reads;
        });
        new Thread(reader).start();
        for (int depth = 2; depth < 200; depth++) {
            set(Map.of(DEPTH, String.valueOf(depth)));
        }
        done.set(true);
        assertTrue(reader.get() > 0);
    }

    @Test
    public void folderThatIsNotWritableIsSaid() throws Exception {
        write("ozone.toml", "[zsei.traversal]\ndefault_max_depth = 3\n");
        start();
        Path elsewhere = folder.getRoot().toPath().resolve("gone");
        Files.move(etc, elsewhere);
        Files.writeString(etc, "a file in its place");
        assertCode(Code.UNREADABLE, "Nothing has changed", Map.of(DEPTH, "4"), Code.NOT_WRITTEN);
        assertEquals(3L, admin.get(TRAVERSAL, "default_max_depth"));
    }

    private List<Change> set(Map<String, String> values) throws SettingsException {
        return settings.apply(Edit.Keys.set(values), new Origin("command", "somebody")).changes();
    }

    private void settle() throws IOException {
        settings.scan();
        clock.addAndGet(Intake.SETTLED_NANOS);
        assertFalse("settled", settings.scan());
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(etc.resolve(name), text);
    }

    private String read(String name) throws IOException {
        return Files.readString(etc.resolve(name));
    }

    private void assertCode(Code code, String text, Map<String, String> values, Code... others) {
        SettingsException e = assertThrows(SettingsException.class, () -> set(values));
        assertTrue(e.code() + ": " + e.getMessage(), e.code() == code || List.of(others).contains(e.code()));
        assertTrue(e.getMessage(), e.getMessage().contains(text) || others.length > 0);
    }
}
