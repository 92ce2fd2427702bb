package studio.ozone.pipeline.text_analysis.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import com.codahale.metrics.Counter;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.capability.Toggle;
import studio.ozone.api.config.Facts;
import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.pipeline.PipelineException.Code;
import studio.ozone.api.pipeline.TextAnalysis;
import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.SourceException;
import studio.ozone.api.zsei.Sources;
import studio.ozone.api.zsei.ZseiException;

/**
 * Says what a document is about. Reading and analysing run on one pool, where an interrupt cancels them; the store is written by a second
 * one of a single thread that nobody interrupts, since an interrupt there would close files under other writers.
 */
@Component(service = TextAnalysis.class, configurationPid = TextAnalysisPipeline.PID)
@Designate(ocd = TextAnalysisPipeline.Config.class)
@Toggle(pid = "ozone.pipeline.built_in", key = "text_analysis_enabled")
public final class TextAnalysisPipeline implements TextAnalysis {

    static final String PID = "ozone.pipeline.text_analysis";
    private static final String SECONDS = "ozone_pipeline_text_analysis_seconds";
    private static final String FAILED = "ozone_pipeline_text_analysis_failed_total";
    private static final String ANALYZE = "analyze";
    private static final String KEEP = "keep";
    private static final int CONCURRENT = 2;
    private static final long GRACE_MS = 1_000;
    private static final Logger LOG = LoggerFactory.getLogger(TextAnalysisPipeline.class);

    @ObjectClassDefinition(name = "Text analysis", description = "Language, keywords, entities and outline of a document.")
    public @interface Config {
        @AttributeDefinition(description = "Characters of a document that are analysed, from its beginning.", min = "1000", max = "100000000")
        @Facts(unit = "characters")
        int max__characters() default 1_000_000;

        @AttributeDefinition(description = "Minutes without an analysis after which the language models are let go.", min = "1", max = "1440")
        @Facts(unit = "min")
        int model__idle__minutes() default 10;
    }

    /** @param document as read, not as analysed */
    private record Result(Sources.Document document, Analyzer.Findings findings) { }

    private record Kept(long container, boolean changed) { }

    private record Settings(int maxCharacters, Duration idle) {
        static Settings of(Config config) {
            return new Settings(inRange("max_characters", config.max__characters(), 1_000, 100_000_000),
                    Duration.ofMinutes(inRange("model_idle_minutes", config.model__idle__minutes(), 1, 1_440)));
        }

        private static int inRange(String key, int value, int least, int most) {
            if (value < least || value > most) {
                throw new IllegalArgumentException("pipeline.text_analysis." + key + " is " + value + "; it must be " + least + ".." + most);
            }
            return value;
        }
    }

    private final Sources sources;
    private final Workers workers;
    private final MetricRegistry metrics;
    private final InstantSource clock;
    private final Models models = new Models();
    private final Analyzer analyzer = new Analyzer(models);
    private final Keeper keeper;
    private final ExecutorService pool;
    private final ExecutorService keeping;
    private final Timer seconds;
    private final Counter failures;
    private final Set<FutureTask<?>> running = ConcurrentHashMap.newKeySet();
    private volatile Settings settings;
    private volatile boolean closed;
    private long lastUsed;
    private boolean watched;

    @Activate
    public TextAnalysisPipeline(@Reference ContainerStore store, @Reference Sources sources, @Reference Workers workers,
            @Reference MetricRegistry metrics, Config config) {
        this(store, sources, workers, metrics, config, InstantSource.system());
    }

    TextAnalysisPipeline(ContainerStore store, Sources sources, Workers workers, MetricRegistry metrics, Config config, InstantSource clock) {
        this.settings = Settings.of(config);
        this.sources = sources;
        this.workers = workers;
        this.metrics = metrics;
        this.clock = clock;
        this.keeper = new Keeper(store);
        this.pool = workers.pool(ANALYZE, CONCURRENT);
        this.keeping = workers.pool(KEEP, 1);
        this.seconds = metrics.timer(SECONDS);
        this.failures = metrics.counter(FAILED);
    }

    @Modified
    void reconfigure(Config config) {
        settings = Settings.of(config);
    }

    @Deactivate
    void close() {
        closed = true;
        running.forEach(task -> task.cancel(true));
        keeping.shutdown();         // what is being written is finished
        try {
            if (!keeping.awaitTermination(GRACE_MS, TimeUnit.MILLISECONDS)) {
                LOG.warn("Writing what a text analysis found did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        workers.close(KEEP, Duration.ofMillis(200));
        if (!workers.close(ANALYZE, Duration.ofMillis(700))) {
            LOG.warn("A text analysis did not end in time");
        }
        models.letGo();
        metrics.remove(SECONDS);
        metrics.remove(FAILED);
    }

    @Override
    public Analysis analyze(Path file) throws PipelineException, InterruptedException {
        long start = System.nanoTime();
        Path path = file.normalize();
        if (!path.isAbsolute()) {
            throw new PipelineException(Code.INVALID, path + " is not an absolute path");
        }
        if (Files.notExists(path)) {
            throw new PipelineException(Code.NOT_FOUND, "There is no file " + path);
        }
        try {
            Settings now = settings;
            Result result = run(pool, () -> read(path, now.maxCharacters()));
            Analyzer.Findings findings = result.findings();
            Kept kept = run(keeping, () -> keep(path, result));
            List<String> notes = new ArrayList<>(findings.notes());
            if (kept.changed()) {
                notes.add(path + " has changed since it was read into ZSEI; what was found is of the file as it is now");
            }
            long nanos = System.nanoTime() - start;
            seconds.update(nanos, TimeUnit.NANOSECONDS);
            return new Analysis(path.toString(), findings.language().code(), findings.language().confidence(), findings.words(),
                    findings.sentences(), findings.keywords(), findings.entities(), findings.outline(), kept.container(),
                    Math.round(nanos / 1e4) / 100.0, List.copyOf(notes));
        } catch (PipelineException e) {
            failures.inc();
            throw e;
        } finally {
            watch();
        }
    }

    /** Runs on a thread of this bundle. Where the caller is interrupted, reading and analysing end; a write goes on to its end. */
    private <T> T run(ExecutorService on, Callable<T> work) throws PipelineException, InterruptedException {
        FutureTask<T> task = new FutureTask<>(work);
        boolean mayInterrupt = on == pool;
        if (mayInterrupt) {
            running.add(task);
        }
        try {
            if (closed) {
                throw stopped();
            }
            on.execute(task);
            return task.get();
        } catch (RejectedExecutionException | CancellationException e) {
            throw stopped();
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } finally {
            running.remove(task);
            if (mayInterrupt) {
                task.cancel(true);      // does nothing to one that has ended
            }
        }
    }

    private static PipelineException stopped() {
        return new PipelineException(Code.UNAVAILABLE,
                "Text analysis was switched off (pipeline.built_in.text_analysis_enabled)");
    }

    private static PipelineException failure(Throwable cause) {
        return switch (cause) {
            case PipelineException e -> e;
            case InterruptedException e -> stopped();        // while the caller waits, only the end of the pool interrupts
            case SourceException e -> new PipelineException(e.code() == SourceException.Code.GONE ? Code.NOT_FOUND : Code.FAILED, e.getMessage(), e);
            case ZseiException e -> new PipelineException(e.code() == ZseiException.Code.DISK_FULL ? Code.DISK_FULL : Code.FAILED, e.getMessage(), e);
            case IOException e -> new PipelineException(Code.FAILED, e.getMessage(), e);
            case Error e -> throw e;
            default -> new PipelineException(Code.FAILED, "The text analysis failed: " + cause, cause);
        };
    }

    private Result read(Path file, int most) throws SourceException, ZseiException, IOException, InterruptedException {
        List<Sources.Document> documents = new ArrayList<>(1);
        sources.read(file, document -> {
            if (document.record() != null) {
                throw new SourceException(SourceException.Code.UNSUPPORTED, file + " is a data set whose records are documents of their own; "
                        + "text analysis takes one document. Write the record to analyse into a file of its own");
            }
            documents.add(document);
        });
        if (documents.isEmpty()) {
            throw new SourceException(SourceException.Code.UNSUPPORTED, file + " holds no document");
        }
        return new Result(documents.getFirst(), analyzer.analyze(documents.getFirst(), most));
    }

    private Kept keep(Path file, Result result) throws ZseiException {
        for (int attempt = 1;; attempt++) {
            Optional<Container> document = keeper.document(file);
            if (document.isEmpty()) {
                return new Kept(0, false);
            }
            try {
                keeper.keep(document.get(), result.findings().keywords(), result.findings().entities());
                return new Kept(document.get().id(), !sha256(result.document().text()).equals(document.get().contentHash()));
            } catch (ZseiException e) {
                if (e.code() != ZseiException.Code.INVALID || attempt == 2) {
                    throw e;
                }
                LOG.debug("{} was written by somebody else at the same time", file);
            }
        }
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    /** Lets the models go when nobody has needed them for a while. */
    private synchronized void watch() {
        lastUsed = clock.millis();
        if (!watched && !closed && models.loaded()) {
            watchAfter(settings.idle().toMillis());
        }
    }

    private void watchAfter(long millis) {
        try {
            workers.timer().schedule(this::letGoIfIdle, millis, TimeUnit.MILLISECONDS);
            watched = true;
        } catch (IllegalStateException | RejectedExecutionException e) {
            models.letGo();             // this bundle is stopping
        }
    }

    private synchronized void letGoIfIdle() {
        watched = false;
        long left = lastUsed + settings.idle().toMillis() - clock.millis();
        if (left <= 0 && running.isEmpty()) {
            models.letGo();
        } else if (!closed) {
            watchAfter(Math.max(left, 60_000));
        }
    }

    /** Whether a model is in memory. */
    boolean loaded() {
        return models.loaded();
    }
}
