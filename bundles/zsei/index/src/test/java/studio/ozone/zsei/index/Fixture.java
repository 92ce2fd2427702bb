package studio.ozone.zsei.index;

import java.lang.annotation.Annotation;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import com.codahale.metrics.MetricRegistry;

import studio.ozone.api.kit.TestWorkers;
import studio.ozone.api.zsei.Embedder;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.ZseiException;

import static org.junit.Assert.assertTrue;

/** An index on a store in memory. */
final class Fixture implements AutoCloseable {

    final ChunkStore store;
    final TestWorkers workers = new TestWorkers();
    final MetricRegistry metrics = new MetricRegistry();
    final MappedMemory memory = new MappedMemory(config(MappedMemory.Config.class, Map.of()));
    final LuceneIndex index;
    private final Path home;

    Fixture(Path home, ChunkStore store, Embedder embedder) {
        this(home, store, embedder, 16);
    }

    Fixture(Path home, ChunkStore store, Embedder embedder, int m) {
        this(home, store, embedder, config(LuceneIndex.HnswConfig.class, Map.of("m", m)), config(LuceneIndex.ShardingConfig.class, Map.of()));
    }

    Fixture(Path home, ChunkStore store, Embedder embedder, LuceneIndex.HnswConfig hnsw, LuceneIndex.ShardingConfig sharding) {
        this(home, store, embedder, null, hnsw, sharding);
    }

    Fixture(Path home, ChunkStore store, Embedder embedder, Folder.Disk disk, LuceneIndex.HnswConfig hnsw, LuceneIndex.ShardingConfig sharding) {
        this.home = home;
        this.store = store;
        index = new LuceneIndex(store, store, workers, metrics, memory, home, null, disk, config(LuceneIndex.Config.class, Map.of()), hnsw, sharding);
        if (embedder != null) {
            index.bindEmbedder(embedder);
        }
        store.listener(index.follower()::committed);
    }

    void reconfigure(Map<String, Object> hnsw, Map<String, Object> sharding) {
        reconfigure(hnsw, sharding, Map.of());
    }

    void reconfigure(Map<String, Object> hnsw, Map<String, Object> sharding, Map<String, Object> mmap) {
        memory.reconfigure(config(MappedMemory.Config.class, mmap));
        index.reconfigure(config(LuceneIndex.Config.class, Map.of()), config(LuceneIndex.HnswConfig.class, hnsw),
            config(LuceneIndex.ShardingConfig.class, sharding));
    }

    /** Waits for an index that is like this. */
    void rebuilt(Predicate<Manifest> like) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (index.follower().index() == null || !like.test(index.follower().index().manifest()) || index.follower().rebuilding() != null) {
            assertTrue("Not in time: " + index.check().message(), System.nanoTime() < deadline);
            Thread.onSpinWait();
        }
    }

    Path folder() {
        return home.resolve("zsei/global/index");
    }

    void level() throws ZseiException, InterruptedException {
        assertTrue("Level with the store in time", index.await(store.sequence(), Duration.ofSeconds(30)));
    }

    List<Long> ids(String text, Index.Mode mode, Long... within) throws ZseiException {
        return index.query(new Index.Query(text, mode, 10, Set.of(within))).matches().stream().map(Index.Match::id).toList();
    }

    @Override
    public void close() {
        store.listener(null);
        index.close();
        workers.close();
    }

    /** A configuration with these values, and else its defaults. */
    static <T extends Annotation> T config(Class<T> type, Map<String, Object> values) {
        Map<String, Object> named = new HashMap<>(values);
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
            (proxy, method, arguments) -> named.getOrDefault(method.getName().replace("__", "_"), method.getDefaultValue())));
    }
}
