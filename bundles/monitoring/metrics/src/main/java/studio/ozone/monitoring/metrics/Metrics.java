package studio.ozone.monitoring.metrics;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * The one registry of the instance, with what the process itself can tell about its size and age. Every gauge is read when it is
 * asked for; nothing is sampled in between.
 */
@Component(service = MetricRegistry.class)
public final class Metrics extends MetricRegistry {

    /** The process since its start, in seconds. */
    public static final String UPTIME = "ozone_monitoring_metrics_uptime_seconds";
    /** Java objects, dead ones included, in bytes. */
    public static final String HEAP_USED = "ozone_monitoring_metrics_heap_used_bytes";
    /** The heap that is taken from the system, in bytes. */
    public static final String HEAP_COMMITTED = "ozone_monitoring_metrics_heap_committed_bytes";
    /** Resident memory that belongs to the process alone, in bytes; -1 where the system does not tell. */
    public static final String RSS_ANONYMOUS = "ozone_monitoring_metrics_rss_anon_bytes";
    /** Resident pages of mapped files, which the system may take back, in bytes; -1 where the system does not tell. */
    public static final String RSS_FILE = "ozone_monitoring_metrics_rss_file_bytes";

    @Activate
    public Metrics() {
        this(new ProcessMemory(Path.of("/proc/self/status")));
    }

    Metrics(ProcessMemory memory) {
        Runtime runtime = Runtime.getRuntime();
        Instant start = ProcessHandle.current().info().startInstant().orElseGet(Instant::now);
        register(UPTIME, (Gauge<Double>) () -> Duration.between(start, Instant.now()).toMillis() / 1000.0);
        register(HEAP_USED, (Gauge<Long>) () -> runtime.totalMemory() - runtime.freeMemory());
        register(HEAP_COMMITTED, (Gauge<Long>) runtime::totalMemory);
        register(RSS_ANONYMOUS, (Gauge<Long>) () -> memory.bytes("RssAnon"));
        register(RSS_FILE, (Gauge<Long>) () -> memory.bytes("RssFile"));
    }
}
