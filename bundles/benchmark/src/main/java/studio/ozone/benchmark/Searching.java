package studio.ozone.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.Set;

import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Embedder;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.ZseiException;

/** Queries of one mode, and for those by meaning how many of the truly nearest chunks they find. */
final class Searching {

    private static final int WANTED = 10;
    private static final int WARM_UP = 10;
    private static final int CHECKED = 50;
    /** Rounding in the index must not make a chunk as near as the tenth a wrong one. */
    private static final double AS_NEAR = 1e-5;

    private final Steps.Services services;
    private final Index index;
    private final Index.Mode mode;

    Searching(Steps.Services services, Index.Mode mode) {
        this.services = services;
        this.index = services.get(Index.class);
        this.mode = mode;
    }

    void run(List<String> queries, Told.Speaker speaker) throws ZseiException, InterruptedException {
        String row = mode.name().toLowerCase(Locale.ROOT) + "_search";
        List<Double> took = new ArrayList<>();
        List<List<Index.Match>> found = new ArrayList<>();
        for (int i = 0; i < queries.size(); i++) {
            long begun = System.nanoTime();
            Index.Matches matches = index.query(new Index.Query(queries.get(i), mode, WANTED, Set.of()));
            double ms = (System.nanoTime() - begun) / 1e6;
            if (matches.mode() != mode) {
                speaker.absent(row, matches.note());
                return;
            }
            if (i >= WARM_UP) {
                took.add(ms);
                found.add(matches.matches());
            }
            speaker.progress(i, queries.size());
        }
        speaker.samples(row, took);
        if (mode == Index.Mode.SEMANTIC) {
            int checked = Math.min(CHECKED, found.size());
            speaker.figure("recall", recall(queries.subList(WARM_UP, WARM_UP + checked), found.subList(0, checked)));
            speaker.figure("recall_queries", checked);
        }
    }

    /** Against all vectors of the store, one by one, with the vectors of the queries made again: the share of the ten nearest that was found. */
    private double recall(List<String> queries, List<List<Index.Match>> found) throws ZseiException, InterruptedException {
        ContainerStore store = services.get(ContainerStore.class);
        Embedder embedder = services.get(Embedder.class);
        float[][] vectors = new float[queries.size()][];
        List<PriorityQueue<Float>> nearest = new ArrayList<>();
        for (int i = 0; i < vectors.length; i++) {
            vectors[i] = embedder.embed(queries.get(i));
            nearest.add(new PriorityQueue<>());
        }
        List<Long> chunks = new ArrayList<>();
        store.scan(container -> {
            if (container.type() == ContainerType.CHUNK) {
                chunks.add(container.id());
            }
        });
        for (long chunk : chunks) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            float[] vector = store.embedding(chunk, embedder.model()).orElse(null);
            for (int i = 0; vector != null && i < vectors.length; i++) {
                keep(nearest.get(i), dot(vectors[i], vector));
            }
        }
        long right = 0;
        long all = 0;
        for (int i = 0; i < vectors.length; i++) {
            float tenth = nearest.get(i).isEmpty() ? Float.NaN : nearest.get(i).peek();
            all += nearest.get(i).size();
            for (Index.Match match : found.get(i)) {
                float[] vector = store.embedding(match.id(), embedder.model()).orElse(null);
                right += vector != null && dot(vectors[i], vector) >= tenth - AS_NEAR ? 1 : 0;
            }
        }
        return all == 0 ? Double.NaN : (double) Math.min(right, all) / all;
    }

    private static void keep(PriorityQueue<Float> best, float cosine) {
        if (best.size() < WANTED) {
            best.add(cosine);
        } else if (cosine > best.peek()) {
            best.poll();
            best.add(cosine);
        }
    }

    private static float dot(float[] a, float[] b) {
        float sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
