package studio.ozone.benchmark;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

import studio.ozone.api.benchmark.Benchmark.Host;
import studio.ozone.api.benchmark.Benchmark.Report;
import studio.ozone.api.benchmark.Benchmark.Row;

/** Results for tests. */
final class Reports {

    static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");

    private Reports() {
    }

    static Report of(Instant time, Row... rows) {
        return new Report(1, time, new Host("A processor", 2, 8L << 30, "ssd, ext4", "Linux", 0.1, 0.2), "A JVM", "00ff", List.of(rows), "1.0", "quick", "small", 61_000, null);
    }

    /** Samples that scatter by a twentieth around a median. */
    static Row row(Rows row, double median) {
        Random random = new Random(row.ordinal());
        List<Double> samples = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            samples.add(median * (1 + random.nextGaussian() / 20));
        }
        return row.measured(samples, "so much", Map.of());
    }
}
