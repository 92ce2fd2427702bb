package studio.ozone.benchmark;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.Test;

import studio.ozone.api.benchmark.Benchmark.Compared;
import studio.ozone.api.benchmark.Benchmark.Comparison;
import studio.ozone.api.benchmark.Benchmark.Host;
import studio.ozone.api.benchmark.Benchmark.Report;
import studio.ozone.api.benchmark.Benchmark.Row;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

/** When a row is worse, and when it only looks so. */
public class ComparingTest {

    private static Compared compare(Row before, Row now) {
        return whole(Reports.of(Reports.TIME, before), Reports.of(Reports.TIME.plusSeconds(60), now)).rows().getFirst();
    }

    private static Comparison whole(Report before, Report now) {
        return Comparing.of(Path.of("old.json"), before, now);
    }

    @Test
    public void aTenthIsAllowed() {
        assertEquals("same", compare(Reports.row(Rows.PROMPT, 100), Reports.row(Rows.PROMPT, 108)).verdict());
        Compared worse = compare(Reports.row(Rows.PROMPT, 100), Reports.row(Rows.PROMPT, 120));
        assertEquals("worse", worse.verdict());
        assertEquals(1.2, worse.ratio(), 0.001);
        assertEquals("better", compare(Reports.row(Rows.PROMPT, 100), Reports.row(Rows.PROMPT, 80)).verdict());
    }

    @Test
    public void moreIsBetterForARate() {
        assertEquals("better", compare(Reports.row(Rows.INGEST, 100), Reports.row(Rows.INGEST, 120)).verdict());
        assertEquals("worse", compare(Reports.row(Rows.INGEST, 100), Reports.row(Rows.INGEST, 80)).verdict());
    }

    @Test
    public void whatScattersThatMuchHasNotChanged() {
        Row before = Rows.STARTUP.measured(List.of(2000.0, 2600.0, 3100.0), "w", Map.of());
        Row now = Rows.STARTUP.measured(List.of(2500.0, 3000.0, 3300.0), "w", Map.of());
        assertEquals("same", compare(before, now).verdict());
        Row apart = Rows.STARTUP.measured(List.of(3200.0, 3300.0, 3400.0), "w", Map.of());
        assertEquals("worse", compare(before, apart).verdict());
    }

    @Test
    public void whatIsMissingOnOneSideIsNoRegression() {
        Compared gone = compare(Reports.row(Rows.PROMPT, 100), Rows.PROMPT.notMeasured(null, "off"));
        assertEquals("not measured now", gone.verdict());
        assertNull(gone.ratio());
        assertEquals("not measured then", compare(Rows.PROMPT.notMeasured(null, "off"), Reports.row(Rows.PROMPT, 100)).verdict());
        assertEquals("not measured then", compare(Reports.row(Rows.STARTUP, 1), Reports.row(Rows.PROMPT, 100)).verdict());
    }

    @Test
    public void otherWorkloadsAreNotJudgedAndOtherMachinesAreNamed() {
        Report before = Reports.of(Reports.TIME, Reports.row(Rows.PROMPT, 100));
        Report now = new Report(1, Reports.TIME, new Host("Another", 8, 1, "d", "o", null, null), "A JVM", "11", List.of(Reports.row(Rows.PROMPT, 900)), "1.0", "full", "medium", 1, null);
        Comparison comparison = whole(before, now);
        assertEquals("another workload", comparison.rows().getFirst().verdict());
        assertFalse(Comparing.regressed(comparison));
        assertTrue(comparison.note(), comparison.note().contains("another processor (A processor, 2 cores)") && comparison.note().contains("another configuration"));
        assertNull(whole(before, before).note());
    }
}
