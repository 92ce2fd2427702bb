package studio.ozone.zsei.index;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.AlreadyClosedException;
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
import org.osgi.service.metatype.annotations.Option;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.care.CareException;
import studio.ozone.api.care.Chore;
import studio.ozone.api.care.Inspection;
import studio.ozone.api.config.Facts;
import studio.ozone.api.config.Settings.Applies;
import studio.ozone.api.runtime.HealthCheck;
import studio.ozone.api.runtime.Progress;
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
@Component(service = {Index.class, HealthCheck.class, Chore.class, Inspection.class}, immediate = true,
        configurationPid = {LuceneIndex.ZSEI_PID, LuceneIndex.HNSW_PID, LuceneIndex.SHARDING_PID})
public final class LuceneIndex implements Index, HealthCheck, Chore, Inspection {

    static final String ZSEI_PID = "ozone.zsei";
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)}");
    static final String DATA_HOME = "~/.ozone-studio";
    static final String IN_THE_DATA_HOME = DATA_HOME + "/zsei/global";
    static final String HNSW_PID = "ozone.zsei.embeddings.hnsw";
    static final String SHARDING_PID = "ozone.zsei.sharding";
    private static final Logger LOG = LoggerFactory.getLogger(LuceneIndex.class);
    private static final String QUERY = "ozone_zsei_query_seconds";
    private static final String BATCH = "ozone_zsei_index_batch_seconds";
    private static final String PENDING = "ozone_zsei_index_pending_chunks";
    private static final String REBUILT = "ozone_zsei_index_rebuild_ratio";
    private static final String SHARDS = "ozone_zsei_index_shards";
    private static final String BYTES = "ozone_zsei_index_bytes";
    private static final String MAPPED = "ozone_zsei_mmap_mapped_bytes";
    private static final String RESIDENT = "ozone_zsei_mmap_resident_bytes";
    private static final String LIMIT = "ozone_zsei_mmap_limit_bytes";
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
        @AttributeDefinition(description = "Links of a node; a change builds the index again in the background.", min = "2", max = "128")
        @Facts(unit = "links", applies = Applies.REBUILD,
            advice = "8 halves the memory of the vector graph where memory is short, and finds a little less; see "
            + "ef_search.")
        int m() default 16;

        @AttributeDefinition(description = "Nodes looked at when one is added; a change builds the index again in the background.",
            min = "2", max = "4096")
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

        @AttributeDefinition(description = "Bits of a vector's numbers that a query reads: none keeps all 32, int8, int4 and binary (1) fewer. What is "
                + "found is measured again by the full vectors, which stay on disk. A change builds the index again in the background.",
            options = {@Option(label = "32 bits", value = "none"), @Option(label = "8 bits", value = "int8"),
                @Option(label = "4 bits", value = "int4"), @Option(label = "1 bit", value = "binary")})
        @Facts(applies = Applies.REBUILD,
            advice = "none where the vectors fit into memory. int8 reads a quarter of the memory, int4 an eighth, binary about a thirtieth, "
            + "and each takes as much more on disk. See docs/index.md for what they find and cost.")
        String quantization() default "none";
    }

    /** The table {@code zsei.sharding}. */
    @ObjectClassDefinition(name = "ZSEI shards", pid = SHARDING_PID, description = "Whether the index is cut into shards, each with texts that are alike.")
    public @interface ShardingConfig {
        @AttributeDefinition(description = "Splits the index into shards. A change builds the index again in the background.")
        @Facts(applies = Applies.REBUILD, advice = "Worth it above 10 million containers; below, one shard is faster.")
        boolean enabled() default false;

        @AttributeDefinition(description = "Chunks of a shard, about: there are as many shards as it takes.", min = "1000")
        @Facts(unit = "chunks", applies = Applies.REBUILD,
            advice = "A million is right for most; smaller shards are searched and moved sooner, and there are more of them.")
        int shard__size() default 1_000_000;

        @AttributeDefinition(description = "Searches shards at the same time.")
        @Facts(advice = "Switch it off where a search should not use more than one processor.")
        boolean parallel__search() default true;

        @AttributeDefinition(description = "Nearest shards that a search by meaning visits.", min = "1", max = "1024")
        @Facts(unit = "shards",
            advice = "Fewer are quicker and may miss something. Words are looked for in all shards, and a walk along relations is not limited: "
            + "it goes where the relations lead.")
        int max__shards__searched() default 4;
    }

    private final MetricRegistry metrics;
    private final Workers workers;
    private final Vectors vectors = new Vectors();
    private final States states = new States();
    private final WordAnalyzer analyzer = new WordAnalyzer();
    private final Path home;
    private final MappedMemory memory;
    private final Mappings mappings;
    private final Follower follower;
    private final Timer queries;
    private final ExecutorService searches;
    private final IndexCare care;
    private final ServiceRegistration<StoreListener> listening;

    @Activate
    public LuceneIndex(@Reference ContainerStore store, @Reference Sources sources, @Reference Workers workers,
            @Reference MetricRegistry metrics, @Reference MappedMemory memory, BundleContext context, Config config, HnswConfig hnsw,
            ShardingConfig sharding) {
        this(store, sources, workers, metrics, memory, Path.of(context.getProperty("ozone.data")), context, null, config, hnsw, sharding);
    }

    /**
     * @param context null where nobody hands commits on by itself (in tests)
     * @param disk null for files that are mapped as the configuration says
     */
    LuceneIndex(ContainerStore store, Sources sources, Workers workers, MetricRegistry metrics, MappedMemory memory, Path home,
            BundleContext context, Folder.Disk disk, Config config, HnswConfig hnsw, ShardingConfig sharding) {
        this.metrics = metrics;
        this.workers = workers;
        this.home = home;
        this.memory = memory;
        this.mappings = memory.mappings();
        Settings settings = settings(config, hnsw, sharding);
        int threads = Runtime.getRuntime().availableProcessors();
        Chunks chunks = new Chunks(store, sources, vectors, workers.pool("embed", threads), threads);
        this.follower = new Follower(store, chunks, vectors, workers, metrics.timer(BATCH), disk == null ? mappings : disk, settings);
        this.queries = metrics.timer(QUERY);
        this.searches = workers.pool("search", threads);
        this.care = new IndexCare(store, follower, vectors, analyzer, searches);
        metrics.gauge(PENDING, () -> (Gauge<Long>) this::pending);
        metrics.gauge(REBUILT, () -> (Gauge<Double>) follower::rebuilt);
        metrics.gauge(BYTES, () -> (Gauge<Long>) this::bytes);
        metrics.gauge(MAPPED, () -> (Gauge<Long>) mappings::mapped);
        metrics.gauge(RESIDENT, () -> (Gauge<Long>) () -> Mappings.resident(follower.settings().root()));
        metrics.gauge(LIMIT, () -> (Gauge<Long>) () -> mappings.limits().bytes());
        metrics.gauge(SHARDS, () -> (Gauge<Integer>) () -> follower.index() == null ? 0 : follower.index().folders().size());
        // Registered by hand: the store may hand commits on as soon as it sees the listener, and must not wait for this component.
        this.listening = context == null ? null : context.registerService(StoreListener.class, follower::committed, null);
        memory.changed(follower::reopen);
        follower.wake();
    }

    @Modified
    void reconfigure(Config config, HnswConfig hnsw, ShardingConfig sharding) {
        follower.reconfigure(settings(config, hnsw, sharding));
    }

    private long bytes() {
        OpenIndex index = follower.index();
        try {
            return index == null ? 0 : index.bytes();
        } catch (IOException | AlreadyClosedException e) {
            return 0;                          // it is being replaced
        }
    }

    private Settings settings(Config config, HnswConfig hnsw, ShardingConfig sharding) {
        return new Settings(folder(config.global__storage__path().strip(), home).resolve("index"),
            new Settings.Shape(hnsw.m(), hnsw.ef__construction(), Quantization.of(hnsw.quantization())), hnsw.ef__search(),
            new Settings.Sharding(sharding.enabled() ? sharding.shard__size() : 0, sharding.parallel__search(), sharding.max__shards__searched()));
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
        memory.changed(() -> { });
        if (listening != null) {
            listening.unregister();
        }
        follower.close(STOP);
        workers.close("embed", Duration.ofMillis(200));
        workers.close("merge", Duration.ofMillis(100));
        workers.close("search", Duration.ofMillis(100));
        analyzer.close();
        for (String name : List.of(QUERY, BATCH, PENDING, REBUILT, SHARDS, BYTES, MAPPED, RESIDENT, LIMIT)) {
            metrics.remove(name);
        }
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
        checkLimit(query.limit());
        try (Workers.Working counted = workers.working(); Timer.Context timing = queries.time()) {
            Matches matches = ask(query);
            return matches != null ? matches : asked(ask(query));      // another index has come meanwhile
        }
    }

    @Override
    public Matches near(Vector vector, int limit, Set<Long> within) throws ZseiException {
        checkLimit(limit);
        try (Workers.Working counted = workers.working(); Timer.Context timing = queries.time()) {
            Matches matches = askNear(vector, limit, within);
            return matches != null ? matches : asked(askNear(vector, limit, within));
        }
    }

    private static void checkLimit(int limit) throws ZseiException {
        if (limit < 1 || limit > 10_000) {
            throw new ZseiException(ZseiException.Code.INVALID, "The number of matches is 1..10000, not " + limit);
        }
    }

    @Override
    public String model() {
        OpenIndex index = follower.index();
        return index == null ? null : index.model();
    }

    @Override
    public Vector vector(String text) throws ZseiException {
        OpenIndex index = opened();
        String model = index == null ? null : index.model();
        String present = vectors.model();
        float[] numbers = vectors.ofQuestion(text, model);
        return new Vector(model == null ? present : model, numbers);
    }

    @Override
    public long state() {
        return states.number(follower.index(), follower.settings(), vectors.model());
    }

    private Matches asked(Matches matches) throws ZseiException {
        if (matches == null) {
            throw new ZseiException(ZseiException.Code.INDEX_UNAVAILABLE, "The index is being opened; ask again");
        }
        return matches;
    }

    /** Puts a question to a snapshot. */
    @FunctionalInterface
    private interface Question {
        List<Match> to(Retriever retriever) throws IOException;
    }

    /** The index; null while it has not been opened. */
    private OpenIndex opened() throws ZseiException {
        OpenIndex index = follower.index();
        if (index == null) {
            awaitIndex();
            index = follower.index();
        }
        if (index == null && follower.failure() != null) {
            throw new ZseiException(ZseiException.Code.INDEX_UNAVAILABLE, follower.failure());
        }
        return index;
    }

    /** @return null where the index was closed before it could be asked */
    private Matches ask(Query query) throws ZseiException {
        OpenIndex index = opened();
        float[] vector = null;
        String note = null;
        Mode mode = query.mode();
        if (mode != Mode.KEYWORD) {
            try {
                vector = vectors.ofQuestion(query.text(), index == null ? null : index.model());
            } catch (ZseiException e) {
                if (mode == Mode.SEMANTIC) {
                    throw e;
                }
                mode = Mode.KEYWORD;
                note = e.getMessage();
            }
        }
        float[] meant = vector;
        return switch (mode) {
            case KEYWORD -> ask(index, mode, note, query.within(), retriever -> retriever.keyword(query.text(), query.limit()));
            case SEMANTIC -> ask(index, mode, note, query.within(), retriever -> retriever.semantic(meant, query.limit()));
            case HYBRID -> ask(index, mode, note, query.within(), retriever -> retriever.hybrid(query.text(), meant, query.limit()));
        };
    }

    private Matches askNear(Vector vector, int limit, Set<Long> within) throws ZseiException {
        OpenIndex index = opened();
        String model = index == null ? null : index.model();
        if (model != null && !model.equals(vector.model())) {
            throw new ZseiException(ZseiException.Code.INVALID, "The vector is by " + vector.model() + ", those of the index are by " + model);
        }
        return ask(index, Mode.SEMANTIC, null, within, retriever -> retriever.semantic(vector.numbers(), limit));
    }

    private Matches ask(OpenIndex index, Mode mode, String note, Set<Long> within, Question question) throws ZseiException {
        try (Snapshot seen = index == null ? null : index.acquire()) {
            if (seen == null) {
                if (follower.failure() != null) {
                    throw new ZseiException(ZseiException.Code.INDEX_UNAVAILABLE, follower.failure());
                }
                return index == follower.index() ? new Matches(List.of(), mode, note) : null;
            }
            Retriever retriever = new Retriever(seen, index.manifest().shape().quantization(), analyzer, follower.settings(), searches, within);
            return new Matches(question.to(retriever), mode, note, retriever.shardsSearched());
        } catch (CorruptIndexException e) {
            LOG.warn("The index is broken and is built again from the store", e);
            follower.rebuild();
            throw new ZseiException(ZseiException.Code.INDEX_UNAVAILABLE, "The index in " + index.root()
                    + " was broken; it is being built again, ask again in a while", e);
        } catch (IOException e) {
            throw new ZseiException(ZseiException.Code.INDEX_UNAVAILABLE, "The index in " + index.root() + " cannot be read: "
                    + e.getMessage(), e);
        }
    }

    /** Right after a start: the first question may come before the index is open. */
    private void awaitIndex() throws ZseiException {
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
        OpenIndex index = follower.index();
        if (index == null) {
            return new Result("zsei.index", Status.OK, "opening", false);
        }
        try {
            long pending = pending();
            int unread = Stale.count(index, ChunkDocument.TEXT_MISSING);
            int unembedded = Stale.count(index, ChunkDocument.VECTOR_MISSING);
            String building = follower.rebuilding();
            String problem = follower.rebuildProblem();
            String message = "level with commit " + sequence() + ", " + pending + " chunks wait"
                    + (index.folders().size() == 1 ? "" : "; " + index.folders().size() + " shards")
                    + (building == null ? "" : "; being built again in the background (" + building + ")")
                    + (unread == 0 ? "" : "; " + unread + " chunks are left out until their files can be read again (ozone-core ingest)")
                    + (unembedded == 0 ? "" : "; " + unembedded + " chunks have no vector yet")
                    + (problem == null ? "" : "; " + problem);
            return new Result("zsei.index", unread > 0 || unembedded > 0 || problem != null ? Status.WARN : Status.OK, message, false);
        } catch (IOException e) {
            return new Result("zsei.index", Status.FAIL, "The index in " + index.root() + " cannot be read: " + e.getMessage(), false);
        }
    }

    @Override
    public String name() {
        return "index";
    }

    @Override
    public Set<Chore.Kind> kinds() {
        return Set.of(Chore.Kind.GC_AGGRESSIVE, Chore.Kind.OPTIMIZE);
    }

    @Override
    public List<Figure> run(Chore.Kind kind, boolean dryRun, Progress progress) throws CareException, InterruptedException {
        return care.run(kind, dryRun, progress);
    }

    @Override
    public long inspect(Consumer<Finding> findings, Progress progress) throws CareException, InterruptedException {
        return care.inspect(findings, progress);
    }

    @Override
    public int repair(Collection<Finding> findings, Progress progress) throws CareException, InterruptedException {
        return care.repair(findings, progress);
    }
}
