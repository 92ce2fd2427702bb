package studio.ozone.benchmarks.side_by_side;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A graph: node 0 is the root, every other one has a parent and depends on others.
 *
 * @param names by node
 * @param parents by node; of the root itself 0
 * @param targets by node, what it depends on, in ascending order
 */
record Net(String[] names, int[] parents, int[][] targets) {

    private static final int CHILDREN = 20;

    /**
     * One as repositories have it, made up: a folder has 20 entries, and of what a node depends on half is near it and half anywhere, small numbers
     * rather than large ones, so that some nodes are wanted by thousands.
     *
     * @param each dependencies of a node, some of which may fall together
     */
    static Net random(int nodes, int each, long seed) {
        Random random = new Random(seed);
        String[] names = new String[nodes];
        int[] parents = new int[nodes];
        int[][] targets = new int[nodes][0];
        names[0] = "";
        for (int node = 1; node < nodes; node++) {
            int self = node;
            names[node] = "node " + node;
            parents[node] = (node - 1) / CHILDREN;
            targets[node] = random.ints(each, 0, 2 * CHILDREN).map(near -> random.nextBoolean() ? Math.floorMod(self - CHILDREN + near, nodes)
                    : (int) (nodes * Math.pow(random.nextDouble(), 3))).filter(target -> target != self && target != 0).distinct().sorted().toArray();
        }
        return new Net(names, parents, targets);
    }

    int size() {
        return parents.length;
    }

    int dependencies() {
        return Stream.of(targets).mapToInt(each -> each.length).sum();
    }

    /** Random nodes from which at least so many can be reached. */
    int[] starts(int count, int reach, long seed) {
        List<List<Integer>> children = new ArrayList<>();
        for (int node = 0; node < size(); node++) {
            children.add(new ArrayList<>());
        }
        for (int node = 1; node < size(); node++) {
            children.get(parents[node]).add(node);
        }
        return new Random(seed).ints(1, size()).distinct().filter(start -> reaches(start, reach, children)).limit(count).toArray();
    }

    private boolean reaches(int start, int reach, List<List<Integer>> children) {
        BitSet seen = new BitSet();
        List<Integer> queue = new ArrayList<>(List.of(start));
        seen.set(start);
        for (int i = 0; i < queue.size() && queue.size() < reach; i++) {
            for (int next : children.get(queue.get(i))) {
                if (!seen.get(next)) {
                    seen.set(next);
                    queue.add(next);
                }
            }
            for (int next : targets[queue.get(i)]) {
                if (!seen.get(next)) {
                    seen.set(next);
                    queue.add(next);
                }
            }
        }
        return queue.size() >= reach;
    }
}
