package studio.ozone.zsei.embeddings;

import java.nio.file.Path;
import java.util.Map;

import com.codahale.metrics.MetricRegistry;

import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.Embedder;
import studio.ozone.benchmarks.side_by_side.Defaults;

/** The product's embedder with the settings that it has when nobody sets any, and the model never let go. */
public final class OurEmbedder implements AutoCloseable {

    private final OnnxEmbedder embedder;

    /** @param home where the model and its libraries are laid down */
    public OurEmbedder(Path home, Workers workers) {
        embedder = new OnnxEmbedder(workers, new MetricRegistry(), home, Defaults.of(OnnxEmbedder.Config.class, Map.of("idle__seconds", 0)));
    }

    public Embedder embedder() {
        return embedder;
    }

    @Override
    public void close() {
        embedder.close();
    }
}
