package studio.ozone.benchmarks.side_by_side;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import org.apache.lucene.util.VectorUtil;

/**
 * Recall and cost of one engine over {@code ef}.
 *
 * @param meters by {@link #EFS}
 * @param recalls likewise
 */
record Curve(Searcher searcher, Meter[] meters, double[] recalls) {

    static final double RECALL = 0.98;
    private static final int[] EFS = {10, 20, 40, 60, 80, 100, 150, 200, 300, 500};

    /** Rounds of the engines take turns. */
    static List<Curve> of(List<? extends Searcher> searchers, int[][] truth, int rounds, Duration warm) throws Exception {
        List<Curve> curves = new ArrayList<>();
        for (Searcher searcher : searchers) {
            Meter[] meters = new Meter[EFS.length];
            Arrays.setAll(meters, i -> new Meter());
            curves.add(new Curve(searcher, meters, new double[EFS.length]));
        }
        Warmup.run(warm, () -> {
            for (Searcher searcher : searchers) {
                searcher.round(100, null);
            }
        });
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < EFS.length; i++) {
                for (Curve curve : curves) {
                    curve.recalls()[i] = recall(curve.searcher().round(EFS[i], curve.meters()[i]), truth);
                }
            }
        }
        return curves;
    }

    /** The CPU time at a recall of 0.98 is read off the curve between its two nearest points. */
    void rows(String task, String engine, Findings findings) {
        boolean ours = searcher.ours();
        int above = IntStream.range(0, EFS.length).filter(i -> recalls[i] >= RECALL).findFirst().orElse(-1);
        String at = task + " at recall " + RECALL;
        if (above < 0) {
            findings.row(Row.absent(at, engine, ours,
                    "its recall stays below at ef " + EFS[EFS.length - 1] + ", " + Report.number(recalls[EFS.length - 1])));
        } else {
            double share = above == 0 ? 1 : (RECALL - recalls[above - 1]) / (recalls[above] - recalls[above - 1]);
            Meter low = meters[Math.max(0, above - 1)];
            Meter high = meters[above];
            double cpu = low.cpuMicros() + share * (high.cpuMicros() - low.cpuMicros());
            double process = low.processMicros() + share * (high.processMicros() - low.processMicros());
            findings.row(new Row(at, engine, ours, high.operations(), cpu, process, high.percentile(0.5), high.percentile(0.95),
                    high.percentile(0.99), above == 0 ? recalls[0] : RECALL, high.load(),
                    "wall times of ef " + EFS[above] + (searcher.note() == null ? "" : "; " + searcher.note()), null));
        }
        for (int i = 0; i < EFS.length; i++) {
            findings.row(Row.of(task + ", ef " + EFS[i], engine, ours, meters[i], recalls[i], null));
        }
    }

    /** @param found by question, the places of at most ten */
    static double recall(int[][] found, int[][] truth) {
        int right = 0;
        for (int i = 0; i < truth.length; i++) {
            int[] sorted = truth[i].clone();
            Arrays.sort(sorted);
            right += (int) Arrays.stream(found[i]).distinct().filter(place -> Arrays.binarySearch(sorted, place) >= 0).count();
        }
        return right / (10.0 * truth.length);
    }

    /** By looking at every vector. @return by question, the places of the ten nearest, best first */
    static int[][] truth(float[][] vectors, float[][] questions) {
        return IntStream.range(0, questions.length).parallel().mapToObj(question -> {
            float[] scores = new float[vectors.length];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = VectorUtil.dotProduct(questions[question], vectors[i]);
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
}
