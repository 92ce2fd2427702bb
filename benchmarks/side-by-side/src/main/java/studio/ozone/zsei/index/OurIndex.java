package studio.ozone.zsei.index;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import com.codahale.metrics.MetricRegistry;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReaderContext;

import studio.ozone.api.care.Chore;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.Embedder;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.Sources;
import studio.ozone.benchmarks.side_by_side.Defaults;
import studio.ozone.zsei.store.OurStore;

/** The product's index over the product's store, in a folder, with the settings that hold where nobody sets any. */
public final class OurIndex implements AutoCloseable {

    private final LuceneIndex.Config place;
    private final OurStore store;
    private final LuceneIndex index;

    public OurIndex(Path home, Workers workers, Sources sources, Embedder embedder) throws Exception {
        place = Defaults.of(LuceneIndex.Config.class, Map.of("global__storage__path", home.resolve("index").toString()));
        store = new OurStore(home.resolve("store"), this::committed);
        index = new LuceneIndex(store.store(), sources, workers, new MetricRegistry(),
                new MappedMemory(Defaults.of(MappedMemory.Config.class, Map.of())), home, null, null, place, hnsw(100), sharding());
        index.bindEmbedder(embedder);
    }

    private static LuceneIndex.HnswConfig hnsw(int efSearch) {
        return Defaults.of(LuceneIndex.HnswConfig.class, Map.of("ef__search", efSearch));
    }

    private static LuceneIndex.ShardingConfig sharding() {
        return Defaults.of(LuceneIndex.ShardingConfig.class, Map.of());
    }

    private void committed(Commit commit) {
        index.follower().committed(commit);
    }

    public ContainerStore store() {
        return store.store();
    }

    public Index index() {
        return index;
    }

    public void efSearch(int efSearch) {
        index.reconfigure(place, hnsw(efSearch), sharding());
    }

    /** Returns when questions see all that the store holds. */
    public void await(Duration atMost) throws Exception {
        if (!index.await(store().sequence(), atMost)) {
            throw new IOException("The index has not caught up in " + atMost);
        }
    }

    public int segments() throws IOException {
        try (Snapshot seen = index.follower().index().acquire()) {
            return seen.leaves().size();
        }
    }

    /** Vectors that questions see. */
    public int vectors() throws IOException {
        try (Snapshot seen = index.follower().index().acquire()) {
            int vectors = 0;
            for (LeafReaderContext leaf : seen.leaves()) {
                FloatVectorValues values = leaf.reader().getFloatVectorValues(ChunkDocument.VECTOR);
                vectors += values == null ? 0 : values.size();
            }
            return vectors;
        }
    }

    /** What {@code ozone-core zsei-optimize} does to the index. */
    public void optimize() throws Exception {
        index.run(Chore.Kind.OPTIMIZE, false, Progress.NONE);
    }

    @Override
    public void close() {
        index.close();
        store.close();
    }
}
