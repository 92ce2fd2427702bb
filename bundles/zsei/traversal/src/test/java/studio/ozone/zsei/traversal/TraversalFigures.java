package studio.ozone.zsei.traversal;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.Traversal.Budget;
import studio.ozone.api.zsei.Traversal.Filter;
import studio.ozone.api.zsei.Traversal.Found;

/**
 * Prints what structural walks cost in so many containers with ten children each and five edges, and what the rows of these weigh. A program, not a test.
 * Arguments: containers (100,000 without).
 */
public final class TraversalFigures {

    private static final int EDGES = 5;

    private TraversalFigures() { }

    public static void main(String[] arguments) {
        int containers = arguments.length == 0 ? 100_000 : Integer.parseInt(arguments[0]);
        long before = used();
        long began = System.nanoTime();
        Graph graph = graph(containers);
        System.out.printf("rows of %d containers and %d edges, each with its inverse: %d ms, %.0f MB%n", containers, containers * EDGES,
            (System.nanoTime() - began) / 1_000_000, (used() - before) / 1e6);
        walks(graph, Set.of(), 100, Math.min(90_000, containers / 110), 20_000);
        walks(graph, Set.of(RelationType.SIMILAR), 100, containers, 20_000);
        if (containers > 200_000) {
            walks(graph, Set.of(), 10_000, 9, 500);
        }
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** Edges go to and fro: each container has {@link #EDGES} that leave it and, by chance, about as many that come back. */
    private static Graph graph(int containers) {
        int[][] out = new int[containers][EDGES];
        int[] count = new int[containers];
        for (int id = 0; id < containers; id++) {
            Random random = new Random(id);
            for (int i = 0; i < EDGES; i++) {
                out[id][i] = random.nextInt(containers);
                count[id]++;
                count[out[id][i]]++;
            }
        }
        int[][] all = new int[containers][];
        for (int id = 0; id < containers; id++) {
            all[id] = new int[count[id]];
        }
        int[] at = new int[containers];
        for (int id = 0; id < containers; id++) {
            for (int other : out[id]) {
                all[id][at[id]++] = other;
                all[other][at[other]++] = id;
            }
            out[id] = null;
        }
        GraphBuilder builder = new GraphBuilder(containers, containers * EDGES * 2);
        for (int id = 0; id < containers; id++) {
            builder.container(id, id == 0 ? 0 : (id - 1) / 10, ContainerType.CHUNK, id);
        }
        for (int id = 0; id < containers; id++) {
            for (int other : new TreeSet<>(Arrays.stream(all[id]).boxed().toList())) {
                builder.edge(id, RelationType.SIMILAR.code(), other, 200);
            }
            all[id] = null;
        }
        return builder.build();
    }

    private static void walks(Graph graph, Set<RelationType> relations, int size, int starts, int count) {
        Random random = new Random(1);
        Filter filter = new Filter(Set.of(), Set.of(), Set.of(), relations, null, null);
        for (int round = 0; round < 4; round++) {
            long[] times = new long[count];
            for (int i = 0; i < count; i++) {
                int start = random.nextInt(starts);
                long began = System.nanoTime();
                List<Found> found = new BreadthFirst(graph, filter, new Sieve(graph, filter, null), 10, size, new Meter(Budget.NONE, "", began)).run(start, null);
                times[i] = System.nanoTime() - began;
                if (found.size() != size) {
                    throw new IllegalStateException("A walk from " + start + " of " + found.size());
                }
            }
            long first = times[0];
            Arrays.sort(times);
            System.out.printf("%d results%s: round %d, median %.1f us, p95 %.1f us%s%n", size, relations.isEmpty() ? "" : " along relations too", round,
                times[count / 2] / 1000.0, times[count * 95 / 100] / 1000.0, round == 0 ? String.format(", the very first %.1f us", first / 1000.0) : "");
        }
    }
}
