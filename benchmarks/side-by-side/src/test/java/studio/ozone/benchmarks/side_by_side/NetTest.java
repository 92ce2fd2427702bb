package studio.ozone.benchmarks.side_by_side;

import java.util.Arrays;

import org.junit.Test;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

public final class NetTest {

    @Test
    public void whatIsMadeUpIsTheSameForTheSameSeed() {
        Net one = Net.random(2_000, 5, 7);
        Net other = Net.random(2_000, 5, 7);
        assertTrue(Arrays.deepEquals(one.targets(), other.targets()));
        assertEquals(2_000, one.size());
        assertTrue(one.dependencies() > 8_500 && one.dependencies() <= 10_000);
    }

    @Test
    public void aNodeHasAParentBeforeItAndDependsOnOthersOnce() {
        Net net = Net.random(2_000, 5, 8);
        for (int node = 1; node < net.size(); node++) {
            int self = node;
            int[] targets = net.targets()[node];
            assertTrue(net.parents()[node] < node);
            assertTrue(Arrays.stream(targets).allMatch(target -> target > 0 && target < 2_000 && target != self));
            assertTrue(Arrays.equals(targets, Arrays.stream(targets).distinct().sorted().toArray()));
        }
    }

    @Test
    public void fromEachStartEnoughCanBeReached() {
        Net chain = new Net(new String[] {"", "a", "b", "c", "d"}, new int[] {0, 0, 0, 0, 0}, new int[][] {{}, {2}, {3}, {4}, {}});
        int[] starts = chain.starts(2, 3, 1);
        Arrays.sort(starts);
        assertEquals("[1, 2]", Arrays.toString(starts));
    }
}
