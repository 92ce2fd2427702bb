package studio.ozone.api.benchmark;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.osgi.annotation.versioning.ProviderType;

import studio.ozone.api.runtime.Progress;

/**
 * Measures this distribution: instances of their own, with a copy of the configuration and a temporary data home, are started, filled and used.
 * The user's data is neither read nor written. One run at a time; thread-safe; an interrupt cancels and leaves nothing behind.
 */
@ProviderType
public interface Benchmark {

    /** How many containers the temporary store has. */
    enum Dataset {
        SMALL(10_000), MEDIUM(100_000), LARGE(1_000_000);

        private final int containers;

        Dataset(int containers) {
            this.containers = containers;
        }

        public int containers() {
            return containers;
        }
    }

    /**
     * One thing that is measured.
     *
     * @param name as in the file
     * @param unit of the figures
     * @param description one sentence
     * @param missing why this product cannot be measured by it; null where it can
     */
    record Measure(String name, String unit, String description, String missing) { }

    /**
     * @param full more samples, longer waits, the larger store
     * @param only names of measures; empty for all
     * @param dataset null for the usual one: SMALL, and MEDIUM with {@code full}
     * @param output a file for the result, instead of one in the data home; null for none
     * @param compare {@code last} for the newest earlier result, of the same kind if there is one; or a result's path; null for no comparison
     */
    record Request(boolean full, Set<String> only, Dataset dataset, Path output, String compare) { }

    /**
     * One line of the result. Figures that nobody measured are null.
     *
     * @param n samples
     * @param band of the headline, as the tuning guide draws it: {@code target}, {@code acceptable}, {@code marginal}, {@code needs tuning}; null
     *     where the guide draws none
     * @param workload what was done, and in which state the machine and the caches were
     * @param notMeasured why there are no figures; null where there are
     * @param headline what the band is of and what a reader looks at first: {@code p50}, {@code p95} or {@code max}
     * @param better {@code lower} or {@code higher}
     * @param further figures beside these, for instance {@code recall_at_10}
     * @param samples all of them, or evenly chosen ones where there were very many
     */
    record Row(String name, String unit, int n, Double min, Double p50, Double p95, Double p99, Double max, String band, String workload,
            String notMeasured, String headline, String better, Map<String, Double> further, List<Double> samples) {

        /** The figure that the headline names; null where nothing was measured. */
        public Double figure() {
            return switch (headline) {
                case "p50" -> p50;
                case "max" -> max;
                default -> p95;
            };
        }
    }

    /**
     * The machine.
     *
     * @param cpu the processor's name
     * @param ramBytes -1 where the system does not tell
     * @param disk the kind of the disk below the data home and its file system, for instance {@code ssd, ext4}
     * @param loadBegin the load average of one minute when the run began; null where the system does not tell
     */
    record Host(String cpu, int cores, long ramBytes, String disk, String os, Double loadBegin, Double loadEnd) { }

    /**
     * A row beside an earlier one.
     *
     * @param before the median then; null where it was not measured
     * @param ratio now divided by before
     * @param verdict {@code same}, {@code better}, {@code worse}, or why they cannot be compared
     */
    record Compared(String name, String unit, Double before, Double now, Double ratio, String verdict) { }

    /**
     * @param file the earlier result
     * @param note what else differs between the runs, for instance the processor; null where nothing does
     */
    record Comparison(Path file, Instant time, String note, List<Compared> rows) { }

    /**
     * What the file holds.
     *
     * @param schema of this shape: 1
     * @param jvm name and version of the JVM, and the options that instances are started with
     * @param configHash SHA-256 of the effective configuration without secrets
     * @param mode {@code quick} or {@code full}
     * @param comparison null where none was asked for
     */
    record Report(int schema, Instant time, Host host, String jvm, String configHash, List<Row> rows, String version, String mode, String dataset,
            long tookMs, Comparison comparison) { }

    /**
     * @param file the result
     * @param page the same for a browser, with earlier runs
     */
    record Outcome(Report report, Path file, Path page) { }

    /** All that can be asked for, in the order of the result. */
    List<Measure> measures();

    /**
     * Measures, and writes file and page.
     *
     * @param progress the stage is a sentence, {@code done} of {@code total} its own units, the detail says which step of how many it is, and how
     *     long the rest may take
     * @throws BenchmarkException INVALID for an unknown measure, or a result to compare with that is missing or damaged: nothing was measured then
     */
    Outcome run(Request request, Progress progress) throws BenchmarkException, InterruptedException;
}
