package studio.ozone.zsei.index;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import com.codahale.metrics.MetricRegistry;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.Embedder;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.Sources;
import studio.ozone.benchmarks.side_by_side.Defaults;
import studio.ozone.zsei.store.OurStore;

/** The product's index over the product's store, in a folder. */
public final class OurIndex implements AutoCloseable {

    private final Path home;
    private final Workers workers;
    private final Sources sources;
    private final Embedder embedder;
    private final OurStore store;
    private LuceneIndex index;

    public OurIndex(Path home, Workers workers, Sources sources, Embedder embedder) throws Exception {
        this.home = home;
        this.workers = workers;
        this.sources = sources;
        this.embedder = embedder;
        this.store = new OurStore(home.resolve("store"), this::committed);
        open();
    }

    private void open() {
        index = new LuceneIndex(store.store(), sources, workers, new MetricRegistry(), home, null,
                Defaults.of(LuceneIndex.Config.class, Map.of("global__storage__path", home.resolve("index").toString())), hnsw(100));
        index.bindEmbedder(embedder);
    }

    private static LuceneIndex.HnswConfig hnsw(int efSearch) {
        return Defaults.of(LuceneIndex.HnswConfig.class, Map.of("ef__search", efSearch));
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
        index.reconfigure(Defaults.of(LuceneIndex.Config.class, Map.of("global__storage__path", home.resolve("index").toString())),
                hnsw(efSearch));
    }

    public void await(Duration atMost) throws Exception {
        if (!index.await(store().sequence(), atMost)) {
            throw new IOException("The index has not caught up in " + atMost);
        }
    }

    public int segments() throws IOException {
        DirectoryReader reader = index.follower().folder().acquire();
        try {
            return reader.leaves().size();
        } finally {
            reader.decRef();
        }
    }

    /** Makes one segment of all, as an operator's optimising does, with the graph's settings kept. */
    public void merge() throws Exception {
        Path folder = index.follower().folder().path();
        index.close();
        KnnVectorsFormat vectors = new Lucene99HnswVectorsFormat(16, 200, 1, null, 1_000);
        try (Directory directory = FSDirectory.open(folder); WordAnalyzer analyzer = new WordAnalyzer();
                IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig(analyzer).setCodec(new Lucene104Codec() {
                    @Override
                    public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                        return vectors;
                    }
                }))) {
            Map<String, String> facts = new HashMap<>();
            writer.getLiveCommitData().forEach(fact -> facts.put(fact.getKey(), fact.getValue()));
            writer.forceMerge(1);
            writer.setLiveCommitData(facts.entrySet());
            writer.commit();
        }
        open();
        await(Duration.ofMinutes(1));
    }

    @Override
    public void close() {
        index.close();
        store.close();
    }
}
