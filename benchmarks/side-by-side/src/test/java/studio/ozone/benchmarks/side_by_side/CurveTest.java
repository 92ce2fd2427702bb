package studio.ozone.benchmarks.side_by_side;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.Test;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;

public final class CurveTest {

    /** Finds one more of ten for every 10 of ef, and says that a search costs ef microseconds. */
    private record Fake(int most) implements Searcher {

        @Override
        public String name() {
            return "fake";
        }

        @Override
        public int[][] round(int ef, Meter meter) {
            if (meter != null) {
                meter.add(ef * 1_000.0, ef * 1_000.0, new long[] {ef * 1_000L});
            }
            return new int[][] {IntStream.range(0, 10).map(place -> place < Math.min(most, ef / 10) ? place : 100 + place).toArray()};
        }

        @Override
        public void close() {
            // There is nothing.
        }
    }

    private static final int[][] TRUTH = {IntStream.range(0, 10).toArray()};

    @Test
    public void recallCountsEachPlaceOnce() {
        assertEquals(0.2, Curve.recall(new int[][] {{0, 0, 1, 50, 60}}, TRUTH), 1e-9);
        assertEquals(1, Curve.recall(TRUTH, TRUTH), 1e-9);
    }

    @Test
    public void theTruthIsTheTenNearestBestFirst() {
        float[][] vectors = new float[40][];
        for (int i = 0; i < vectors.length; i++) {
            double angle = (i * 7 % 40) / 40.0;
            vectors[i] = new float[] {(float) Math.cos(angle), (float) Math.sin(angle)};
        }
        List<Integer> wanted = new ArrayList<>();
        for (int step = 0; step < 10; step++) {
            for (int i = 0; i < 40; i++) {
                if (i * 7 % 40 == step) {
                    wanted.add(i);
                }
            }
        }
        int[][] truth = Curve.truth(vectors, new float[][] {{1, 0}});
        assertArrayEquals(wanted.stream().mapToInt(Integer::intValue).toArray(), truth[0]);
    }

    @Test
    public void theCostAtTheWantedRecallIsReadOffBetweenTwoPoints() throws Exception {
        Findings findings = new Findings();
        Curve.of(List.of(new Fake(10)), TRUTH, 2, Duration.ZERO).getFirst().rows("task", "fake", findings);
        Row at = findings.rows().getFirst();
        assertEquals("task at recall 0.98", at.what());
        // 0.8 at ef 80, all at ef 100: nine tenths of the way
        assertEquals(98, at.cpu(), 1e-6);
        assertEquals(100, at.p50(), 1e-6);
    }

    @Test
    public void anEngineThatNeverFindsEnoughHasNoFigure() throws Exception {
        Findings findings = new Findings();
        Curve.of(List.of(new Fake(9)), TRUTH, 1, Duration.ZERO).getFirst().rows("task", "fake", findings);
        Row at = findings.rows().getFirst();
        assertNull(at.cpu());
        assertNotNull(at.notMeasured());
    }
}
