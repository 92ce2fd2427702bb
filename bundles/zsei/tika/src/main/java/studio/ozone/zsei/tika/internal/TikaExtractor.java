package studio.ozone.zsei.tika.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

import studio.ozone.api.config.Facts;
import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.SourceException;
import studio.ozone.api.zsei.SourceException.Code;
import studio.ozone.zsei.sources.Extractor;

/**
 * Takes texts out of documents with Apache Tika in a process of its own, which starts with the first document and ends when none came
 * for a while. One document at a time; one that takes too long ends the process, and the next starts a new one.
 */
@Component(service = Extractor.class, configurationPid = TikaExtractor.PID)
@Designate(ocd = TikaExtractor.Config.class)
public final class TikaExtractor implements Extractor {

    static final String PID = "ozone.zsei.tika";

    @ObjectClassDefinition(name = "ZSEI document reader", description = "The process that reads PDF, HTML and office files.")
    public @interface Config {
        @AttributeDefinition(description = "Megabytes of heap of the reading process; takes effect when it starts next.", min = "64",
                max = "16384")
        @Facts(unit = "MiB", advice = "More only where large office files are reported as too large to read.")
        int heap__mb() default 512;

        @AttributeDefinition(description = "Seconds without a document after which the reading process ends.", min = "1", max = "86400")
        @Facts(unit = "s")
        int idle__seconds() default 60;
    }

    /** Makes a class path when it is first needed. */
    @FunctionalInterface
    interface Layout {
        String classPath() throws IOException;
    }

    private final Layout layout;
    private final Path scratch;
    private final Workers workers;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile Config config;
    private volatile ReaderProcess process;
    private ScheduledFuture<?> idle;

    @Activate
    public TikaExtractor(BundleContext context, @Reference Workers workers, Config config) {
        this(layout(context), context.getDataFile("scratch").toPath(), workers, config);
    }

    TikaExtractor(Layout layout, Path scratch, Workers workers, Config config) {
        this.layout = layout;
        this.scratch = scratch;
        this.workers = workers;
        this.config = checked(config);
    }

    private static Layout layout(BundleContext context) {
        Bundle bundle = context.getBundle();
        Path folder = context.getDataFile("reader").toPath();
        return () -> ClassPath.of(bundle, folder);
    }

    private static Config checked(Config config) {
        if (config.heap__mb() < 64 || config.heap__mb() > 16384) {
            throw new IllegalArgumentException("zsei.tika.heap_mb is " + config.heap__mb() + "; it must be 64..16384");
        }
        if (config.idle__seconds() < 1 || config.idle__seconds() > 86400) {
            throw new IllegalArgumentException("zsei.tika.idle_seconds is " + config.idle__seconds() + "; it must be 1..86400");
        }
        return config;
    }

    @Modified
    void reconfigure(Config changed) {
        config = checked(changed);
    }

    @Deactivate
    void close() {
        ReaderProcess running = process;
        if (running != null) {
            running.close();
        }
    }

    @Override
    public String version() {
        return "tika-3.3-1";
    }

    @Override
    public Extraction extract(Path file, String kind, int maxChars, Duration atMost) throws SourceException, InterruptedException {
        lock.lockInterruptibly();
        try {
            if (idle != null) {
                idle.cancel(false);
            }
            ExecutorService pool = workers.pool("extract", 1);
            ReaderProcess reader = started();
            Future<Extraction> answer = pool.submit(() -> reader.extract(file, kind, maxChars));
            try {
                return answer.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                stop();
                throw new SourceException(Code.BROKEN, file + " took longer than " + atMost.toSeconds()
                        + " s to read and was given up (zsei.sources.extract_timeout_seconds)", e);
            } catch (InterruptedException e) {
                stop();
                throw e;
            } catch (ExecutionException e) {
                throw failure(file, e.getCause());
            } finally {
                idle = workers.timer().schedule(this::endIdle, config.idle__seconds(), TimeUnit.SECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    private SourceException failure(Path file, Throwable cause) {
        if (cause instanceof SourceException known) {
            return known;
        }
        stop();
        return new SourceException(Code.BROKEN, file + " made the reading process end (" + cause
                + "). It may need more memory: zsei.tika.heap_mb is " + config.heap__mb(), cause);
    }

    private ReaderProcess started() throws SourceException {
        ReaderProcess running = process;
        if (running == null || !running.alive()) {
            try {
                Files.createDirectories(scratch);
                running = new ReaderProcess(layout.classPath(), config.heap__mb(), scratch);
                process = running;
            } catch (IOException e) {
                throw new SourceException(Code.UNREADABLE, "The process that reads documents does not start: " + e.getMessage(), e);
            }
        }
        return running;
    }

    boolean running() {
        return process != null;
    }

    private void endIdle() {
        if (lock.tryLock()) {
            try {
                stop();
            } finally {
                lock.unlock();
            }
        }
    }

    private void stop() {
        ReaderProcess running = process;
        process = null;
        if (running != null) {
            running.close();
        }
    }
}
