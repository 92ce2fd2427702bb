package studio.ozone.monitoring.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import com.codahale.metrics.Gauge;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

public class MetricsTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void readsTheKernelsFiguresInBytes() throws IOException {
        Path status = folder.newFile().toPath();
        Metrics metrics = new Metrics(new ProcessMemory(status));
        Files.writeString(status, "Name:\tjava\nVmRSS:\t  126640 kB\nRssAnon:\t  101328 kB\nRssFile:\t   25312 kB\nThreads:\t40\n");
        assertEquals(101328L * 1024, value(metrics, Metrics.RSS_ANONYMOUS));
        assertEquals(25312L * 1024, value(metrics, Metrics.RSS_FILE));

        Files.writeString(status, "RssAnon:\t  101400 kB\n");
        assertEquals("asked anew", 101400L * 1024, value(metrics, Metrics.RSS_ANONYMOUS));
        assertEquals("a field that is not there", -1L, value(metrics, Metrics.RSS_FILE));
    }

    @Test
    public void saysSoWhereTheSystemDoesNotTell() {
        Metrics metrics = new Metrics(new ProcessMemory(Path.of("no", "such", "file")));
        assertEquals(-1L, value(metrics, Metrics.RSS_ANONYMOUS));
    }

    @Test
    public void knowsHeapAndAge() {
        Metrics metrics = new Metrics();
        long used = (Long) value(metrics, Metrics.HEAP_USED);
        long committed = (Long) value(metrics, Metrics.HEAP_COMMITTED);
        assertTrue(used + " of " + committed, used > 0 && used <= committed);
        double uptime = (Double) value(metrics, Metrics.UPTIME);
        assertTrue("a test runs for less than an hour: " + uptime, uptime >= 0 && uptime < 3600);
    }

    private static Object value(Metrics metrics, String name) {
        Gauge<?> gauge = metrics.getGauges().get(name);
        return gauge.getValue();
    }
}
