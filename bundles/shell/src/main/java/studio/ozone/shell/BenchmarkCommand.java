package studio.ozone.shell;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.CommandException;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.apache.karaf.shell.support.completers.StringsCompleter;

import studio.ozone.api.benchmark.Benchmark;
import studio.ozone.api.benchmark.Benchmark.Compared;
import studio.ozone.api.benchmark.Benchmark.Comparison;
import studio.ozone.api.benchmark.Benchmark.Row;
import studio.ozone.api.runtime.Progress;

@Service
@Command(scope = "ozone", name = "benchmark", description = "Measures this distribution with your configuration, on a temporary store; your own data is neither read nor written.\n"
        + "Examples: ozone-core benchmark   ozone-core benchmark --full --compare last   ozone-core benchmark --only startup,ingest\n"
        + "Result and chart page lie in benchmarks/ of the data home. Exit code 5 with --strict if a figure is worse than acceptable, or worse than the one compared with.")
public final class BenchmarkCommand extends OzoneCommand {

    static final Integer BREACHED = 5;
    private static final String CAPABILITY = "benchmark";
    private static final String LAST = "last";
    private static final Set<String> BREACHES = Set.of("marginal", "needs tuning");
    private static final List<String> OPENERS = List.of("xdg-open", "open", "wslview");

    @Option(name = "--full", description = "More samples, longer waits, 100,000 containers; some minutes")
    boolean full;

    @Option(name = "--only", description = "Measure only these, separated by commas; --list names them", multiValued = true)
    List<String> only;

    @Option(name = "--dataset", description = "Containers in the temporary store: small (10,000), medium (100,000), large (1,000,000)")
    @Completion(Datasets.class)
    String dataset;

    @Option(name = "--compare", description = "Hold the result against an earlier one: its file, or last")
    @Completion(FileCompleter.class)
    String compare;

    @Option(name = "--strict", description = "Exit code 5 if a figure is worse than acceptable, or has become worse")
    boolean strict;

    @Option(name = "--output", description = "Write the result to this file instead")
    @Completion(FileCompleter.class)
    String output;

    @Option(name = "--open", description = "Open the chart page in a browser")
    boolean open;

    @Option(name = "--no-open", description = "Do not, as is usual")
    boolean closed;

    @Option(name = "--list", description = "Say what can be measured, and measure nothing")
    boolean list;

    /** The sizes, for completion. */
    @Service
    public static final class Datasets extends StringsCompleter {
        public Datasets() {
            super(Arrays.stream(Benchmark.Dataset.values()).map(each -> each.name().toLowerCase(Locale.ROOT)).toList());
        }
    }

    @Override
    Object run() throws Exception {
        if (list) {
            List<Benchmark.Measure> measures = with(Benchmark.class, CAPABILITY, Benchmark::measures);
            list(measures);
            return null;
        }
        if (open && closed) {
            throw new CommandException("--open and --no-open exclude each other");
        }
        Benchmark.Request request = new Benchmark.Request(full, only(), dataset(), output == null ? null : path(output),
            compare == null || compare.equals(LAST) ? compare : path(compare).toString());
        Benchmark.Outcome outcome;
        try (Steps steps = new Steps()) {
            outcome = with(Benchmark.class, CAPABILITY, benchmark -> benchmark.run(request, steps));
        }
        if (json) {
            print(outcome.report());
        } else {
            show(outcome);
        }
        if (open) {
            open(outcome.page());
        }
        return strict && breached(outcome.report()) ? BREACHED : null;
    }

    private Set<String> only() throws CommandException {
        Set<String> names = new LinkedHashSet<>();
        for (String some : only == null ? List.<String>of() : only) {
            for (String name : some.split(",")) {
                if (!name.isBlank()) {
                    names.add(name.strip().toLowerCase(Locale.ROOT));
                }
            }
        }
        if (only != null && names.isEmpty()) {
            throw new CommandException("--only names nothing; ozone-core benchmark --list says what there is");
        }
        return names;
    }

    private Benchmark.Dataset dataset() throws CommandException {
        if (dataset == null) {
            return null;
        }
        try {
            return Benchmark.Dataset.valueOf(dataset.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new CommandException("--dataset is small, medium or large, not '" + Style.line(dataset) + "'");
        }
    }

    private void list(List<Benchmark.Measure> measures) {
        if (json) {
            print(measures);
            return;
        }
        Table table = new Table("NAME", "UNIT", "WHAT");
        measures.forEach(measure -> table.row(measure.name(), measure.unit(), measure.description() + (measure.missing() == null ? "" : " (" + measure.missing() + ")")));
        print(table);
    }

    /** A band that is no longer acceptable, or a row that has become worse. */
    static boolean breached(Benchmark.Report report) {
        return report.rows().stream().anyMatch(row -> row.band() != null && BREACHES.contains(row.band()))
            || report.comparison() != null && report.comparison().rows().stream().anyMatch(row -> row.verdict().equals("worse"));
    }

    private void show(Benchmark.Outcome outcome) {
        Benchmark.Report report = outcome.report();
        Table table = new Table("NAME", "MEDIAN", "P95", "UNIT", "N", "BAND").right(1, 2, 4);
        for (Row row : report.rows()) {
            if (row.notMeasured() == null) {
                table.row(row.name(), figure(row.p50()), figure(row.p95()), row.unit(), row.n(), row.band() == null ? "" : band(row.band()) + of(row));
            }
        }
        print(table);
        if (quiet) {
            return;
        }
        report.rows().stream().filter(row -> row.notMeasured() != null).forEach(row ->
            out().println(style().dim(row.name() + "  not measured: " + Style.line(row.notMeasured()))));
        report.rows().forEach(this::further);
        if (report.comparison() != null) {
            compared(report.comparison());
        }
        Benchmark.Host host = report.host();
        out().printf("%s, %d cores · %s data set, %s · load average %s before, %s after · %s%n", Style.line(host.cpu()), host.cores(), report.dataset(), report.mode(),
            figure(host.loadBegin()), figure(host.loadEnd()), Style.millis(report.tookMs()));
        out().println("result " + Style.line(outcome.file().toString()));
        out().println("page   " + Style.line(outcome.page().toUri().toString()));
    }

    private void further(Row row) {
        Map<String, String> told = new TreeMap<>();
        row.further().forEach((name, value) -> told.put(name.replace('_', ' '), figure(value)));
        if (!told.isEmpty()) {
            out().println(style().dim(row.name() + "  " + String.join(", ", told.entrySet().stream().map(one -> one.getKey() + " " + one.getValue()).toList())));
        }
    }

    private static String of(Row row) {
        return switch (row.headline()) {
            case "p50" -> " (median)";
            case "max" -> " (most: " + figure(row.max()) + ")";
            default -> "";
        };
    }

    private String band(String band) {
        return switch (band) {
            case "target", "acceptable" -> style().good(band);
            case "marginal" -> style().warn(band);
            default -> style().bad(band);
        };
    }

    private void compared(Comparison comparison) {
        out().println();
        out().println("Beside " + Style.line(comparison.file().toString()) + ", " + comparison.time());
        if (comparison.note() != null) {
            out().println(style().warn(Style.line(comparison.note())));
        }
        Table table = new Table("MEDIAN OF", "THEN", "NOW", "UNIT", "RATIO", "").right(1, 2, 4);
        for (Compared row : comparison.rows()) {
            if (row.ratio() != null) {
                String verdict = switch (row.verdict()) {
                    case "better" -> style().good("better");
                    case "worse" -> style().bad("worse");
                    default -> row.verdict();
                };
                table.row(row.name(), figure(row.before()), figure(row.now()), row.unit(), String.format(Locale.ROOT, "%.2f", row.ratio()), verdict);
            }
        }
        print(table);
        out().println();
    }

    /** Three digits that count. */
    private static String figure(Double value) {
        if (value == null) {
            return "-";
        }
        double size = Math.abs(value);
        return value == Math.rint(value) ? String.format(Locale.ROOT, "%,.0f", value)
            : String.format(Locale.ROOT, size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : size >= 0.1 ? "%.3f" : "%.4f", value);
    }

    /** On the machine that the instance runs on, which is the user's. */
    private void open(Path page) {
        for (String opener : OPENERS) {
            try {
                new ProcessBuilder(opener, page.toString()).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
                return;
            } catch (IOException e) {
                // The next one may be there.
            }
        }
        out().println("No browser was found to open it.");
    }

    /** One line of a terminal: which step, how far, how long it may still take. */
    private final class Steps implements Progress, AutoCloseable {

        private static final String WIPE = "\r\u001b[K";
        private final int columns = json || quiet ? 0 : columns();

        @Override
        public void report(String stage, long done, long total, String detail) {
            if (columns > 0) {
                String line = detail + "  " + stage + (total > 0 ? String.format(Locale.ROOT, " %,d/%,d", done, total) : "");
                out().print(WIPE + (line.length() < columns ? line : line.substring(0, columns - 1)));
                out().flush();
            }
        }

        @Override
        public void close() {
            if (columns > 0) {
                out().print(WIPE);
                out().flush();
            }
        }
    }
}
