package studio.ozone.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import studio.ozone.api.benchmark.Benchmark.Compared;
import studio.ozone.api.benchmark.Benchmark.Comparison;
import studio.ozone.api.benchmark.Benchmark.Host;
import studio.ozone.api.benchmark.Benchmark.Report;
import studio.ozone.api.benchmark.Benchmark.Row;

/**
 * Holds a run against an earlier one by the medians. A row is worse, or better, if its median moved by more than a tenth and the ranges in which
 * the two true medians lie with 95 % confidence do not meet; else it is the same.
 */
final class Comparing {

    static final String SAME = "same";
    static final String BETTER = "better";
    static final String WORSE = "worse";
    private static final double TENTH = 0.1;

    private Comparing() {
    }

    static Comparison of(Path file, Report before, Report now) {
        List<Compared> rows = new ArrayList<>();
        for (Row row : now.rows()) {
            Row old = before.rows().stream().filter(each -> each.name().equals(row.name())).findFirst().orElse(null);
            rows.add(of(old, row, before.mode().equals(now.mode()) && before.dataset().equals(now.dataset())));
        }
        return new Comparison(file, before.time(), note(before, now), rows);
    }

    /** Whether a row is worse than it was. */
    static boolean regressed(Comparison comparison) {
        return comparison != null && comparison.rows().stream().anyMatch(row -> row.verdict().equals(WORSE));
    }

    private static Compared of(Row old, Row row, boolean alike) {
        Double before = old == null ? null : old.p50();
        Double now = row.p50();
        if (before == null || now == null) {
            return new Compared(row.name(), row.unit(), before, now, null, before == null && now == null ? "not measured" : now == null ? "not measured now" : "not measured then");
        }
        double ratio = Samples.round(now / before);
        return new Compared(row.name(), row.unit(), before, now, Double.isFinite(ratio) ? ratio : null, !alike ? "another workload" : !old.unit().equals(row.unit()) ? "another unit"
            : verdict(old, row, ratio));
    }

    private static String verdict(Row old, Row row, double ratio) {
        if (Math.abs(ratio - 1) <= TENTH) {
            return SAME;
        }
        double[] then = lies(old);
        double[] now = lies(row);
        if (then[0] <= now[1] && now[0] <= then[1]) {
            return SAME;
        }
        return ratio > 1 == row.better().equals(Rows.LOWER) ? WORSE : BETTER;
    }

    /** Without samples, somewhere between the least and the greatest. */
    private static double[] lies(Row row) {
        return row.samples().isEmpty() ? new double[] {row.min(), row.max()} : new Samples(row.samples()).medianLies();
    }

    private static String note(Report before, Report now) {
        List<String> differ = new ArrayList<>();
        Host then = before.host();
        if (!then.cpu().equals(now.host().cpu()) || then.cores() != now.host().cores()) {
            differ.add("another processor (" + then.cpu() + ", " + then.cores() + " cores)");
        }
        if (!before.jvm().equals(now.jvm())) {
            differ.add("another JVM or other options of it");
        }
        if (!before.configHash().equals(now.configHash())) {
            differ.add("another configuration");
        }
        if (!before.version().equals(now.version())) {
            differ.add("another version (" + before.version() + ")");
        }
        if (!before.mode().equals(now.mode()) || !before.dataset().equals(now.dataset())) {
            differ.add("another workload (" + before.mode() + ", " + before.dataset() + ")");
        }
        return differ.isEmpty() ? null : "Then: " + String.join("; ", differ);
    }
}
