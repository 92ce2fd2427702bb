package studio.ozone.benchmark;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import studio.ozone.api.benchmark.Benchmark.Measure;
import studio.ozone.api.benchmark.Benchmark.Row;

/** What is measured: names, units, and the bands of the tuning guide's section 1. */
enum Rows {

    STARTUP("ms", "p50", Bands.of(3000, 5000, 10_000), "From the start of a fresh process until it says that it is ready"),
    ZSEI_TRAVERSAL("ms", "p95", Bands.of(50, 100, 200), "A structural walk that reaches 100 containers, without hot paths"),
    ZSEI_TRAVERSAL_10K("ms", "p95", null, "A structural walk that reaches 10,000 containers, without hot paths"),
    SEMANTIC_SEARCH("ms", "p95", null, "The 10 chunks nearest in meaning to a text, its embedding included"),
    KEYWORD_SEARCH("ms", "p95", null, "The 10 chunks that fit the words of a text best"),
    HYBRID_SEARCH("ms", "p95", null, "Both rankings fused, the text's embedding included"),
    INGEST("chunks/s", "p50", null, "Files read until they are durable, embedded and searchable"),
    DURABLE_WRITE("containers/s", "p50", null, "Single containers with their edges, each acknowledged when it is durable"),
    PROMPT("ms", "p95", Bands.of(500, 1000, 2000), "From the question until the context for the provider is ready"),
    BLUEPRINT_SEARCH("ms", "p95", Bands.of(100, 200, 500), "A blueprint found", "This version has no blueprints"),
    TASK_CREATION("ms", "p95", Bands.of(10, 50, 100), "A task made until it is durable", "This version has no tasks"),
    UI_RENDER("ms", "p95", Bands.of(16, 20, 33), "A frame of the interface", "The product drives no browser, and without one no frame is measured"),
    NETWORK_SYNC("s", "p50", Bands.of(30, 60, 120), "1,000 items brought to another machine", "This version has no network capability"),
    MEMORY_IDLE("MiB", "p95", Bands.limit(150), "Anonymous memory of an instance that is ready and does nothing"),
    MEMORY_ACTIVE("MiB", "p95", Bands.limit(500), "Anonymous memory while four pipelines run"),
    MEMORY_PEAK("MiB", "max", Bands.limit(2048), "The most anonymous memory of any instance in this run");

    static final String LOWER = "lower";
    static final String HIGHER = "higher";

    /**
     * Limits of a figure of which less is better. Between acceptable and needs tuning the guide leaves a gap: marginal.
     *
     * @param acceptable NaN where the guide names one limit only
     */
    record Bands(double target, double acceptable, double tuning) {

        static Bands of(double target, double acceptable, double tuning) {
            return new Bands(target, acceptable, tuning);
        }

        static Bands limit(double most) {
            return new Bands(most, Double.NaN, most);
        }

        String of(double figure) {
            return figure < target ? "target" : figure < acceptable ? "acceptable" : figure <= tuning ? figure <= target ? "target" : "marginal" : "needs tuning";
        }
    }

    private final String unit;
    private final String headline;
    private final Bands bands;
    private final String description;
    private final String missing;

    Rows(String unit, String headline, Bands bands, String description) {
        this(unit, headline, bands, description, null);
    }

    Rows(String unit, String headline, Bands bands, String description, String missing) {
        this.unit = unit;
        this.headline = headline;
        this.bands = bands;
        this.description = description;
        this.missing = missing;
    }

    /** As in the file. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @return null where there is no such row */
    static Rows of(String label) {
        return Arrays.stream(values()).filter(row -> row.label().equals(label)).findFirst().orElse(null);
    }

    String unit() {
        return unit;
    }

    /** Why this version cannot be measured by it; null where it can. */
    String missing() {
        return missing;
    }

    /** Null where the guide draws no bands. */
    Bands bands() {
        return bands;
    }

    private String better() {
        return unit.endsWith("/s") ? HIGHER : LOWER;
    }

    Measure measure() {
        return new Measure(label(), unit, description, missing);
    }

    Row notMeasured(String workload, String why) {
        return new Row(label(), unit, 0, null, null, null, null, null, null, workload, why, headline, better(), Map.of(), List.of());
    }

    /** @param samples at least one */
    Row measured(List<Double> samples, String workload, Map<String, Double> further) {
        Samples all = new Samples(samples);
        Row row = new Row(label(), unit, all.count(), all.at(0), all.at(0.5), all.at(0.95), all.at(0.99), all.at(1), null, workload, null, headline,
            better(), further, all.kept());
        return bands == null ? row : new Row(row.name(), row.unit(), row.n(), row.min(), row.p50(), row.p95(), row.p99(), row.max(),
            bands.of(row.figure()), row.workload(), null, row.headline(), row.better(), row.further(), row.samples());
    }
}
