package studio.ozone.benchmarks.side_by_side;

/**
 * What is wanted of the product, and what it does.
 *
 * @param value what is compared with the bound; null where it was not measured
 * @param met null where it was not measured
 */
record Goal(String wanted, String measured, Double value, double bound, Boolean met) {

    /** @param value at most {@code bound} where the goal is met; NaN where it was not measured */
    static Goal atMost(String wanted, double value, double bound, String measured) {
        return Double.isNaN(value) ? unknown(wanted, bound) : new Goal(wanted, measured + off(value / bound), value, bound, value <= bound);
    }

    /** @param value at least {@code bound} where the goal is met; NaN where it was not measured */
    static Goal atLeast(String wanted, double value, double bound, String measured) {
        return Double.isNaN(value) ? unknown(wanted, bound) : new Goal(wanted, measured + off(bound / value), value, bound, value >= bound);
    }

    private static Goal unknown(String wanted, double bound) {
        return new Goal(wanted, "", null, bound, null);
    }

    private static String off(double excess) {
        return excess <= 1 ? "" : "; missed by a factor of " + Report.number(excess);
    }
}
