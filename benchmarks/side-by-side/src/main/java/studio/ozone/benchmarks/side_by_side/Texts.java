package studio.ozone.benchmarks.side_by_side;

import java.util.ArrayList;
import java.util.List;

import studio.ozone.zsei.embeddings.OurEmbedder;

/**
 * Texts with their vectors.
 *
 * @param chunks those that are looked for
 * @param vectors of them
 * @param asked texts that are not among them
 * @param questions their vectors
 */
record Texts(List<Chunk> chunks, float[][] vectors, List<Chunk> asked, float[][] questions) {

    private static final int EMBEDDED = 102_400;

    /** @param most chunks; fewer where the project has fewer texts */
    static Texts read(Options options, PlainWorkers workers, int most, int questions) throws Exception {
        List<Chunk> all = Corpus.read(options.documentation());
        try (OurEmbedder ours = new OurEmbedder(options.cache(), workers)) {
            Embeddings embeddings = new Embeddings(options.cache().resolve(ours.embedder().model() + "-int8.vectors"),
                    ours.embedder().dimension());
            // Held-out texts come from the end, so that every number of chunks is asked the same.
            List<Chunk> usable = all.subList(0, Math.min(all.size(), EMBEDDED));
            List<Chunk> asked = usable.subList(usable.size() - questions, usable.size());
            List<Chunk> chunks = usable.subList(0, Math.min(most, usable.size() - questions));
            List<Chunk> wanted = new ArrayList<>(chunks);
            wanted.addAll(asked);
            embeddings.fill(wanted, ours.embedder(), Runtime.getRuntime().availableProcessors());
            return new Texts(chunks, vectors(chunks, embeddings), asked, vectors(asked, embeddings));
        }
    }

    private static float[][] vectors(List<Chunk> chunks, Embeddings embeddings) {
        return chunks.stream().map(chunk -> embeddings.of(chunk.key())).toArray(float[][]::new);
    }
}
