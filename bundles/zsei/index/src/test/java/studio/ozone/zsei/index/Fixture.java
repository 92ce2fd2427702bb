package studio.ozone.zsei.index;

import java.lang.annotation.Annotation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

import com.codahale.metrics.MetricRegistry;

import studio.ozone.api.zsei.Embedder;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.ZseiException;

import static org.junit.Assert.assertTrue;

/** An index on a store in memory. */
final class Fixture implements AutoCloseable {

    final ChunkStore store;
    final TestWorkers workers = new TestWorkers();
    final MetricRegistry metrics = new MetricRegistry();
    final LuceneIndex index;
    private final Path home;

    Fixture(Path home, ChunkStore store, Embedder embedder) {
        this(home, store, embedder, 16);
    }

    Fixture(Path home, ChunkStore store, Embedder embedder, int m) {
        this.home = home;
        this.store = store;
        index = new LuceneIndex(store, store, workers, metrics, home, null, config(), hnsw(m));
        if (embedder != null) {
            index.bindEmbedder(embedder);
        }
        store.listener(index.follower()::committed);
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

    private static LuceneIndex.Config config() {
        return new LuceneIndex.Config() {
            @Override
            public String global__storage__path() {
                return "";
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return LuceneIndex.Config.class;
            }
        };
    }

    static LuceneIndex.HnswConfig hnsw(int m) {
        return new LuceneIndex.HnswConfig() {
            @Override
            public int m() {
                return m;
            }

            @Override
            public int ef__construction() {
                return 100;
            }

            @Override
            public int ef__search() {
                return 50;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return LuceneIndex.HnswConfig.class;
            }
        };
    }
}
