package studio.ozone.benchmarks.side_by_side;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import studio.ozone.runtime.json.Json;

/** The results in a file of JSON, part by part, with tables in Markdown and charts beside it. */
final class Report {

    private static final String NOT_MEASURED = "not measured";

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

    void add(String part, Findings findings) throws IOException {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("size", size);
        entry.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        entry.put("processors", Runtime.getRuntime().availableProcessors());
        entry.put("architecture", System.getProperty("os.arch"));
        entry.put("java", System.getProperty("java.runtime.version"));
        entry.put("arguments", ManagementFactory.getRuntimeMXBean().getInputArguments());
        entry.put("rows", Json.plain(findings.rows()));
        entry.put("facts", Json.plain(findings.facts()));
        parts.put(part, entry);
        write();
    }

    /** What has been measured, and what was in the file before. */
    void write() throws IOException {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("schema", 2);
        all.put("goals", Json.plain(Goals.of(new Figures(parts))));
        all.put("parts", parts);
        Files.createDirectories(file.getParent());
        Files.writeString(file, Json.pretty(all) + "\n");
        Files.writeString(beside(".md"), markdown());
        String chart = new Chart(new Figures(parts).rows("knn")).svg();
        if (chart != null) {
            Files.writeString(beside("-knn.svg"), chart);
        }
    }

    private Path beside(String end) {
        return file.resolveSibling(file.getFileName().toString().replaceFirst("\\.json$", "") + end);
    }

    String markdown() {
        StringBuilder out = new StringBuilder("# Results\n\nTimes are microseconds of one operation. Ratios are ours to theirs: below 1 we are the ")
                .append("cheaper. \"load\" is the load average of the system while the row was measured: other work went on where it is above 1.\n\n")
                .append("## Goals\n\n| goal | measured | |\n| --- | --- | --- |\n");
        Figures figures = new Figures(parts);
        Goals.of(figures).forEach(goal -> out.append("| ").append(goal.wanted()).append(" | ").append(goal.measured()).append(" | ")
                .append(goal.met() == null ? NOT_MEASURED : goal.met() ? "met" : "**missed**").append(" |\n"));
        for (String part : Options.PARTS) {
            out.append("\n## ").append(part).append("\n\n");
            if (parts.get(part) instanceof Map<?, ?> entry) {
                out.append(entry.get("time")).append(", ").append(entry.get("processors")).append(" cores (").append(entry.get("architecture"))
                        .append("), Java ").append(entry.get("java")).append(", size ").append(entry.get("size")).append(".\n\n");
                table(figures.rows(part), out);
                facts(figures.facts(part), out);
            } else {
                out.append("Not measured: it was not asked for (`--only ").append(part).append("`).\n");
            }
        }
        return out.toString();
    }

    /** Where a task has several rows of ours, the first counts. */
    private static void table(List<Map<?, ?>> rows, StringBuilder out) {
        out.append("| task | engine | n | CPU | ours / theirs | process | p50 | ours / theirs | p95 | p99 | recall@10 | load | |\n")
                .append("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        for (Map<?, ?> row : rows) {
            Map<?, ?> ours = rows.stream().filter(each -> each.get("what").equals(row.get("what")) && Boolean.TRUE.equals(each.get("ours")))
                    .findFirst().orElse(Map.of());
            out.append("| ").append(row.get("what")).append(" | ").append(row.get("engine"));
            if (row.get("not_measured") != null) {
                out.append(" | ".repeat(11)).append(NOT_MEASURED).append(": ").append(row.get("not_measured")).append(" |\n");
                continue;
            }
            out.append(" | ").append(row.get("n")).append(" | ").append(number(row.get("cpu"))).append(" | ").append(ratio(ours, row, "cpu"))
                    .append(" | ").append(number(row.get("process_cpu"))).append(" | ").append(number(row.get("p50"))).append(" | ")
                    .append(ratio(ours, row, "p50")).append(" | ").append(number(row.get("p95"))).append(" | ").append(number(row.get("p99")))
                    .append(" | ").append(recall(row.get("recall"))).append(" | ").append(number(row.get("load"))).append(" | ")
                    .append(row.get("note") == null ? "" : row.get("note")).append(" |\n");
        }
    }

    private static String recall(Object recall) {
        return recall instanceof Number number ? String.format(Locale.ROOT, "%.4f", number.doubleValue()) : "";
    }

    private static String ratio(Map<?, ?> ours, Map<?, ?> row, String key) {
        return Boolean.TRUE.equals(row.get("ours")) || !(ours.get(key) instanceof Number mine) ? ""
                : number(mine.doubleValue() / ((Number) row.get(key)).doubleValue());
    }

    private static void facts(List<Map<?, ?>> facts, StringBuilder out) {
        out.append("\n| on the way | engine | | load |\n| --- | --- | --- | --- |\n");
        for (Map<?, ?> fact : facts) {
            out.append("| ").append(fact.get("what")).append(" | ").append(fact.get("engine") == null ? "" : fact.get("engine")).append(" | ")
                    .append(number(fact.get("value"))).append(' ').append(fact.get("unit")).append(" | ").append(number(fact.get("load")))
                    .append(" |\n");
        }
    }

    /** Three digits that count. */
    static String number(Object value) {
        double number = ((Number) value).doubleValue();
        return number >= 100 || number == Math.rint(number) ? String.format(Locale.ROOT, "%,.0f", number)
                : String.format(Locale.ROOT, number >= 10 ? "%.1f" : number >= 1 ? "%.2f" : "%.3f", number);
    }
}
