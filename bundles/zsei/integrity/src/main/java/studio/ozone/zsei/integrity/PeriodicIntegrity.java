package studio.ozone.zsei.integrity;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.ComponentServiceObjects;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.care.CareException;
import studio.ozone.api.care.Inspection;
import studio.ozone.api.care.Integrity;
import studio.ozone.api.config.Facts;
import studio.ozone.api.runtime.HealthCheck;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.runtime.Workers;

/**
 * Scans at intervals, counted from the last scan over restarts. It looks at the clock once a minute, so that a machine that slept scans soon
 * after; and not before the instance has run for some minutes, since a scan reads everything.
 */
@Component(service = { Integrity.class, HealthCheck.class }, configurationPid = PeriodicIntegrity.PID, immediate = true) // the clock runs though nobody asks
@Designate(ocd = PeriodicIntegrity.Config.class)
public final class PeriodicIntegrity implements Integrity, HealthCheck {

    static final String PID = "ozone.zsei.integrity";
    static final String SCANS = "ozone_zsei_integrity_scan_seconds";
    static final String LEFT = "ozone_zsei_integrity_findings";
    static final Duration AFTER_START = Duration.ofMinutes(10);
    private static final String NAME = "zsei.integrity";
    private static final Logger LOG = LoggerFactory.getLogger(PeriodicIntegrity.class);

    @ObjectClassDefinition(id = PID, name = "ZSEI integrity", description = "Checks that what is kept is whole (guide, section 7).")
    public @interface Config {
        @AttributeDefinition(description = "Whether ZSEI is checked, at intervals and on demand.")
        boolean enabled() default true;

        @AttributeDefinition(description = "Whether a check at its time also mends what can be derived: counts, the other direction of an edge, the index.")
        @Facts(advice = "Off where an operator wants to look first: ozone-core integrity lists what was found, --repair-all mends it.")
        boolean auto__repair() default true;

        @AttributeDefinition(description = "Time between full checks of what ZSEI keeps.", min = "0.1")
        @Facts(unit = "h", advice = "48 and more where the check is felt: it reads everything.")
        double verification__interval__hours() default 24;
    }

    private final Workers workers;
    private final MetricRegistry metrics;
    private final LastScan file;
    private final InstantSource clock;
    private final Instant activated;
    private final ReentrantLock scanning = new ReentrantLock();
    private volatile Config config;
    private volatile Scan last;

    /** Got only while a scan looks through it: whoever offers one may be stopped at any moment. */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    volatile List<ComponentServiceObjects<Inspection>> inspections = List.of();

    @Activate
    public PeriodicIntegrity(@Reference Workers workers, @Reference MetricRegistry metrics, BundleContext context, Config config) {
        this(workers, metrics, new LastScan(Path.of(context.getProperty("ozone.data")).resolve("integrity.json")), InstantSource.system(), config);
        workers.timer().scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.MINUTES);
    }

    PeriodicIntegrity(Workers workers, MetricRegistry metrics, LastScan file, InstantSource clock, Config config) {
        this.workers = workers;
        this.metrics = metrics;
        this.file = file;
        this.clock = clock;
        this.config = checked(config);
        this.activated = clock.instant();
        this.last = file.read().orElse(null);
        metrics.timer(SCANS);
        metrics.register(LEFT, (Gauge<Long>) () -> last == null ? 0L : last.wrong());
    }

    private static Config checked(Config config) {
        if (!(config.verification__interval__hours() >= 0.1)) {
            throw new IllegalArgumentException("zsei.integrity.verification_interval_hours is " + config.verification__interval__hours() + "; it is 0.1 or more");
        }
        return config;
    }

    @Modified
    void reconfigure(Config wanted) {
        config = checked(wanted);
    }

    @Deactivate
    void close() {
        metrics.remove(SCANS);
        metrics.remove(LEFT);
    }

    @Override
    public Scan scan(Predicate<Inspection.Finding> mend, Progress progress) throws CareException, InterruptedException {
        if (!scanning.tryLock()) {
            throw new CareException("A scan is under way already: ozone-core integrity shows what came of it when it has ended");
        }
        try (Workers.Working working = workers.working(); Timer.Context timing = metrics.timer(SCANS).time()) {
            Instant began = clock.instant();
            Scanner scanner = new Scanner(mend, progress);
            for (ComponentServiceObjects<Inspection> offered : List.copyOf(inspections).reversed()) {
                Inspection inspection = offered.getService();
                if (inspection != null) { // else it has just been switched off
                    try {
                        scanner.look(inspection);
                    } finally {
                        offered.ungetService(inspection);
                    }
                }
            }
            Scan scan = scanner.scan(began);
            file.write(scan);
            last = scan;
            return scan;
        } finally {
            scanning.unlock();
        }
    }

    @Override
    public Optional<Scan> last() {
        return Optional.ofNullable(last);
    }

    @Override
    public Instant next() {
        Instant soonest = activated.plus(AFTER_START);
        Scan before = last;
        if (before == null) {
            return soonest;
        }
        Instant due = before.began().plus(Math.round(config.verification__interval__hours() * 3_600_000), ChronoUnit.MILLIS);
        return due.isBefore(soonest) ? soonest : due;
    }

    /** Scans if it is time, on a thread for it. */
    void look() {
        if (!clock.instant().isBefore(next()) && !scanning.isLocked()) {
            try {
                workers.pool("scan", 1).execute(this::scanByTheClock);
            } catch (RejectedExecutionException e) {
                LOG.debug("No scan: the bundle is stopping", e);
            }
        }
    }

    private void scanByTheClock() {
        try {
            boolean mends = config.auto__repair();
            Scan scan = scan(finding -> mends, Progress.NONE);
            if (scan.wrong() > 0 || scan.failed()) {
                LOG.warn("Integrity: {}", summary(scan));
            }
        } catch (CareException e) {
            LOG.debug("No scan by the clock: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Result check() {
        Scan scan = last;
        String next = "next " + next().truncatedTo(ChronoUnit.MINUTES);
        if (scan == null) {
            return new Result(NAME, Status.OK, "Not checked yet; " + next, false);
        }
        return new Result(NAME, scan.wrong() > 0 || scan.failed() ? Status.WARN : Status.OK, summary(scan) + "; " + next, false);
    }

    private static String summary(Scan scan) {
        long looked = scan.parts().stream().mapToLong(Part::looked).sum();
        long repaired = scan.parts().stream().mapToLong(Part::repaired).sum();
        List<String> failed = scan.parts().stream().filter(part -> part.problem() != null).map(part -> part.name() + " (" + part.problem() + ")").toList();
        return "checked " + scan.began().truncatedTo(ChronoUnit.MINUTES) + ": " + looked + " things, "
                + (repaired > 0 ? repaired + " mended, " : "") + (scan.wrong() == 0 ? "nothing wrong" : scan.wrong() + " wrong: ozone-core integrity lists them")
                + (scan.stale() == 0 ? "" : ", " + scan.stale() + (scan.stale() == 1 ? " file has" : " files have") + " changed or gone since read") + (failed.isEmpty() ? "" : "; not looked at: " + String.join(", ", failed));
    }
}
