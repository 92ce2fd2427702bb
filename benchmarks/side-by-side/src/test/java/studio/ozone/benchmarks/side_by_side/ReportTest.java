package studio.ozone.benchmarks.side_by_side;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.runtime.json.Json;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

public final class ReportTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private Report report(Path out, String... more) throws Exception {
        String[] args = new String[more.length + 2];
        args[0] = "--out";
        args[1] = out.toString();
        System.arraycopy(more, 0, args, 2, more.length);
        return new Report(Options.of(args));
    }

    private static Row row(String what, String engine, boolean ours, double micros) {
        Meter meter = new Meter();
        meter.add(micros * 1_000, micros * 1_000, new long[] {(long) (micros * 1_000)});
        return Row.of(what, engine, ours, meter, null, null);
    }

    private static Findings walks(double ours, double neo) {
        Findings findings = new Findings();
        findings.row(row("walk of 100 nodes", "Ozone Studio", true, ours));
        findings.row(row("walk of 100 nodes", "Neo4j embedded", false, neo));
        findings.row(Row.absent("walk of 100 nodes", "Another", false, "it is not there"));
        return findings;
    }

    private static Goal goal(Path out, String part) throws Exception {
        Object parts = Json.readObject(Files.readString(out)).get("parts");
        @SuppressWarnings("unchecked")
        List<Goal> goals = Goals.of(new Figures((Map<String, Object>) parts));
        return goals.stream().filter(each -> each.wanted().contains(part)).findFirst().orElseThrow();
    }

    @Test
    public void goalsAreMetMissedOrNotMeasured() throws Exception {
        Path out = folder.getRoot().toPath().resolve("new/out.json");
        report(out).add("traversal", walks(20, 100));
        assertEquals(Boolean.FALSE, goal(out, "JDK's classes: p50").met());
        assertTrue(goal(out, "JDK's classes: p50").measured().contains("factor of 2"));
        assertEquals(5, goal(out, "JDK's classes: at least 10 times").value(), 1e-9);
        assertEquals(Boolean.TRUE, goal(out, "JDK's classes: p95").met());
        assertEquals(null, goal(out, "at most twice").met());
        String markdown = Files.readString(out.resolveSibling("out.md"));
        assertTrue(markdown, markdown.contains("| walk of 100 nodes | Neo4j embedded | 1 | 100 | 0.200 |"));
        assertTrue(markdown, markdown.contains("not measured: it is not there"));
        assertTrue(markdown, markdown.contains("**missed**"));
    }

    @Test
    public void aQuickRunSaysNothingAboutGoals() throws Exception {
        Path out = folder.getRoot().toPath().resolve("out.json");
        report(out, "--quick").add("traversal", walks(1, 100));
        assertEquals(null, goal(out, "JDK's classes: p50").met());
    }

    @Test
    public void aPartThatIsMeasuredAgainTakesThePlaceOfTheOldOneAndTheOthersStay() throws Exception {
        Path out = folder.getRoot().toPath().resolve("out.json");
        report(out).add("traversal", walks(5, 100));
        report(out).add("store", new Findings());
        Report again = report(out);
        assertTrue(again.has("traversal"));
        assertTrue(again.has("store"));
        assertFalse(again.has("knn"));
        assertFalse(report(out, "--quick").has("traversal"));
        again.add("traversal", walks(8, 100));
        assertEquals(8, goal(out, "JDK's classes: p50").value(), 1e-9);
    }

    @Test
    public void aCurveIsDrawn() throws Exception {
        Path out = folder.getRoot().toPath().resolve("out.json");
        Findings findings = new Findings();
        for (double recall : new double[] {0.9, 0.95, 0.99}) {
            Meter meter = new Meter();
            meter.add(recall * 1e5, 1e5, new long[] {1});
            findings.row(Row.of("10 nearest of 10, ef 10", "Ozone Studio", true, meter, recall, null));
        }
        report(out).add("knn", findings);
        String svg = Files.readString(out.resolveSibling("out-knn.svg"));
        assertTrue(svg, svg.contains("<polyline") && svg.endsWith("</svg>\n") && !svg.contains("NaN"));
    }
}
