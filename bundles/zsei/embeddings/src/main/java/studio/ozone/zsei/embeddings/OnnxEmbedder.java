package studio.ozone.zsei.embeddings;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;

import ai.onnxruntime.OrtException;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.config.Facts;
import studio.ozone.api.config.Settings.Applies;
import studio.ozone.api.runtime.HealthCheck;
import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.Embedder;
import studio.ozone.api.zsei.ZseiException;

/**
 * One model as an embedder. Cheap until the first text. Texts are embedded under the read lock, each on its caller's thread; loading and
 * letting go take the write lock. It keeps its model for good: another model is another embedder, see {@link Embedding}.
 */
public final class OnnxEmbedder implements Embedder, HealthCheck {

    static final String PID = "ozone.zsei.embeddings";
    private static final String EMBED = "ozone_zsei_embeddings_embed_seconds";
    private static final String LOAD = "ozone_zsei_embeddings_load_seconds";
    /** How long one that has been replaced keeps its model for those that still hold it. */
    private static final int RETIRED_SECONDS = 30;
    private static final Logger LOG = LoggerFactory.getLogger(OnnxEmbedder.class);

    /** What the guide's table {@code zsei.embeddings} holds. */
    @ObjectClassDefinition(name = "ZSEI embeddings", description = "The model that turns texts into vectors, and how long it stays loaded.")
    public @interface Config {
        @AttributeDefinition(description = "Whether texts are embedded. Off, only words are searched.")
        boolean enabled() default true;

        @AttributeDefinition(description = "all-MiniLM-L6-v2, which is built in; or a folder with model.onnx and tokenizer.json, by its path"
                + " or by its name below models/ in the data home, for instance all-mpnet-base-v2.")
        @Facts(applies = Applies.REBUILD,
            advice = "all-MiniLM-L6-v2 (384 numbers a text) is the quick one; all-mpnet-base-v2 (768) finds more and costs "
            + "about five times the time. After a change all texts are embedded anew in the background; the index answers by the model "
            + "before until that is done. See docs/index.md.")
        String model() default Model.BUILT_IN;

        @AttributeDefinition(description = "Numbers in a vector; 0 takes as many as the model gives, another number must be the model's.",
            min = "0", max = "4096")
        @Facts(unit = "numbers", applies = Applies.REBUILD)
        int dimension() default 0;

        @AttributeDefinition(description = "Seconds without a text after which the model is let go; 0 keeps it.", min = "0", max = "86400")
        @Facts(unit = "s",
            advice = "Shorter gives memory back sooner; the first search after that waits while the model is loaded again.")
        int idle__seconds() default 600;

        @AttributeDefinition(description = "Texts that are embedded at once while files are read; 0 takes the number of processors.",
                min = "0", max = "256")
        @Facts(unit = "texts")
        int parallelism() default 0;
    }

    private final Workers workers;
    private final MetricRegistry metrics;
    private final Timer embeds;
    private final Timer loads;
    private final Path home;
    private final Unpacked.Resources resources;
    private final Model model;
    private volatile int idleSeconds;
    private volatile int parallelism;

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private Loaded loaded;                    // guarded by lock
    private boolean closed;                   // guarded by lock
    private ScheduledFuture<?> watching;      // guarded by lock
    private volatile long lastUse;
    private volatile String failure;
    private volatile String identity;
    private volatile int dimension;

    OnnxEmbedder(Workers workers, MetricRegistry metrics, Path home, Config config) {
        this.model = Model.of(config.model(), config.dimension(), home);
        this.parallelism = parallelism(config);
        this.idleSeconds = config.idle__seconds();
        this.workers = workers;
        this.metrics = metrics;
        this.home = home;
        this.resources = OnnxEmbedder.class::getResourceAsStream;
        this.dimension = model.dimension();
        try {
            this.identity = model.identity();
        } catch (IOException e) {
            this.identity = model.name();            // loading it says what is wrong
        }
        this.embeds = metrics.timer(EMBED);
        this.loads = metrics.timer(LOAD);
    }

    private static int parallelism(Config config) {
        return config.parallelism() > 0 ? config.parallelism() : Runtime.getRuntime().availableProcessors();
    }

    /**
     * Takes new values while it works.
     *
     * @return whether it could; false, and nothing has changed, where they ask for another model
     */
    boolean reconfigure(Config config) {
        if (!Model.of(config.model(), config.dimension(), home).equals(model)) {
            return false;
        }
        parallelism = parallelism(config);
        idleAfter(config.idle__seconds());
        return true;
    }

    /** Another one has taken its place: whoever still holds this one is served, and its model goes soon after the last text. */
    void retire() {
        idleAfter(RETIRED_SECONDS);
    }

    private void idleAfter(int seconds) {
        lock.writeLock().lock();
        try {
            idleSeconds = seconds;
            if (loaded != null) {
                watch();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    void close() {
        lock.writeLock().lock();
        try {
            closed = true;
            release();
            if (watching != null) {
                watching.cancel(false);
            }
        } finally {
            lock.writeLock().unlock();
            metrics.remove(EMBED);
            metrics.remove(LOAD);
        }
    }

    @Override
    public String model() {
        return identity;
    }

    @Override
    public int dimension() {
        return dimension;
    }

    @Override
    public int parallelism() {
        return parallelism;
    }

    @Override
    public boolean loaded() {
        lock.readLock().lock();
        try {
            return loaded != null;
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public float[] embed(String text) throws ZseiException {
        lock.readLock().lock();
        try {
            while (loaded == null) {
                lock.readLock().unlock();
                try {
                    load();
                } finally {
                    lock.readLock().lock();
                }
            }
            try (Workers.Working counted = workers.working(); Timer.Context timing = embeds.time()) {
                return loaded.embed(text);
            } catch (OrtException e) {
                throw new ZseiException(ZseiException.Code.EMBEDDER_UNAVAILABLE, "The model " + model.name() + " failed: " + e.getMessage(), e);
            } finally {
                lastUse = System.nanoTime();
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    private void load() throws ZseiException {
        lock.writeLock().lock();
        try (Timer.Context timing = loads.time()) {
            if (closed) {
                throw new ZseiException(ZseiException.Code.EMBEDDER_UNAVAILABLE, "The embedder was switched off meanwhile");
            }
            if (loaded != null) {
                return;
            }
            if (model.builtIn()) {
                for (Path file : new Path[] {model.weights(), model.tokenizer()}) {
                    Unpacked.checked(resources, "/models/" + model.name() + "/" + file.getFileName(), file);
                }
            }
            Natives.prepare(home);
            String found = model.identity();
            loaded = new Loaded(model);
            identity = found;
            dimension = loaded.dimension();
            lastUse = System.nanoTime();
            failure = null;
            watch();
        } catch (IOException | OrtException | RuntimeException | LinkageError e) {
            failure = "The model " + model.name() + " cannot be loaded from " + model.folder() + ": " + e.getMessage() + ". " + remedy();
            throw new ZseiException(ZseiException.Code.EMBEDDER_UNAVAILABLE, failure, e);
        } finally {
            lock.writeLock().unlock();
        }
    }

    private String remedy() {
        return model.builtIn()
                ? "Make sure that the folder can be written and has 80 MB of room, or set zsei.embeddings.model to a folder with model.onnx and"
                        + " tokenizer.json"
                : "Put model.onnx and tokenizer.json there, or set zsei.embeddings.model to " + Model.BUILT_IN;
    }

    /** Looks again when the idle time may be over. The caller holds the write lock. */
    private void watch() {
        if (watching != null) {
            watching.cancel(false);
            watching = null;
        }
        if (idleSeconds > 0) {
            long left = TimeUnit.SECONDS.toNanos(idleSeconds) - (System.nanoTime() - lastUse);
            watching = workers.timer().schedule(this::releaseIfIdle, Math.max(0, left), TimeUnit.NANOSECONDS);
        }
    }

    private void releaseIfIdle() {
        lock.writeLock().lock();
        try {
            if (loaded == null || idleSeconds == 0) {
                return;
            }
            if (System.nanoTime() - lastUse < TimeUnit.SECONDS.toNanos(idleSeconds)) {
                watch();
            } else {
                release();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void release() {
        if (loaded == null) {
            return;
        }
        try {
            loaded.close();
        } catch (OrtException e) {
            LOG.warn("The model {} was not let go cleanly", model.name(), e);
        }
        loaded = null;
        NativeHeap.trim();
        LOG.debug("Let the model {} go", model.name());
    }

    @Override
    public Result check() {
        String problem = failure;
        return problem != null ? new Result("zsei.embeddings", Status.FAIL, problem, false)
                : new Result("zsei.embeddings", Status.OK, model.name() + (loaded() ? ", loaded" : ", loaded when needed"), false);
    }
}
