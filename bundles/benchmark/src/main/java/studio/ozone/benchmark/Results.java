package studio.ozone.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.benchmark.Benchmark.Host;
import studio.ozone.api.benchmark.Benchmark.Report;
import studio.ozone.api.benchmark.Benchmark.Row;
import studio.ozone.api.benchmark.BenchmarkException;
import studio.ozone.api.benchmark.BenchmarkException.Code;
import studio.ozone.runtime.json.Json;

/** The files of results ({@code docs/formats/benchmark.md}): writes them whole or not at all, and reads them back, believing nothing. */
final class Results {

    static final int SCHEMA = 1;
    private static final Logger LOG = LoggerFactory.getLogger(Results.class);
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final String NAME = "benchmark_";
    private static final String JSON = ".json";
    private static final String LAST = "last";
    private static final long MOST_BYTES = 16 << 20;

    /** A result with its file. */
    record Kept(Path file, Report report) { }

    private final Path folder;

    /** @param folder made when the first result is written */
    Results(Path folder) {
        this.folder = folder;
    }

    Path file(Instant time) {
        return folder.resolve(NAME + STAMP.format(time) + JSON);
    }

    /** What a browser shows of a result lies beside it. */
    static Path page(Path file) {
        String name = file.getFileName().toString();
        return file.resolveSibling((name.endsWith(JSON) ? name.substring(0, name.length() - JSON.length()) : name) + ".html");
    }

    /** Those of the data home that can be read, the oldest first; one that cannot is left out. */
    List<Kept> earlier() throws IOException {
        List<Kept> all = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return all;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Results::named).sorted(Comparator.comparing(Path::getFileName)).toList()) {
                try {
                    all.add(new Kept(file, read(file)));
                } catch (BenchmarkException e) {
                    LOG.debug("{}", e.getMessage());
                }
            }
        }
        return all;
    }

    private static boolean named(Path file) {
        return file.getFileName().toString().matches(NAME + "\\d{8}T\\d{6}Z\\.json") && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * The result that is compared with.
     *
     * @param what {@code last} for the newest of the same mode and data set, or else the newest of all; or a path
     * @throws BenchmarkException INVALID if there is none, or it is damaged; names it
     */
    Kept find(String what, String mode, String dataset) throws BenchmarkException, IOException {
        if (!what.equals(LAST)) {
            return new Kept(Path.of(what), read(Path.of(what)));
        }
        List<Path> newest = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                newest.addAll(files.filter(Results::named).sorted(Comparator.comparing(Path::getFileName).reversed()).toList());
            }
        }
        if (newest.isEmpty()) {
            throw new BenchmarkException(Code.INVALID, "There is no earlier result in " + folder + " to compare with");
        }
        Kept last = new Kept(newest.getFirst(), read(newest.getFirst()));
        return earlier().reversed().stream().filter(each -> each.report().mode().equals(mode) && each.report().dataset().equals(dataset)).findFirst().orElse(last);
    }

    /** @throws BenchmarkException INVALID if it is not there or not of this form */
    static Report read(Path file) throws BenchmarkException {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new IOException("it is larger than " + MOST_BYTES + " bytes");
            }
            return report(Json.readObject(Files.readString(file)));
        } catch (IOException | RuntimeException e) {
            throw new BenchmarkException(Code.INVALID, file + " is no result of a benchmark that can be read: " + (Files.exists(file) ? Instance.clean(String.valueOf(e.getMessage()))
                : "there is no such file"), e);
        }
    }

    private static Report report(Map<String, Object> from) {
        int schema = number(from, "schema").intValue();
        if (schema != SCHEMA) {
            throw new IllegalArgumentException("its schema is " + schema + ", and " + SCHEMA + " is read");
        }
        Map<String, Object> host = object(from.get("host"), "host");
        List<Row> rows = new ArrayList<>();
        for (Object row : (List<?>) must(from, "rows")) {
            rows.add(row(object(row, "rows")));
        }
        return new Report(schema, Instant.parse(text(from, "time")), new Host(text(host, "cpu"), number(host, "cores").intValue(), number(host, "ram_bytes").longValue(),
            text(host, "disk"), text(host, "os"), decimal(host, "load_begin"), decimal(host, "load_end")), text(from, "jvm"), text(from, "config_hash"), rows,
            text(from, "version"), text(from, "mode"), text(from, "dataset"), number(from, "took_ms").longValue(), null);
    }

    private static Row row(Map<String, Object> from) {
        List<Double> samples = new ArrayList<>();
        for (Object sample : from.get("samples") instanceof List<?> list ? list : List.of()) {
            samples.add(((Number) sample).doubleValue());
        }
        Map<String, Double> further = new LinkedHashMap<>();
        if (from.get("further") instanceof Map<?, ?> map) {
            map.forEach((name, value) -> further.put(String.valueOf(name), ((Number) value).doubleValue()));
        }
        if (number(from, "n").intValue() > 0) {
            List.of("min", "p50", "p95", "p99", "max").forEach(figure -> must(from, figure));
        }
        return new Row(text(from, "name"), text(from, "unit"), number(from, "n").intValue(), decimal(from, "min"), decimal(from, "p50"), decimal(from, "p95"),
            decimal(from, "p99"), decimal(from, "max"), (String) from.get("band"), (String) from.get("workload"), (String) from.get("not_measured"),
            from.get("headline") instanceof String headline ? headline : "p95", from.get("better") instanceof String better ? better : Rows.LOWER, further, samples);
    }

    private static Map<String, Object> object(Object value, String name) {
        if (!(value instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException(name + " is no object");
        }
        Map<String, Object> object = new LinkedHashMap<>();
        map.forEach((key, entry) -> object.put(String.valueOf(key), entry));
        return object;
    }

    private static Object must(Map<String, Object> from, String name) {
        if (from.get(name) == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return from.get(name);
    }

    private static String text(Map<String, Object> from, String name) {
        return (String) must(from, name);
    }

    private static Number number(Map<String, Object> from, String name) {
        return (Number) must(from, name);
    }

    private static Double decimal(Map<String, Object> from, String name) {
        return from.get(name) == null ? null : ((Number) from.get(name)).doubleValue();
    }
}
