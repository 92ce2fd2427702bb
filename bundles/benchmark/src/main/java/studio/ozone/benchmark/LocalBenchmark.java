package studio.ozone.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.benchmark.Benchmark;
import studio.ozone.api.benchmark.BenchmarkException;
import studio.ozone.api.benchmark.BenchmarkException.Code;
import studio.ozone.api.config.Settings;
import studio.ozone.api.config.SettingsException;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.runtime.Workers;
import studio.ozone.runtime.files.DurableFile;
import studio.ozone.runtime.json.Json;

/** Prepares the sandbox, lets a {@link Runner} go, and keeps what it found. Made when it is asked for the first time. */
@Component(service = Benchmark.class)
public final class LocalBenchmark implements Benchmark {

    private static final Logger LOG = LoggerFactory.getLogger(LocalBenchmark.class);
    private static final String EMBEDDINGS = "zsei.embeddings.enabled";

    private final Settings settings;
    private final Workers workers;
    private final Path home;
    private final Path etc;
    private final Path data;
    private final String version;
    private final ReentrantLock one = new ReentrantLock();
    private volatile Process process;
    private volatile boolean closed;
    private volatile boolean late;

    @Activate
    public LocalBenchmark(@Reference Settings settings, @Reference Workers workers, BundleContext context) {
        this.settings = settings;
        this.workers = workers;
        this.home = Path.of(context.getProperty("karaf.home")).toAbsolutePath();
        this.etc = Path.of(context.getProperty("karaf.etc")).toAbsolutePath();
        this.data = Path.of(context.getProperty("ozone.data"));
        this.version = context.getBundle().getVersion().toString().replace(".SNAPSHOT", "-SNAPSHOT");
    }

    /** The process that is measured ends at once, and so does the run, which tidies up. */
    @Deactivate
    void close() {
        closed = true;
        end();
    }

    private void end() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
        }
    }

    @Override
    public List<Measure> measures() {
        return Arrays.stream(Rows.values()).map(Rows::measure).toList();
    }

    @Override
    public Outcome run(Request request, Progress progress) throws BenchmarkException, InterruptedException {
        if (!one.tryLock()) {
            throw new BenchmarkException(Code.BUSY, "A benchmark is running already; two at once would measure each other");
        }
        try {
            return run(plan(request), request, progress);
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException("The benchmark was cancelled");
            }
            throw Space.failure(e);
        } finally {
            one.unlock();
        }
    }

    private static Plan plan(Request request) throws BenchmarkException {
        Set<Rows> rows = EnumSet.noneOf(Rows.class);
        for (String name : request.only()) {
            Rows row = Rows.of(name);
            if (row == null) {
                throw new BenchmarkException(Code.INVALID, "Nothing is measured by the name '" + Instance.clean(name) + "'. There are "
                    + String.join(", ", Arrays.stream(Rows.values()).map(Rows::label).toList()));
            }
            rows.add(row);
        }
        Dataset dataset = request.dataset() != null ? request.dataset() : request.full() ? Dataset.MEDIUM : Dataset.SMALL;
        return new Plan(request.full(), rows.isEmpty() ? EnumSet.allOf(Rows.class) : rows, dataset);
    }

    private Outcome run(Plan plan, Request request, Progress progress) throws BenchmarkException, IOException, InterruptedException {
        Results results = new Results(data.resolve("benchmarks"));
        Results.Kept before = request.compare() == null ? null : results.find(request.compare(), mode(plan), dataset(plan));
        Double loadBegin = Machine.load();
        Instant time = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        long begun = System.nanoTime();
        List<Row> rows = measure(plan, progress);
        Report report = new Report(Results.SCHEMA, time, Machine.host(data, loadBegin), Machine.jvm(Machine.options(home)), configHash(), rows, version,
            mode(plan), dataset(plan), TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun), null);
        if (before != null) {
            Comparison comparison = Comparing.of(before.file(), before.report(), report);
            report = new Report(report.schema(), report.time(), report.host(), report.jvm(), report.configHash(), report.rows(), report.version(), report.mode(),
                report.dataset(), report.tookMs(), comparison);
        }
        return keep(results, request.output(), report);
    }

    private static String mode(Plan plan) {
        return plan.full() ? "full" : "quick";
    }

    private static String dataset(Plan plan) {
        return plan.dataset().name().toLowerCase(Locale.ROOT);
    }

    private Outcome keep(Results results, Path output, Report report) throws IOException {
        List<Results.Kept> earlier = new ArrayList<>(results.earlier());
        Path file = output == null ? results.file(report.time()) : output;
        Path page = Results.page(file);
        DurableFile.write(file, Json.pretty(report) + "\n");
        DurableFile.write(page, new Page(report, earlier.stream().map(Results.Kept::report).filter(each -> each.time().isBefore(report.time())).toList()).html());
        return new Outcome(report, file, page);
    }

    private List<Row> measure(Plan plan, Progress progress) throws BenchmarkException, IOException, InterruptedException {
        Sandbox sandbox = Sandbox.in(data);
        late = false;
        ScheduledFuture<?> limit = workers.timer().schedule(() -> {
            late = true;
            end();
        }, plan.limitSeconds(), TimeUnit.SECONDS);
        try (Watch watch = new Watch(workers.timer())) {
            Space.check(data, plan.measures() ? plan.dataset().containers() : 0);
            String userFile = System.getenv("OZONE_CONFIG_PATH");
            sandbox.make(etc, userFile == null ? null : Path.of(userFile), data.resolve("models"));
            return new Runner(home, sandbox, watch, plan, withoutVectors(), progress, this::started).run();
        } catch (BenchmarkException e) {
            throw closed ? new BenchmarkException(Code.FAILED, "The benchmark was broken off, since its bundle was stopped")
                : late ? new BenchmarkException(Code.FAILED, "The benchmark was broken off: it was not done after " + plan.limitSeconds() + " s. Is the machine busy?") : e;
        } finally {
            limit.cancel(false);
            process = null;
            tidy(sandbox);
        }
    }

    private void started(Process next) {
        process = next;
        if (closed) {
            end();
        }
    }

    private static void tidy(Sandbox sandbox) {
        boolean interrupted = Thread.interrupted();
        try {
            sandbox.remove();
        } catch (IOException e) {
            LOG.warn("The temporary folder of the benchmark cannot be taken away; the next start tries again: {}", e.getMessage());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private String withoutVectors() {
        try {
            return Boolean.TRUE.equals(settings.get(EMBEDDINGS).value()) ? null : EMBEDDINGS + " is false";
        } catch (SettingsException e) {
            return e.getMessage();
        }
    }

    private String configHash() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(settings.export().getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
