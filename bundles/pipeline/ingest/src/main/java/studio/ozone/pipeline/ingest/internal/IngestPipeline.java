package studio.ozone.pipeline.ingest.internal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import com.codahale.metrics.MetricRegistry;
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
import studio.ozone.api.pipeline.Ingest;
import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.pipeline.PipelineException.Code;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.Sources;
import studio.ozone.api.zsei.ZseiException;

/** Reads files and folders into ZSEI. The work is done by this bundle's own threads, so that its cost is accounted here. */
@Component(service = Ingest.class, configurationPid = IngestPipeline.PID)
@Designate(ocd = IngestPipeline.Config.class)
@Toggle(pid = "ozone.pipeline.built_in", key = "ingest_enabled")
public final class IngestPipeline implements Ingest {

    static final String PID = "ozone.pipeline.ingest";
    static final String DOCUMENTS = "ozone_pipeline_ingest_documents";
    static final String CHUNKS = "ozone_pipeline_ingest_chunks";
    static final String FAILED = "ozone_pipeline_ingest_failed";
    static final String SECONDS = "ozone_pipeline_ingest_seconds";
    /** What a commit that is being written may take when this bundle stops. */
    private static final Duration GRACE = Duration.ofMillis(1500);
    private static final Logger LOG = LoggerFactory.getLogger(IngestPipeline.class);

    @ObjectClassDefinition(name = "Ingest", description = "Reading files and folders into ZSEI.")
    public @interface Config {
        @AttributeDefinition(description = "Ingests that run at once; further ones wait.", min = "1", max = "64")
        @Facts(unit = "ingests")
        int threads() default 2;

        @AttributeDefinition(description = "Chunks that may wait for the index before reading pauses.", min = "100", max = "1000000")
        @Facts(unit = "chunks")
        int max__pending() default 2000;
    }

    /**
     * @param threads ingests that run at once
     * @param maxPending chunks that wait for the index at most
     */
    private record Limits(int threads, int maxPending) {
        static Limits of(Config config) {
            return new Limits(inRange("threads", config.threads(), 1, 64), inRange("max_pending", config.max__pending(), 100, 1_000_000));
        }

        private static int inRange(String key, int value, int least, int most) {
            if (value < least || value > most) {
                throw new IllegalArgumentException("pipeline.ingest." + key + " is " + value + "; it must be " + least + ".." + most);
            }
            return value;
        }
    }

    private final ContainerStore store;
    private final Index index;
    private final Sources sources;
    private final Workers workers;
    private final MetricRegistry metrics;
    private final Locks locks = new Locks();
    private final Set<Cancel> running = ConcurrentHashMap.newKeySet();
    private volatile Limits limits;
    private volatile boolean closed;

    @Activate
    public IngestPipeline(@Reference ContainerStore store, @Reference Index index, @Reference Sources sources, @Reference Workers workers,
            @Reference MetricRegistry metrics, Config config) {
        this.limits = Limits.of(config);
        this.store = store;
        this.index = index;
        this.sources = sources;
        this.workers = workers;
        this.metrics = metrics;
    }

    /** What runs goes on, with the new limits: those that wait for a thread get it as soon as there are more. */
    @Modified
    void reconfigure(Config config) {
        limits = Limits.of(config);
        readers();
    }

    private ExecutorService readers() {
        return workers.pool("read", limits.threads());
    }

    @Deactivate
    void close() {
        closed = true;
        running.forEach(Cancel::cancel);
        long deadline = System.nanoTime() + GRACE.toNanos();
        synchronized (running) {
            for (long left = 1; !running.isEmpty() && left > 0; left = (deadline - System.nanoTime()) / 1_000_000) {
                try {
                    running.wait(left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    break;
                }
            }
        }
        for (String name : List.of(DOCUMENTS, CHUNKS, FAILED, SECONDS)) {
            metrics.remove(name);
        }
    }

    @Override
    public Report ingest(Request request, Progress progress) throws PipelineException, InterruptedException {
        List<Path> paths = checked(request);
        Cancel cancel = new Cancel();
        running.add(cancel);
        try {
            Run run = new Run(new Run.Services(store, index, sources, locks, () -> limits.maxPending()), request, paths, progress, cancel);
            Report report = await(readers().submit(run::call), cancel);
            metrics.counter(DOCUMENTS).inc(report.documents());
            metrics.counter(CHUNKS).inc(report.chunks());
            metrics.counter(FAILED).inc(report.failed().size());
            metrics.timer(SECONDS).update(report.tookMs(), TimeUnit.MILLISECONDS);
            LOG.debug("Read {} documents in {} chunks, left {} files alone, removed {}", report.documents(), report.chunks(),
                    report.skipped(), report.removed());
            return report;
        } catch (RejectedExecutionException e) {
            throw stopped(e);
        } finally {
            running.remove(cancel);
            synchronized (running) {
                running.notifyAll();
            }
        }
    }

    private static PipelineException stopped(Exception cause) {
        return new PipelineException(Code.UNAVAILABLE, "Ingest was switched off (pipeline.built_in.ingest_enabled). What was read before is kept; "
                + "switch it on and run the same command again: it passes over what has not changed", cause);
    }

    private Report await(Future<Report> future, Cancel cancel) throws PipelineException, InterruptedException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            cancel.cancel();
            try {
                future.get(5, TimeUnit.SECONDS); // the commit that is being written is finished
            } catch (ExecutionException | TimeoutException | java.util.concurrent.CancellationException ended) {
                LOG.debug("Cancelled: {}", ended.toString());
            }
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof InterruptedException cancelled) {
                if (closed) {
                    throw stopped(cancelled);
                }
                throw cancelled;
            }
            throw failure(e.getCause());
        }
    }

    private static PipelineException failure(Throwable cause) {
        return switch (cause) {
            case ZseiException zsei when zsei.code() == ZseiException.Code.DISK_FULL -> new PipelineException(Code.DISK_FULL,
                    zsei.getMessage() + ". What was read before is kept; run the same command again once there is room", zsei);
            case ZseiException zsei -> new PipelineException(Code.FAILED, zsei.getMessage(), zsei);
            default -> new PipelineException(Code.FAILED, "Reading ended with an error: " + cause, cause);
        };
    }

    /** The named paths, each once. One that is gone passes if it is in ZSEI, so that it can be taken out there. */
    private List<Path> checked(Request request) throws PipelineException {
        if (request.paths().isEmpty()) {
            throw new PipelineException(Code.INVALID, "No path is named. Name the files and folders to read");
        }
        Set<Path> paths = new LinkedHashSet<>();
        for (Path path : request.paths()) {
            if (!path.isAbsolute()) {
                throw new PipelineException(Code.INVALID, path + " is not an absolute path");
            }
            Path normal = path.normalize();
            try {
                if (!Files.exists(normal) && store.find(normal.toString(), null).isEmpty()) {
                    throw new PipelineException(Code.NOT_FOUND, Files.isSymbolicLink(normal)
                            ? normal + " is a symbolic link that leads nowhere"
                            : "There is no file or folder " + normal);
                }
            } catch (ZseiException e) {
                throw new PipelineException(Code.FAILED, e.getMessage(), e);
            }
            paths.add(normal);
        }
        try {
            Selection.check(request.include());
            Selection.check(request.exclude());
        } catch (IllegalArgumentException e) {
            throw new PipelineException(Code.INVALID, e.getMessage(), e);
        }
        return new ArrayList<>(paths);
    }
}
