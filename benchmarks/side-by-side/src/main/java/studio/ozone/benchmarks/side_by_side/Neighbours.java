package studio.ozone.benchmarks.side_by_side;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import org.apache.lucene.util.VectorUtil;

/**
 * The ten nearest of real vectors: recall against CPU time over {@code ef}, m = 16 and ef_construction = 200 everywhere. Rounds of the engines
 * take turns. The headline is the CPU time at recall 0.98, read off each curve between its two nearest points.
 */
final class Neighbours implements Main.Part {

    private static final int[] EFS = {10, 20, 30, 40, 60, 80, 100, 150, 200, 300};
    private static final double RECALL = 0.98;

    private record Curve(Searcher searcher, Meter[] meters, double[] recalls) { }

    @Override
    public List<Row> run(Options options, PlainWorkers workers) throws Exception {
        Texts texts = Texts.read(options, workers, options.quick() ? 10_000 : 100_000, options.quick() ? 200 : 1_000);
        List<Row> rows = new ArrayList<>();
        try (Scratch scratch = new Scratch()) {
            int[][] truth = truth(texts);
            List<Searcher> searchers = new ArrayList<>();
            try {
                OurSearcher ours = timed("Ozone Studio", () -> new OurSearcher(scratch.folder("ours"), texts, workers));
                searchers.add(ours);
                searchers.add(timed("JVector", () -> new JVectorSearcher(texts.vectors(), texts.questions())));
                searchers.add(timed("hnswlib-core", () -> new HnswlibSearcher(texts.vectors(), texts.questions())));
                if (options.cpp() != null) {
                    searchers.add(timed("hnswlib in C++", () -> new CppSearcher(options.cpp(), scratch.folder("cpp"), texts.vectors(),
                            texts.questions())));
                }
                String task = "10 nearest of " + texts.chunks().size();
                List<Curve> ingested = curves(List.of(ours), truth, options.quick() ? 1 : 2);
                String asIngested = ours.name();
                timed("Optimising", () -> {
                    ours.optimize();
                    return ours;
                });
                List<Curve> curves = curves(searchers, truth, options.quick() ? 2 : 5);
                curves.forEach(curve -> rows(task, curve.searcher().name(), curve, rows));
                rows(task, asIngested, ingested.getFirst(), rows);
            } finally {
                for (Searcher searcher : searchers) {
                    searcher.close();
                }
            }
        }
        return rows;
    }

    private static List<Curve> curves(List<Searcher> searchers, int[][] truth, int rounds) throws Exception {
        List<Curve> curves = new ArrayList<>();
        for (Searcher searcher : searchers) {
            Meter[] meters = new Meter[EFS.length];
            Arrays.setAll(meters, i -> new Meter());
            curves.add(new Curve(searcher, meters, new double[EFS.length]));
            searcher.round(100, null);
            searcher.round(200, null);
        }
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < EFS.length; i++) {
                for (Curve curve : curves) {
                    curve.recalls()[i] = recall(curve.searcher().round(EFS[i], curve.meters()[i]), truth);
                }
            }
        }
        return curves;
    }

    private static void rows(String task, String engine, Curve curve, List<Row> rows) {
        double[] recalls = curve.recalls();
        boolean ours = curve.searcher().ours();
        int above = IntStream.range(0, EFS.length).filter(i -> recalls[i] >= RECALL).findFirst().orElse(-1);
        if (above >= 0) {
            double share = above == 0 ? 1 : (RECALL - recalls[above - 1]) / (recalls[above] - recalls[above - 1]);
            Meter low = curve.meters()[Math.max(0, above - 1)];
            Meter high = curve.meters()[above];
            double cpu = low.cpuMicros() + share * (high.cpuMicros() - low.cpuMicros());
            double process = low.processMicros() + share * (high.processMicros() - low.processMicros());
            rows.add(new Row(task + " at recall " + RECALL, engine, ours, high.operations(), cpu, process, high.percentile(0.5),
                    high.percentile(0.95), high.percentile(0.99), above == 0 ? recalls[0] : RECALL,
                    "wall times of ef " + EFS[above] + (curve.searcher().note() == null ? "" : "; " + curve.searcher().note())));
        }
        for (int i = 0; i < EFS.length; i++) {
            rows.add(Row.of(task + ", ef " + EFS[i], engine, ours, curve.meters()[i], recalls[i], null));
        }
    }

    private static double recall(int[][] found, int[][] truth) {
        int right = 0;
        for (int i = 0; i < truth.length; i++) {
            int[] sorted = truth[i].clone();
            Arrays.sort(sorted);
            right += (int) Arrays.stream(found[i]).distinct().filter(place -> Arrays.binarySearch(sorted, place) >= 0).count();
        }
        return right / (10.0 * truth.length);
    }

    /** By looking at every vector. */
    private static int[][] truth(Texts texts) {
        return IntStream.range(0, texts.questions().length).parallel().mapToObj(question -> {
            float[] scores = new float[texts.vectors().length];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = VectorUtil.dotProduct(texts.questions()[question], texts.vectors()[i]);
            }
            int[] best = new int[10];
            Arrays.fill(best, -1);
            for (int i = 0; i < scores.length; i++) {
                int at = 10;
                while (at > 0 && (best[at - 1] < 0 || scores[best[at - 1]] < scores[i])) {
                    at--;
                }
                if (at < 10) {
                    System.arraycopy(best, at, best, at + 1, 9 - at);
                    best[at] = i;
                }
            }
            return best;
        }).toArray(int[][]::new);
    }

    private interface Making<T> {
        T make() throws Exception;
    }

    private static <T> T timed(String what, Making<T> making) throws Exception {
        long began = System.nanoTime();
        T made = making.make();
        System.err.printf("  %s: %.0f s%n", what, (System.nanoTime() - began) / 1e9);
        return made;
    }
}
