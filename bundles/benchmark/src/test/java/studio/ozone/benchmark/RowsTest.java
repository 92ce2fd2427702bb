package studio.ozone.benchmark;

import java.util.List;
import java.util.Map;

import org.junit.Test;

import studio.ozone.api.benchmark.Benchmark.Row;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;

/** Bands as the guide's tables draw them, and which figure they are of. */
public class RowsTest {

    private static String band(Rows row, double figure) {
        return row.bands().of(figure);
    }

    @Test
    public void startUpHasFourBands() {
        assertEquals("target", band(Rows.STARTUP, 2999));
        assertEquals("acceptable", band(Rows.STARTUP, 3000));
        assertEquals("acceptable", band(Rows.STARTUP, 4999));
        assertEquals("the guide leaves a gap here", "marginal", band(Rows.STARTUP, 5000));
        assertEquals("marginal", band(Rows.STARTUP, 10_000));
        assertEquals("needs tuning", band(Rows.STARTUP, 10_001));
    }

    @Test
    public void memoryHasOneLimit() {
        assertEquals("target", band(Rows.MEMORY_IDLE, 149.9));
        assertEquals("target", band(Rows.MEMORY_IDLE, 150));
        assertEquals("needs tuning", band(Rows.MEMORY_IDLE, 150.1));
    }

    @Test
    public void theBandIsOfTheHeadline() {
        List<Double> samples = List.of(1000.0, 2000.0, 20_000.0);
        assertEquals("the median of starts", "target", Rows.STARTUP.measured(samples, "w", Map.of()).band());
        assertEquals("the most of the peak", "needs tuning", Rows.MEMORY_PEAK.measured(samples, "w", Map.of()).band());
        Row prompt = Rows.PROMPT.measured(samples, "w", Map.of());
        assertEquals("p95 of all else", prompt.p95(), prompt.figure());
        assertEquals("needs tuning", prompt.band());
        assertNull("the guide says nothing of it", Rows.INGEST.measured(samples, "w", Map.of()).band());
    }

    @Test
    public void whatIsNotMeasuredHasAReasonAndNoFigures() {
        for (Rows row : Rows.values()) {
            assertEquals(row, Rows.of(row.label()));
            if (row.missing() != null) {
                Row absent = row.notMeasured(null, row.missing());
                assertNotNull(absent.notMeasured());
                assertNull(absent.figure());
                assertNull(absent.band());
                assertEquals(0, absent.n());
            }
        }
        assertEquals("higher", Rows.INGEST.notMeasured(null, "x").better());
        assertEquals("lower", Rows.NETWORK_SYNC.notMeasured(null, "x").better());
        assertNull(Rows.of("none"));
    }
}
