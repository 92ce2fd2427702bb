package studio.ozone.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.benchmark.Benchmark.Report;
import studio.ozone.api.benchmark.BenchmarkException;
import studio.ozone.runtime.files.DurableFile;
import studio.ozone.runtime.json.Json;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** The file: its shape, that it is whole or not there, and that a damaged one is refused by name. */
public class ResultsTest {

    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    private Path folder;
    private Results results;

    @Before
    public void folder() {
        folder = temporary.getRoot().toPath().resolve("benchmarks");
        results = new Results(folder);
    }

    private static Report report() {
        return Reports.of(Reports.TIME, Reports.row(Rows.STARTUP, 2500), Rows.INGEST.measured(List.of(1.5), "w", Map.of("files", 3.0)),
            Rows.UI_RENDER.notMeasured(null, "no browser"));
    }

    /** Names and kinds of every field that others may rely on, and no field beside them. */
    @Test
    public void theShapeIsTheDocumentedOne() throws IOException {
        Map<String, Object> file = Json.readObject(Json.pretty(report()));
        assertEquals(List.of("schema", "time", "host", "jvm", "config_hash", "rows", "version", "mode", "dataset", "took_ms", "comparison"), List.copyOf(file.keySet()));
        assertEquals(1, file.get("schema"));
        assertEquals("2026-01-02T03:04:05Z", file.get("time"));
        Map<?, ?> host = (Map<?, ?>) file.get("host");
        assertEquals(List.of("cpu", "cores", "ram_bytes", "disk", "os", "load_begin", "load_end"), List.copyOf(host.keySet()));
        List<String> figures = List.of("min", "p50", "p95", "p99", "max");
        for (Object each : (List<?>) file.get("rows")) {
            Map<?, ?> row = (Map<?, ?>) each;
            assertEquals(List.of("name", "unit", "n", "min", "p50", "p95", "p99", "max", "band", "workload", "not_measured", "headline", "better", "further", "samples"),
                List.copyOf(row.keySet()));
            assertTrue(row.get("name") instanceof String && row.get("unit") instanceof String && row.get("n") instanceof Integer);
            boolean measured = row.get("not_measured") == null;
            figures.forEach(figure -> assertEquals(figure, measured, row.get(figure) instanceof Number));
            assertEquals(measured, row.get("workload") instanceof String);
            assertTrue(row.get("band") == null || Set.of("target", "acceptable", "marginal", "needs tuning").contains(row.get("band")));
        }
    }

    @Test
    public void whatIsWrittenIsReadBack() throws Exception {
        Path file = results.file(Reports.TIME);
        assertEquals("benchmark_20260102T030405Z.json", file.getFileName().toString());
        assertEquals(folder.resolve("benchmark_20260102T030405Z.html"), Results.page(file));
        DurableFile.write(file, Json.pretty(report()));
        assertEquals(report(), Results.read(file));
        assertEquals(List.of(file), results.earlier().stream().map(Results.Kept::file).toList());
        try (var left = Files.list(folder)) {
            assertEquals("nothing is left aside", 1, left.count());
        }
    }

    @Test
    public void theLastIsTheNewestAndNothingElse() throws Exception {
        assertTrue(assertThrows(BenchmarkException.class, () -> results.find("last", "quick", "small")).getMessage().contains("no earlier result in " + folder));
        DurableFile.write(results.file(Reports.TIME), Json.pretty(report()));
        Path newest = results.file(Reports.TIME.plusSeconds(3600));
        DurableFile.write(newest, Json.pretty(report()));
        Files.writeString(folder.resolve("zzz.json"), "{}");
        assertEquals(newest, results.find("last", "quick", "small").file());
        Path other = results.file(Reports.TIME.plusSeconds(7200));
        DurableFile.write(other, Json.pretty(report()).replace("\"quick\"", "\"full\""));
        assertEquals("of the same kind", newest, results.find("last", "quick", "small").file());
        assertEquals(other, results.find("last", "full", "small").file());
        assertEquals("or else of any", other, results.find("last", "full", "large").file());
    }

    @Test
    public void aDamagedFileIsNamed() throws Exception {
        Path file = temporary.newFile("bad.json").toPath();
        String good = Json.pretty(report());
        for (String bad : List.of("", "[]", "{", good.substring(0, good.length() / 2), good.replace("\"schema\" : 1", "\"schema\" : 2"), good.replace("\"min\"", "\"mim\""),
                good.replace("\"host\"", "\"guest\""), good.replace("\"samples\" : [ ", "\"samples\" : [ \"x\", "), good.replace("2026-01-02", "yesterday"))) {
            assertFalse("the damage is one", bad.equals(good));
            Files.writeString(file, bad);
            BenchmarkException refused = assertThrows(bad, BenchmarkException.class, () -> results.find(file.toString(), "quick", "small"));
            assertEquals(BenchmarkException.Code.INVALID, refused.code());
            assertTrue(refused.getMessage(), refused.getMessage().startsWith(file + " is no result"));
        }
        assertTrue(assertThrows(BenchmarkException.class, () -> results.find("/no/such", "quick", "small")).getMessage().contains("there is no such file"));
    }

    @Test
    public void aDamagedFileBesideItIsLeftOutOfTheHistory() throws Exception {
        DurableFile.write(results.file(Reports.TIME), "{");
        DurableFile.write(results.file(Reports.TIME.plusSeconds(1)), Json.pretty(report()));
        assertEquals(1, results.earlier().size());
    }
}
