package studio.ozone.logging;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPInputStream;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.properties.PropertiesConfigurationBuilder;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

/** The properties as we make them, in the Log4j that Pax Logging holds. */
public class PaxPropertiesTest {

    private static final int MEGABYTE = 1024 * 1024;
    private static final Rotation SMALL = new Rotation(1, 3, true);
    private static final String LINE = "x".repeat(1000);

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();
    private final LoggerContext context = new LoggerContext("test");
    private Map<String, Object> shipped;
    private Path log;

    @Before
    public void read() throws IOException {
        Path data = folder.getRoot().toPath();
        log = data.resolve("log/ozone.log");
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(Path.of("../../etc/org.ops4j.pax.logging.cfg"))) {
            properties.load(in);
        }
        shipped = new TreeMap<>();
        properties.forEach((key, value) -> shipped.put(key.toString(), value.toString().replace("${ozone.data}", data.toString())));
    }

    @After
    public void stop() {
        context.stop();
    }

    @Test
    public void whatIsShippedIsWhatTheDefaultsSay() {
        assertTrue(PaxProperties.hasOurFile(shipped));
        assertEquals("so that nothing is done at a start", shipped,
            PaxProperties.with(shipped, new Rotation(100, 10, true), "info", Map.of()));
    }

    @Test
    public void aFileIsNoLargerThanItsLimitAndALine() throws Exception {
        use(PaxProperties.with(shipped, SMALL, "info", Map.of()));
        write(7 * MEGABYTE);
        awaitThat("three files are put aside and compressed", () -> Rotation.aside(log).size() == 3
            && Rotation.aside(log).stream().allMatch(file -> file.toString().endsWith(".gz")));
        for (Path aside : Rotation.aside(log)) {
            byte[] text = new GZIPInputStream(Files.newInputStream(aside)).readAllBytes();
            assertTrue(aside + " has " + text.length, text.length <= MEGABYTE + LINE.length() + 200 && text.length > MEGABYTE / 2);
            assertTrue(new String(text, StandardCharsets.UTF_8).contains(LINE));
        }
        assertTrue(Files.size(log) <= MEGABYTE + LINE.length() + 200);
    }

    @Test
    public void limitsChangeWhileItWrites() throws Exception {
        use(PaxProperties.with(shipped, new Rotation(1, 5, true), "info", Map.of()));
        write(7 * MEGABYTE);
        awaitThat("five files are put aside", () -> Rotation.aside(log).size() == 5);
        Rotation fewer = new Rotation(1, 2, false);
        use(PaxProperties.with(shipped, fewer, "info", Map.of()));
        fewer.prune(log);
        assertEquals(2, Rotation.aside(log).size());
        write(4 * MEGABYTE);
        awaitThat("the new ones are not compressed", () -> Rotation.aside(log).stream().noneMatch(file -> file.toString().endsWith(".gz")));
        awaitThat("there are two", () -> Rotation.aside(log).size() == 2);
        use(PaxProperties.with(shipped, new Rotation(1, 2, true), "info", Map.of()));
        write(2 * MEGABYTE);
        awaitThat("compressed and plain ones count alike", () -> Rotation.aside(log).size() == 2
            && Rotation.aside(log).getLast().toString().endsWith(".gz"));
    }

    @Test
    public void levelsAreThoseOfTheSettings() {
        use(PaxProperties.with(shipped, SMALL, "warn", Map.of("zsei.index", "debug", "llm", "off")));
        assertEquals(Level.WARN, context.getLogger("anything").getLevel());
        assertEquals(Level.DEBUG, context.getLogger("studio.ozone.zsei.index.LuceneIndex").getLevel());
        assertEquals(Level.WARN, context.getLogger("studio.ozone.zsei.store").getLevel());
        assertEquals(Level.OFF, context.getLogger("studio.ozone.llm.extractive").getLevel());
        assertEquals("as shipped", Level.WARN, context.getLogger("org.apache.felix").getLevel());
    }

    @Test
    public void aLevelThatIsTakenAwayGoes() {
        Map<String, Object> with = PaxProperties.with(shipped, SMALL, "info", Map.of("zsei", "debug"));
        Map<String, Object> shell = new TreeMap<>(with);
        shell.put("log4j2.logger.other.name", "org.other");
        Map<String, Object> without = PaxProperties.with(shell, SMALL, "info", Map.of());
        assertFalse(without.toString().contains("studio.ozone.zsei"));
        assertEquals("what the shell has set stays", "org.other", without.get("log4j2.logger.other.name"));
    }

    /** As Pax Logging does: it takes the prefix away, and starts a new configuration in the same context. */
    private void use(Map<String, Object> pax) {
        Properties properties = new Properties();
        pax.forEach((key, value) -> properties.setProperty(key.substring("log4j2.".length()), value.toString()));
        context.start(new PropertiesConfigurationBuilder().setRootProperties(properties).setLoggerContext(context).build());
    }

    private void write(int bytes) {
        for (int written = 0; written < bytes; written += LINE.length()) {
            context.getLogger("test").error(LINE);
        }
    }

    private static void awaitThat(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.call()) {
            assertTrue("Not within 20 s: " + what, System.nanoTime() < end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }
}
