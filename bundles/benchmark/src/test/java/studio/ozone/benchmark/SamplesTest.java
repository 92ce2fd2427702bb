package studio.ozone.benchmark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import org.junit.Test;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** Percentiles, by hand and against another way of counting. */
public class SamplesTest {

    private static List<Double> upTo(int n) {
        List<Double> all = new ArrayList<>(IntStream.rangeClosed(1, n).mapToObj(i -> (double) i).toList());
        Collections.shuffle(all, new Random(n));
        return all;
    }

    @Test
    public void percentilesAreTheNearestRank() {
        Samples hundred = new Samples(upTo(100));
        assertEquals(1, hundred.at(0), 0);
        assertEquals("the mean of the middle two", 50.5, hundred.at(0.5), 0);
        assertEquals(95, hundred.at(0.95), 0);
        assertEquals(99, hundred.at(0.99), 0);
        assertEquals(100, hundred.at(1), 0);
        assertEquals(3, new Samples(upTo(5)).at(0.5), 0);
        assertEquals(5, new Samples(upTo(5)).at(0.95), 0);
        assertEquals(7, new Samples(List.of(7.0)).at(0.99), 0);
    }

    @Test
    public void soManySamplesAreNotAboveAPercentile() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            List<Double> values = random.doubles(1 + random.nextInt(300), 1, 2).boxed().toList();
            Samples samples = new Samples(values);
            for (double share : new double[] {0.25, 0.95, 0.99}) {
                double at = samples.at(share);
                long within = values.stream().filter(value -> Samples.round(value) <= at).count();
                long below = values.stream().filter(value -> Samples.round(value) < at).count();
                assertTrue("seed " + seed, within >= share * values.size() && below < share * values.size());
            }
        }
    }

    /** With 100 samples the 40th to the 61st, by the tables of order statistics; with a few there is nothing better than the outermost. */
    @Test
    public void theTrueMedianLiesBetweenTwoSamples() {
        assertArrayEquals(new double[] {40, 61}, new Samples(upTo(100)).medianLies(), 0);
        assertArrayEquals(new double[] {1, 3}, new Samples(upTo(3)).medianLies(), 0);
        assertArrayEquals(new double[] {1, 1}, new Samples(upTo(1)).medianLies(), 0);
    }

    @Test
    public void manySamplesAreKeptEvenly() {
        List<Double> kept = new Samples(upTo(9_991)).kept();
        assertEquals(1000, kept.size());
        assertEquals(1, kept.getFirst(), 0);
        assertEquals(9_991, kept.getLast(), 0);
        assertEquals("few are kept as they came", upTo(40), new Samples(upTo(40)).kept());
    }

    @Test
    public void nothingIsNoSample() {
        assertThrows(IllegalArgumentException.class, () -> new Samples(List.of()));
        assertThrows(IllegalArgumentException.class, () -> new Samples(List.of(1.0, Double.NaN)));
    }
}
