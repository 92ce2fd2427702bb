package studio.ozone.itests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.Timeout;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

/** The keys of the log act while it is written, and restart nothing. */
public class LoggingIT {

    private static final int MEGABYTE = 1024 * 1024;
    private static final String PIECE = "x".repeat(50_000);
    /** The shell names its thread after the command, so that a line has the text twice. */
    private static final int LINE = 2 * PIECE.length() + 500;

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Rule
    public final Timeout timeout = Timeout.seconds(300);

    private Distribution distribution;

    @Before
    public void start() throws IOException {
        distribution = new Distribution(folder.newFolder("it").toPath()).start();
    }

    @After
    public void stop() throws InterruptedException {
        distribution.close();
    }

    @Test
    public void sizeNumberCompressionAndLevelsActWhileItRuns() throws Exception {
        Path shipped = distribution.home().resolve("etc/org.ops4j.pax.logging.cfg");
        assertEquals("a start changes nothing", Files.readString(Path.of(System.getProperty("ozone.home")).resolve("etc/org.ops4j.pax.logging.cfg")),
            Files.readString(shipped));
        String bundles = ok("shell", "bundle:list", "-s", "-t", "0", "--no-format");
        ok("config", "--set", "logging.file.max_size_mb=1", "logging.file.max_files=2");
        write(5 * MEGABYTE);
        Distribution.await("two files are put aside, compressed", () -> aside().size() == 2
            && aside().stream().allMatch(file -> file.toString().endsWith(".gz")));
        for (Path file : aside()) {
            byte[] text = new GZIPInputStream(Files.newInputStream(file)).readAllBytes();
            assertTrue(file + " has " + text.length, text.length <= MEGABYTE + LINE);
        }
        ok("config", "--set", "logging.file.max_files=1", "logging.file.compress_rotated=false");
        Distribution.await("one is left at once", () -> aside().size() == 1);
        write(3 * MEGABYTE);
        Distribution.await("the newer one is not compressed", () -> aside().size() == 1 && !aside().getFirst().toString().endsWith(".gz"));

        ok("config", "--set", "logging.components.zsei.index=debug", "logging.level=warn");
        Distribution.await("the levels are in force", () -> ok("shell", "log:get", "studio.ozone.zsei.index").contains("DEBUG")
            && ok("shell", "log:get", "ROOT").contains("WARN"));
        assertFalse("other parts follow the whole", ok("shell", "log:get", "studio.ozone.zsei.store").contains("DEBUG"));
        ok("config", "--unset", "logging.components.zsei.index", "logging.level");
        Distribution.await("the levels are gone", () -> !ok("shell", "log:get", "studio.ozone.zsei.index").contains("DEBUG")
            && ok("shell", "log:get", "ROOT").contains("INFO"));
        assertEquals("nothing was restarted", bundles, ok("shell", "bundle:list", "-s", "-t", "0", "--no-format"));
    }

    private void write(int bytes) throws IOException {
        for (int written = 0; written < bytes; written += PIECE.length()) {
            ok("shell", "log:log", "--level", "ERROR", PIECE);
        }
    }

    private List<Path> aside() throws IOException {
        try (Stream<Path> files = Files.list(distribution.data().resolve("log"))) {
            return files.filter(file -> file.getFileName().toString().matches("ozone\\.log\\.\\d+(\\.gz)?")).sorted().toList();
        }
    }

    private String ok(String... command) throws IOException {
        Distribution.Answer answer = distribution.run(command);
        assertEquals(String.join(" ", command).substring(0, Math.min(80, String.join(" ", command).length())) + ": " + answer.out() + answer.error(),
            0, answer.exit());
        return answer.out();
    }
}
