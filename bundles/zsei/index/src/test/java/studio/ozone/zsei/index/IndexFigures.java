package studio.ozone.zsei.index;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.HitQueue;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.util.VectorUtil;

import studio.ozone.api.zsei.Index.Match;

/**
 * What the settings of the index cost and find, on real vectors: recall@10 against brute force, wall time of a query, time to build and bytes.
 * Not a test; run by hand with the file of vectors (count, dimension, then floats, big-endian), of which the last 500 are the questions:
 * {@code IndexFigures VECTORS FOLDER [m=16,ef_construction=200,quantization=int8|shards|exact]…}.
 */
public final class IndexFigures {

    private static final int QUESTIONS = 500;
    private static float[][] vectors;
    private static float[][] questions;
    private static int[][] nearest;

    private IndexFigures() {
    }

    public static void main(String[] arguments) throws Exception {
        read(Path.of(arguments[0]));
        Path root = Path.of(arguments[1]);
        for (String what : Arrays.asList(arguments).subList(2, arguments.length)) {
            OpenIndex.delete(root);
            Files.createDirectories(root);
            switch (what) {
                case "shards" -> shards(root);
                case "exact" -> exact(root);
                default -> shape(root, Settings.Shape.of(what.replace(',', ' ')));
            }
        }
    }

    private static void read(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 20))) {
            float[][] all = new float[in.readInt()][in.readInt()];
            for (float[] vector : all) {
                for (int i = 0; i < vector.length; i++) {
                    vector[i] = in.readFloat();
                }
            }
            vectors = Arrays.copyOf(all, all.length - QUESTIONS);
            questions = Arrays.copyOfRange(all, all.length - QUESTIONS, all.length);
        }
        nearest = new int[QUESTIONS][];
        for (int q = 0; q < QUESTIONS; q++) {
            nearest[q] = brute(questions[q], 1);
        }
    }

    /** Documents pass where their number is a multiple; ids are numbers + 1. */
    private static int[] brute(float[] question, int every) {
        float[] cosines = new float[vectors.length];
        for (int i = 0; i < vectors.length; i += every) {
            cosines[i] = VectorUtil.dotProduct(question, vectors[i]);
        }
        return IntStream.iterate(0, i -> i < vectors.length, i -> i + every).boxed().sorted((a, b) -> Float.compare(cosines[b], cosines[a])).limit(10)
            .mapToInt(i -> i + 1).toArray();
    }

    private static void shape(Path root, Settings.Shape shape) throws Exception {
        long begun = System.nanoTime();
        OpenIndex index = filled(root, new Manifest(shape, 0, null, List.of(new Manifest.Shard("1", null))));
        index.folders().getFirst().compact(1);
        index.commit();
        index.refresh();
        System.out.printf(Locale.ROOT, "%s: %d vectors, built in %.1f s, %.1f MB%n", shape.text(), vectors.length, (System.nanoTime() - begun) / 1e9,
            index.bytes() / 1e6);
        for (int ef : new int[] {32, 50, 100, 200}) {
            measure(index, "ef_search " + ef, new Settings(root, shape, ef, Settings.Sharding.NONE), 1);
        }
        for (int every : new int[] {2, 20, 200}) {
            measure(index, "ef_search 100, one in " + every, new Settings(root, shape, 100, Settings.Sharding.NONE), every);
        }
        index.close();
    }

    private static OpenIndex filled(Path root, Manifest manifest) throws IOException {
        OpenIndex index = OpenIndex.open(root, manifest, new Mappings(Mappings.Limits.of(true, true, 4)), SerialMergeScheduler::new, Map.of());
        for (int i = 0; i < vectors.length; i++) {
            List<Long> above = new ArrayList<>();
            for (int every : new int[] {2, 20, 200}) {
                if (i % every == 0) {
                    above.add((long) every);
                }
            }
            index.put(i + 1, ChunkDocument.of(i + 1, above, "", "text", vectors[i]));
        }
        index.applied(1);
        index.refresh();
        return index;
    }

    private static void measure(OpenIndex index, String what, Settings settings, int every) throws IOException {
        Set<Long> within = every == 1 ? Set.of() : Set.of((long) every);
        double hits = 0;
        double all = 0;
        long[] nanos = new long[3 * QUESTIONS];
        Map<Integer, int[]> exact = new HashMap<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
            for (int round = 0; round < nanos.length; round++) {
                int q = round % QUESTIONS;
                long begun = System.nanoTime();
                List<Match> found;
                try (Snapshot seen = index.acquire(); WordAnalyzer analyzer = new WordAnalyzer()) {
                    found = new Retriever(seen, index.manifest().shape().quantization(), analyzer, settings, pool, within).semantic(questions[q], 10);
                }
                nanos[round] = System.nanoTime() - begun;
                if (round < QUESTIONS) {
                    int[] right = every == 1 ? nearest[q] : exact.computeIfAbsent(q, each -> brute(questions[each], every));
                    Set<Integer> ids = new HashSet<>(Arrays.stream(right).boxed().toList());
                    all += ids.size();
                    ids.retainAll(found.stream().map(match -> (int) match.id()).toList());
                    hits += ids.size();
                }
            }
        }
        long[] last = Arrays.copyOfRange(nanos, 2 * QUESTIONS, nanos.length);
        Arrays.sort(last);
        System.out.printf(Locale.ROOT, "  %-28s recall@10 %.4f  p50 %.3f ms  p95 %.3f ms%n", what, hits / all, last[QUESTIONS / 2] / 1e6,
            last[QUESTIONS * 95 / 100] / 1e6);
    }

    private static void shards(Path root) throws Exception {
        Settings.Shape shape = new Settings.Shape(16, 200, Quantization.NONE);
        for (int count : new int[] {8, 16}) {
            List<float[]> sample = new ArrayList<>(Arrays.asList(vectors));
            List<float[]> centroids = Centroids.of(sample, count, new Random(count));
            List<Manifest.Shard> parts = new ArrayList<>();
            for (int i = 0; i < centroids.size(); i++) {
                parts.add(new Manifest.Shard(Integer.toString(100 * count + i), centroids.get(i)));
            }
            OpenIndex index = filled(root, new Manifest(shape, 1_000, null, parts));
            for (Folder folder : index.folders()) {
                folder.compact(1);
            }
            index.applied(2);
            index.put(0, ChunkDocument.of(0, List.of(), "", "text", null));
            index.refresh();
            try (Snapshot seen = index.acquire()) {
                System.out.println(count + " shards of " + seen.parts().stream().map(part -> part.reader().numDocs()).toList());
            }
            for (int most : new int[] {1, 2, 4, count}) {
                measure(index, most + " searched", new Settings(root, shape, 100, new Settings.Sharding(1_000, false, most)), 1);
            }
            measure(index, "4 searched at once", new Settings(root, shape, 100, new Settings.Sharding(1_000, true, 4)), 1);
            index.close();
        }
    }

    /** Where a graph begins to pay: the same vectors with one and without. */
    private static void exact(Path root) throws Exception {
        float[][] all = vectors;
        for (int size : new int[] {500, 1_000, 2_000, 4_000, 8_000}) {
            vectors = Arrays.copyOf(all, Math.min(size, all.length));
            for (int q = 0; q < QUESTIONS; q++) {
                nearest[q] = brute(questions[q], 1);
            }
            OpenIndex.delete(root);
            Settings.Shape shape = new Settings.Shape(16, 200, Quantization.NONE);
            OpenIndex index = filled(root, new Manifest(shape, 0, null, List.of(new Manifest.Shard("1", null))));
            index.folders().getFirst().compact(1);
            index.applied(2);
            index.put(0, ChunkDocument.of(0, List.of(), "", "text", null));
            index.refresh();
            measure(index, size + " vectors", new Settings(root, shape, 100, Settings.Sharding.NONE), 1);
            scan(index);
            index.close();
        }
    }

    private static void scan(OpenIndex index) throws IOException {
        long[] nanos = new long[3 * QUESTIONS];
        try (Snapshot seen = index.acquire()) {
            for (int round = 0; round < nanos.length; round++) {
                long begun = System.nanoTime();
                HitQueue best = new HitQueue(100, true);
                ScoreDoc least = best.top();
                VectorScorer scorer = seen.leaves().getFirst().reader().getFloatVectorValues(ChunkDocument.VECTOR).scorer(questions[round % QUESTIONS]);
                DocIdSetIterator documents = scorer.iterator();
                for (int doc = documents.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = documents.nextDoc()) {
                    float score = scorer.score();
                    if (score > least.score) {
                        least.score = score;
                        least.doc = doc;
                        least = best.updateTop();
                    }
                }
                nanos[round] = System.nanoTime() - begun;
            }
        }
        long[] last = Arrays.copyOfRange(nanos, 2 * QUESTIONS, nanos.length);
        Arrays.sort(last);
        System.out.printf(Locale.ROOT, "  %-28s p50 %.3f ms%n", "one by one", last[QUESTIONS / 2] / 1e6);
    }
}
