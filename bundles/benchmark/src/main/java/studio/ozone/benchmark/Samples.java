package studio.ozone.benchmark;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Figures of one kind, and what is said about all of them. Immutable. */
final class Samples {

    private static final int MOST_KEPT = 1000;
    private static final MathContext DIGITS = new MathContext(5);
    /** Of the normal distribution: 95 % lie within. */
    private static final double Z = 1.96;

    private final List<Double> measured;
    private final List<Double> sorted;

    /** @param measured at least one, none of them NaN */
    Samples(List<Double> measured) {
        if (measured.isEmpty() || measured.stream().anyMatch(each -> each == null || each.isNaN())) {
            throw new IllegalArgumentException("No samples, or one without a value");
        }
        this.measured = List.copyOf(measured);
        List<Double> ordered = new ArrayList<>(measured);
        Collections.sort(ordered);
        this.sorted = ordered;
    }

    int count() {
        return sorted.size();
    }

    /**
     * The smallest sample that so many are not above (nearest rank; the median of an even number is the mean of the middle two).
     *
     * @param share 0 for the least, 0.5 for the median, 1 for the greatest
     */
    double at(double share) {
        int n = sorted.size();
        if (share == 0.5 && n % 2 == 0) {
            return round((sorted.get(n / 2 - 1) + sorted.get(n / 2)) / 2);
        }
        return round(sorted.get(Math.max(0, (int) Math.ceil(share * n) - 1)));
    }

    /** Where the true median lies with 95 % confidence, by order statistics: two samples, the outermost ones where there are few. */
    double[] medianLies() {
        int n = sorted.size();
        double half = Z * Math.sqrt(n) / 2;
        int low = Math.max(0, (int) Math.floor(n / 2.0 - half) - 1);
        int high = Math.min(n - 1, (int) Math.ceil(n / 2.0 + half));
        return new double[] {sorted.get(low), sorted.get(high)};
    }

    /** All in the order in which they were measured; where there are more than a file should hold, evenly chosen ones of the sorted. */
    List<Double> kept() {
        List<Double> from = measured.size() <= MOST_KEPT ? measured : sorted;
        List<Double> kept = new ArrayList<>();
        int count = Math.min(MOST_KEPT, from.size());
        for (int i = 0; i < count; i++) {
            kept.add(round(from.get(count == 1 ? 0 : (int) ((long) i * (from.size() - 1) / (count - 1)))));
        }
        return kept;
    }

    /** To five digits: no clock here is better. */
    static double round(double value) {
        return Double.isInfinite(value) ? value : new BigDecimal(value).round(DIGITS).doubleValue();
    }
}
