package studio.ozone.benchmarks.side_by_side;

import java.util.stream.LongStream;

import org.junit.Test;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;

public final class MeterTest {

    @Test
    public void aPercentileIsTheNearestRank() {
        Meter meter = new Meter();
        meter.add(1_000, 2_000, LongStream.rangeClosed(1, 100).map(each -> 1_000 * (101 - each)).toArray());
        assertEquals(50, meter.percentile(0.5), 0);
        assertEquals(95, meter.percentile(0.95), 0);
        assertEquals(99, meter.percentile(0.99), 0);
        assertEquals(100, meter.percentile(1), 0);
        assertEquals(100, meter.operations());
    }

    @Test
    public void oneOperationIsEveryPercentile() {
        Meter meter = new Meter();
        meter.add(1, 1, new long[] {7_000});
        assertEquals(7, meter.percentile(0.01), 0);
        assertEquals(7, meter.percentile(0.99), 0);
    }

    @Test
    public void cpuTimeIsTheMedianOfTheRounds() {
        Meter meter = new Meter();
        for (double round : new double[] {9_000_000, 1_000, 3_000, 2_000}) {
            meter.add(round, 2 * round, new long[] {1});
        }
        assertEquals(2.5, meter.cpuMicros(), 1e-9);
        assertEquals(5, meter.processMicros(), 1e-9);
    }

    @Test
    public void aRoundHandsOnTheAnswersAndCountsTheWork() throws Exception {
        Meter meter = new Meter();
        Object[] answers = meter.round(3, number -> {
            long until = System.nanoTime() + 5_000_000;
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            return number;
        });
        assertArrayEquals(new Object[] {0, 1, 2}, answers);
        assertEquals(3, meter.operations());
        assertEquals(true, meter.percentile(0.01) >= 5_000);
        assertEquals(true, meter.cpuMicros() > 0);
    }
}
