package studio.ozone.zsei.traversal;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;

import org.junit.Test;

import static org.junit.Assert.assertEquals;

public class SeenTest {

    @Test
    public void holdsWhatASetHolds() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("holdsWhatASetHolds: -Dseed=" + seed);
        Random random = new Random(seed);
        for (int range : new int[] { 10, 1000, 300_000, Integer.MAX_VALUE }) {
            Seen seen = new Seen();
            Set<Integer> set = new HashSet<>();
            for (int i = 0; i < 100_000; i++) {
                int ordinal = random.nextInt(range);
                assertEquals("seed " + seed, set.contains(ordinal), seen.contains(ordinal));
                assertEquals("seed " + seed, set.add(ordinal), seen.add(ordinal));
            }
            set.forEach(ordinal -> assertEquals(true, seen.contains(ordinal)));
            assertEquals(set.contains(0), seen.contains(0));
        }
    }
}
