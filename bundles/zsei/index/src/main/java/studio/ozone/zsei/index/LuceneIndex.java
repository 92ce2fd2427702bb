package studio.ozone.zsei.index;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.config.Facts;
import studio.ozone.api.config.Settings.Applies;
import studio.ozone.api.runtime.HealthCheck;
import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.Embedder;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.Sources;
import studio.ozone.api.zsei.StoreListener;
import studio.ozone.api.zsei.ZseiException;

/**
 * The index of the instance. Immediate, because it must catch up with the store even if nobody asks it anything; opening it is
 * done on a thread of its own, so starting takes no time.
 */
@Component(service = {Index.class, HealthCheck.class}, immediate = true,
        configurationPid = {LuceneIndex.ZSEI_PID, LuceneIndex.HNSW_PID})
public final class LuceneIndex implements Index, HealthCheck {

    static final String ZSEI_PID = "ozone.zsei";
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)}");
    static final String DATA_HOME = "~/.ozone-studio";
    static final String IN_THE_DATA_HOME = DATA_HOME + "/zsei/global";
    static final String HNSW_PID = "ozone.zsei.embeddings.hnsw";
    private static final Logger LOG = LoggerFactory.getLogger(LuceneIndex.class);
    private static final String QUERY = "ozone_zsei_query_seconds";
    private static final String BATCH = "ozone_zsei_index_batch_seconds";
    private static final String PENDING = "ozone_zsei_index_pending_chunks";
    private static final Duration STOP = Duration.ofMillis(1500);

    /** The part of the table {@code zsei} that says where the index lies. */
    @ObjectClassDefinition(name = "ZSEI index", pid = ZSEI_PID, description = "Where the index lies; it is built again at a new place.")
    public @interface Config {
        @AttributeDefinition(description = "The folder of the index. ~/.ozone-studio stands for the data home; "
                + "an environment variable may stand in it, with a dollar sign and in braces.")
        @Facts(applies = Applies.REBUILD,
            advice = "The index is read at random: put it on the fastest disk, an SSD by preference. It is derived from "
            + "the store, so nothing is lost when it is built again at a new place.")
        String global__storage__path() default IN_THE_DATA_HOME;
    }

    /** The table {@code zsei.embeddings.hnsw}. */
    @ObjectClassDefinition(name = "ZSEI vector graph", pid = HNSW_PID, description = "The graph that finds neighbours among vectors (HNSW).")
    public @interface HnswConfig {
        @AttributeDefinition(description = "Links of a node; a change builds the index again.", min = "2", max = "128")
        @Facts(unit = "links", applies = Applies.REBUILD,
            advice = "8 halves the memory of the vector graph where memory is short, and finds a little less; see "
            + "ef_search.")
        int m() default 16;

        @AttributeDefinition(description = "Nodes looked at when one is added; a change builds the index again.", min = "2", max = "4096")
        @Facts(unit = "nodes", applies = Applies.REBUILD,
            advice = "100 builds the index sooner and finds a little less. Above 3200, the limit of the "
            + "engine, it counts as 3200.")
        int ef__construction() default 200;

        @AttributeDefinition(description = "Nodes looked at by a query: more find more and take longer.", min = "1", max = "4096")
        @Facts(unit = "nodes",
            advice = "Lower is faster and finds less: 50 for a small machine, 32 where speed is all. It costs time only, "
            + "and no memory: the guide lists it among the settings of memory, but it acts on a query and not on "
            + "the index.")
        int ef__search() default 100;
    }

    private final MetricRegistry metrics;
    private final Workers workers;
    private final Vectors vectors = new Vectors();
    private final WordAnalyzer analyzer = new WordAnalyzer();
    private final Path home;
    private final Follower follower;
    private final Timer queries;
    private final ServiceRegistration<StoreListener> listening;

    @Activate
    public LuceneIndex(@Reference ContainerStore store, @Reference Sources sources, @Reference Workers workers,
            @Reference MetricRegistry metrics, BundleContext context, Config config, HnswConfig hnsw) {
        this(store, sources, workers, metrics, Path.of(context.getProperty("ozone.data")), context, config, hnsw);
    }

    /** @param context null where nobody hands commits on by itself (in tests) */
    LuceneIndex(ContainerStore store, Sources sources, Workers workers, MetricRegistry metrics, Path home, BundleContext context,
            Config config, HnswConfig hnsw) {
        this.metrics = metrics;
        this.workers = workers;
        this.home = home;
        Settings settings = settings(config, hnsw);
        int threads = Runtime.getRuntime().availableProcessors();
        Chunks chunks = new Chunks(store, sources, vectors, workers.pool("embed", threads), threads);
        this.follower = new Follower(store, chunks, vectors, workers, metrics.timer(BATCH), settings);
        this.queries = metrics.timer(QUERY);
        metrics.gauge(PENDING, () -> (Gauge<Long>) this::pending);
        // Registered by hand: the store may hand commits on as soon as it sees the listener, and must not wait for this component.
        this.listening = context == null ? null : context.registerService(StoreListener.class, follower::committed, null);
        follower.wake();
    }

    @Modified
    void reconfigure(Config config, HnswConfig hnsw) {
        follower.reconfigure(settings(config, hnsw));
    }

    private Settings settings(Config config, HnswConfig hnsw) {
        return new Settings(folder(config.global__storage__path().strip(), home).resolve("index"), hnsw.m(),
            hnsw.ef__construction(), hnsw.ef__search());
    }

    /** @param home the data home, which {@code ~/.ozone-studio} stands for, and which a relative path begins at */
    static Path folder(String configured, Path home) {
        String path = configured.isEmpty() ? IN_THE_DATA_HOME
            : VARIABLE.matcher(configured).replaceAll(found -> Matcher.quoteReplacement(variable(found.group(1))));
        if (path.equals(DATA_HOME) || path.startsWith(DATA_HOME + "/")) {
            return home.resolve(path.substring(Math.min(path.length(), DATA_HOME.length() + 1)));
        }
        return home.resolve(path.startsWith("~/") ? System.getProperty("user.home") + path.substring(1) : path);
    }

    private static String variable(String name) {
        String value = System.getenv(name);
        if (value == null) {
            throw new IllegalArgumentException("zsei.global_storage_path names the environment variable " + name + ", which is not set");
        }
        return value;
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    void bindEmbedder(Embedder embedder) {
        vectors.bind(embedder);
        follower.complete();
    }

    void unbindEmbedder(Embedder embedder) {
        vectors.unbind(embedder);
    }

    @Deactivate
    void close() {
        if (listening != null) {
            listening.unregister();
        }
        follower.close(STOP);
        workers.close("embed", Duration.ofMillis(200));
        workers.close("merge", Duration.ofMillis(100));
        analyzer.close();
        metrics.remove(QUERY);
        metrics.remove(BATCH);
        metrics.remove(PENDING);
    }

    /** As the store's listener would hand it on. */
    Follower follower() {
        return follower;
    }

    @Override
    public Matches query(Query query) throws ZseiException {
        if (query.text().isBlank()) {
            throw new ZseiException(ZseiException.Code.INVALID, "There is nothing to look for: the text is empty");
        }
        if (query.limit() < 1 || query.limit() > 10_000) {
            throw new ZseiException(ZseiException.Code.INVALID, "The number of matches is 1..10000, not " + query.limit());
        }
        try (Workers.Working counted = workers.working(); Timer.Context timing = queries.time()) {
            float[] vector = null;
            String note = null;
            Mode mode = query.mode();
            if (mode != Mode.KEYWORD) {
                try {
                    vector = vectors.ofQuestion(query.text());
                } catch (ZseiException e) {
                    if (mode == Mode.SEMANTIC) {
                        throw e;
                    }
                    mode = Mode.KEYWORD;
                    note = e.getMessage();
                }
            }
            return new Matches(ask(query, mode, vector), mode, note);
        }
    }

    private List<Match> ask(Query query, Mode mode, float[] vector) throws ZseiException {
        Folder folder = follower.folder();
        if (folder == null) {
            awaitFolder();
            folder = follower.folder();
        }
        DirectoryReader reader = folder == null ? null : folder.acquire();
        if (reader == null) {
            if (follower.failure() != null) {
                throw new ZseiException(ZseiException.Code.INDEX_UNAVAILABLE, follower.failure());
            }
            return List.of();
        }
        try {
            Retriever retriever = new Retriever(reader, analyzer, query.within());
            int efSearch = follower.settings().efSearch();
            return switch (mode) {
                case KEYWORD -> retriever.keyword(query.text(), query.limit());
                case SEMANTIC -> retriever.semantic(vector, query.limit(), efSearch);
                case HYBRID -> retriever.hybrid(query.text(), vector, query.limit(), efSearch);
            };
        } catch (CorruptIndexException e) {
            LOG.warn("The index is broken and is built again from the store", e);
            follower.rebuild();
            throw new ZseiException(ZseiException.Code.INDEX_UNAVAILABLE, "The index in " + folder.path()
                    + " was broken; it is being built again, ask again in a while", e);
        } catch (IOException e) {
            throw new ZseiException(ZseiException.Code.INDEX_UNAVAILABLE, "The index in " + folder.path() + " cannot be read: "
                    + e.getMessage(), e);
        } finally {
            release(reader);
        }
    }

    private static void release(DirectoryReader reader) {
        try {
            reader.decRef();
        } catch (IOException e) {
            LOG.debug("While a reader was let go", e);
        }
    }

    /** Right after a start: the first question may come before the index is open. */
    private void awaitFolder() throws ZseiException {
        try {
            follower.awaitOpen(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ZseiException(ZseiException.Code.CLOSED, "Cancelled", e);
        }
    }

    @Override
    public long sequence() {
        return follower.visible();
    }

    @Override
    public long pending() {
        return follower.pending();
    }

    @Override
    public boolean await(long sequence, Duration atMost) throws ZseiException, InterruptedException {
        return follower.await(sequence, atMost);
    }

    @Override
    public Result check() {
        String failure = follower.failure();
        if (failure != null) {
            return new Result("zsei.index", Status.FAIL, failure, false);
        }
        Folder folder = follower.folder();
        if (folder == null) {
            return new Result("zsei.index", Status.OK, "opening", false);
        }
        try {
            long pending = pending();
            int unread = Stale.count(folder, ChunkDocument.TEXT_MISSING);
            int unembedded = Stale.count(folder, ChunkDocument.VECTOR_MISSING);
            String message = "level with commit " + sequence() + ", " + pending + " chunks wait"
                    + (unread == 0 ? "" : "; " + unread + " chunks are left out until their files can be read again (ozone-core ingest)")
                    + (unembedded == 0 ? "" : "; " + unembedded + " chunks have no vector yet");
            return new Result("zsei.index", unread > 0 || unembedded > 0 ? Status.WARN : Status.OK, message, false);
        } catch (IOException e) {
            return new Result("zsei.index", Status.FAIL, "The index in " + folder.path() + " cannot be read: " + e.getMessage(), false);
        }
    }
}
