package studio.ozone.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.config.Settings.Problem;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

/** Mutated profiles: taken or refused with file and line, never a crash; what was in force stays so. */
public class FuzzTest {

    private static final int MUTATIONS = 20_000;
    private static final int ON_DISK = 300;
    private static final List<String> VALUES = List.of("\"text\"", "-1", "0", "1e999", "nan", "-inf", "true", "[1, 2", "[]", "{a = 1}", "''", "99999999999999999999",
        "0x10", "1979-05-27", "\"\\u0000\"", "\"\"\"", "12 34", "5000000000", "-0.0", "\"\\q\"");

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @Test
    public void mutatedProfilesNeverBreakAnything() throws Exception {
        System.out.println("FuzzTest: seed " + seed);
        Home home = new Home(folder.getRoot().toPath());
        home.write("ozone.toml", "[zsei.traversal]\ndefault_max_depth = 77\n");
        home.start();
        home.settle();
        Path file = home.etc.resolve("drop.toml");
        SourceReader reader = new SourceReader(new Schema(InstalledKeys.all(), List.of(), List.of()));
        int refused = 0;
        int onDisk = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] mutated = mutate();
            String where = "seed " + seed + ", mutation " + i + "\n" + new String(mutated, StandardCharsets.UTF_8);
            List<Problem> errors = errors(reader, file, mutated, where);
            for (Problem error : errors) {
                assertTrue(where, error.error() && error.file().equals(file.toString()) && error.line() > 0 && error.column() > 0);
                assertTrue(where + "\n" + error.message(), error.message().startsWith(file + ", line " + error.line() + ", column " + error.column()));
            }
            if (!errors.isEmpty() && refused++ % 40 == 0 && onDisk++ < ON_DISK) {
                Files.write(file, mutated);
                home.settle();
                assertEquals(where, errors, home.settings.problems().stream().filter(Problem::error).toList());
                assertEquals(where, 77L, home.value("zsei.traversal.default_max_depth"));
                assertEquals(where, 77L, home.admin.get("ozone.zsei.traversal", "default_max_depth"));
            }
        }
        assertTrue(refused + " were refused", refused > MUTATIONS / 10 && refused < MUTATIONS);
        assertTrue(onDisk + " on disk", onDisk > 100);
        assertEquals("nothing was taken", 1, home.settings.history().size());
    }

    private static List<Problem> errors(SourceReader reader, Path file, byte[] content, String where) {
        try {
            return reader.read(file, content).errors();
        } catch (TomlException e) {
            return List.of(SourceReader.broken(file, e));
        } catch (IOException | RuntimeException e) {
            throw new AssertionError(where, e);
        }
    }

    private byte[] mutate() {
        String text = Profiles.shippedText(List.of("minimal", "balanced", "performance").get(random.nextInt(3)));
        for (int times = 1 + random.nextInt(3); times > 0; times--) {
            text = once(text);
        }
        return switch (random.nextInt(12)) {
            case 0 -> text.getBytes(StandardCharsets.UTF_16);
            case 1 -> (text + "# \u00e9\n").getBytes(StandardCharsets.ISO_8859_1);
            case 2 -> bytes(text.getBytes(StandardCharsets.UTF_8));
            default -> text.getBytes(StandardCharsets.UTF_8);
        };
    }

    private byte[] bytes(byte[] bytes) {
        byte[] changed = Arrays.copyOf(bytes, bytes.length);
        for (int i = 0; i <= random.nextInt(4) && changed.length > 1; i++) {
            byte any = (byte) (1 + random.nextInt(255));        // a first byte of 0 stands for what cannot be read
            changed[random.nextInt(changed.length)] = any;
        }
        return changed;
    }

    private String once(String text) {
        List<String> lines = text.lines().toList();
        int at = random.nextInt(Math.max(1, text.length()));
        return switch (random.nextInt(9)) {
            case 0 -> text.substring(0, at);
            case 1 -> text.substring(0, at) + (char) (1 + random.nextInt(0x250)) + text.substring(at);
            case 2 -> text.substring(0, at) + text.substring(Math.min(text.length(), at + 1 + random.nextInt(20)));
            case 3 -> text + "\n" + (lines.isEmpty() ? "" : lines.get(random.nextInt(lines.size()))) + "\n";
            case 4 -> text.replaceFirst("= .*", "= " + VALUES.get(random.nextInt(VALUES.size())).replace("\\", "\\\\"));
            case 5 -> {
                int equals = text.indexOf('=', at);
                int end = equals < 0 ? -1 : text.indexOf('\n', equals);
                yield end < 0 ? text : text.substring(0, equals + 1) + " " + VALUES.get(random.nextInt(VALUES.size())) + text.substring(end);
            }
            case 6 -> text.replace('_', random.nextBoolean() ? '-' : ' ');
            case 7 -> text.replace("\n", "\r\n");
            default -> text.substring(0, at) + "x".repeat(random.nextInt(5000)) + text.substring(at);
        };
    }
}
