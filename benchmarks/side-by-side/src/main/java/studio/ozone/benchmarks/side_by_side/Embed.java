package studio.ozone.benchmarks.side_by_side;

import java.nio.file.Path;
import java.util.List;

import studio.ozone.zsei.embeddings.OurEmbedder;

/** Embeds the texts of the series beforehand: {@code Embed DOCUMENTATION CACHE TEXTS THREADS}. */
final class Embed {

    private Embed() {
    }

    public static void main(String[] args) throws Exception {
        List<Chunk> chunks = Corpus.read(Path.of(args[0]));
        System.err.printf("%,d texts%n", chunks.size());
        Path cache = Path.of(args[1]);
        try (PlainWorkers workers = new PlainWorkers(); OurEmbedder ours = new OurEmbedder(cache, workers)) {
            Embeddings embeddings = new Embeddings(cache.resolve(ours.embedder().model() + "-int8.vectors"), ours.embedder().dimension());
            embeddings.fill(chunks.subList(0, Math.min(chunks.size(), Integer.parseInt(args[2]))), ours.embedder(), Integer.parseInt(args[3]));
        }
    }
}
