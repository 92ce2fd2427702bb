package studio.ozone.zsei.traversal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

import studio.ozone.api.zsei.Traversal.Found;

/**
 * Makes one list of those of several modes. In each, a distance becomes a score 0..1, the best of the list being 1; the weighed sum of a container's
 * scores, over the sum of the weights, is its own. Its way is that of the mode that gave it most.
 */
final class Hybrid {

    /** The most that each mode finds for so many results. */
    static int each(int results) {
        return Math.min(Limits.MOST_RESULTS, Math.max(100, 2 * results));
    }

    /** A container on the way to its score. */
    private static final class Sum {

        private final long id;
        private double score;
        private double most = -1;
        private List<Long> path;

        Sum(long id) {
            this.id = id;
        }

        void add(double part, List<Long> way) {
            score += part;
            if (part > most) {
                most = part;
                path = way;
            }
        }
    }

    private final Map<Long, Sum> sums = new LinkedHashMap<>();
    private double weights;

    void structural(double weight, List<Found> found) {
        add(weight, found, distance -> 1 / (1 + distance));
    }

    void contextual(double weight, List<Found> found) {
        add(weight, found, distance -> 1 - distance);
    }

    void semantic(double weight, List<Found> found) {
        add(weight, found, distance -> Math.max(0, 1 - distance));
    }

    private void add(double weight, List<Found> found, DoubleUnaryOperator score) {
        weights += weight;
        double best = found.isEmpty() ? 0 : score.applyAsDouble(found.getFirst().distance());
        for (Found each : found) {
            double part = best <= 0 ? 0 : score.applyAsDouble(each.distance()) / best;
            sums.computeIfAbsent(each.id(), Sum::new).add(weight * part, each.path());
        }
    }

    /** The best; best first. */
    List<Found> best(int results, Meter meter) {
        List<Sum> sorted = new ArrayList<>(sums.values());
        sorted.sort(Comparator.comparingDouble((Sum sum) -> sum.score).reversed().thenComparingLong(sum -> sum.id));
        if (sorted.size() > results) {
            meter.leave("maxResults " + results);
            sorted = sorted.subList(0, results);
        }
        List<Found> best = new ArrayList<>(sorted.size());
        for (Sum sum : sorted) {
            best.add(new Found(sum.id, Math.max(0, 1 - (weights == 0 ? 0 : sum.score / weights)), sum.path));
        }
        return best;
    }
}
