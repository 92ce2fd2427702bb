package studio.ozone.benchmarks.side_by_side;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import studio.ozone.runtime.json.Json;

/** The results in a file of JSON, part by part, with a table in Markdown beside it. */
final class Report {

    private final Path file;
    private final String size;
    private final Map<String, Object> parts = new LinkedHashMap<>();

    Report(Options options) throws IOException {
        this.file = options.out();
        this.size = options.quick() ? "quick" : "normal";
        if (Files.exists(file) && Json.readObject(Files.readString(file)).get("parts") instanceof Map<?, ?> before) {
            before.forEach((name, part) -> parts.put(name.toString(), part));
        }
    }

    /** Whether the part was measured already, and at this size. */
    boolean has(String part) {
        return parts.get(part) instanceof Map<?, ?> map && size.equals(map.get("size"));
    }

    void add(String part, List<Row> rows) throws IOException {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("size", size);
        entry.put("processor", processor());
        entry.put("processors", Runtime.getRuntime().availableProcessors());
        entry.put("load_average", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        entry.put("jvm", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
        entry.put("arguments", ManagementFactory.getRuntimeMXBean().getInputArguments());
        entry.put("rows", rows.stream().map(Json::plain).toList());
        parts.put(part, entry);
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("schema", 1);
        all.put("parts", parts);
        Files.writeString(file, Json.pretty(all));
        Files.writeString(Path.of(file + ".md"), markdown());
    }

    private static String processor() throws IOException {
        Path info = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(info)) {
            return System.getProperty("os.arch");
        }
        try (Stream<String> lines = Files.lines(info)) {
            return lines.filter(line -> line.startsWith("model name")).findFirst().map(line -> line.replaceFirst("^[^:]*:\\s*", ""))
                    .orElse(System.getProperty("os.arch"));
        }
    }

    /** Ratios are of CPU time, ours to theirs: below 1 we are the faster. Where a task has several rows of ours, the first counts. */
    String markdown() {
        StringBuilder out = new StringBuilder();
        parts.forEach((name, part) -> {
            Map<?, ?> entry = (Map<?, ?>) part;
            out.append("### ").append(name).append("\n\nLoad average ").append(number(entry.get("load_average"))).append(" at the end, size ")
                    .append(entry.get("size")).append(".\n\n")
                    .append("| task | engine | CPU µs | ours / theirs | process µs | wall p50 | p95 | p99 | recall@10 | |\n")
                    .append("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
            List<Map<?, ?>> rows = new ArrayList<>();
            ((List<?>) entry.get("rows")).forEach(row -> rows.add((Map<?, ?>) row));
            for (Map<?, ?> row : rows) {
                Object ours = rows.stream().filter(each -> each.get("what").equals(row.get("what")) && Boolean.TRUE.equals(each.get("ours")))
                        .findFirst().map(each -> (Object) each.get("cpu")).orElse(null);
                boolean mine = Boolean.TRUE.equals(row.get("ours"));
                out.append("| ").append(row.get("what")).append(" | ").append(row.get("engine")).append(" | ").append(number(row.get("cpu")))
                        .append(" | ").append(mine || ours == null ? "" : number(((Number) ours).doubleValue()
                                / ((Number) row.get("cpu")).doubleValue()))
                        .append(" | ").append(number(row.get("process_cpu"))).append(" | ").append(number(row.get("p50"))).append(" | ")
                        .append(number(row.get("p95"))).append(" | ").append(number(row.get("p99"))).append(" | ")
                        .append(row.get("recall") == null ? "" : String.format(Locale.ROOT, "%.4f", ((Number) row.get("recall")).doubleValue()))
                        .append(" | ").append(row.get("note") == null ? "" : row.get("note")).append(" |\n");
            }
            out.append('\n');
        });
        return out.toString();
    }

    /** Three digits that count. */
    private static String number(Object value) {
        double number = ((Number) value).doubleValue();
        return number >= 100 ? String.format(Locale.ROOT, "%,.0f", number)
                : String.format(Locale.ROOT, number >= 10 ? "%.1f" : number >= 1 ? "%.2f" : "%.3f", number);
    }
}
