package studio.ozone.zsei.traversal;

import java.util.Arrays;
import java.util.Random;
import java.util.Set;

import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.Traversal;

/** Prints what walks of 100 results cost in 100,000 containers with ten children each. A program, not a test. */
public final class TraversalFigures {

    private static final int CONTAINERS = 100_000;
    private static final int WALKS = 20_000;

    private TraversalFigures() { }

    public static void main(String[] arguments) {
        Random random = new Random(1);
        GraphBuilder builder = new GraphBuilder();
        for (int id = 0; id < CONTAINERS; id++) {
            builder.container(id, id == 0 ? 0 : (id - 1) / 10, ContainerType.CHUNK);
            int other = random.nextInt(CONTAINERS);
            builder.edge(id, RelationType.SIMILAR.code(), other);
            builder.edge(other, RelationType.SIMILAR.code(), id);
        }
        long began = System.nanoTime();
        Graph graph = builder.build();
        System.out.printf("rows of %d containers: %d ms%n", CONTAINERS, (System.nanoTime() - began) / 1_000_000);
        for (Set<RelationType> relations : Arrays.asList(Set.<RelationType>of(), Set.of(RelationType.SIMILAR))) {
            Traversal.Request request = new Traversal.Request(0, relations, Set.of(), 10, 100);
            for (int round = 0; round < 4; round++) {
                long[] times = new long[WALKS];
                for (int i = 0; i < WALKS; i++) {
                    long before = System.nanoTime();
                    Traversal.Walk walk = new BreadthFirst(graph, request, 10, 100).run(random.nextInt(900), before);
                    times[i] = System.nanoTime() - before;
                    if (walk.steps().size() != 100) {
                        throw new IllegalStateException("A walk of " + walk.steps().size());
                    }
                }
                Arrays.sort(times);
                System.out.printf("100 results%s: first round %s, median %.1f us, p95 %.1f us%n", relations.isEmpty() ? "" : " along relations too",
                        round == 0, times[WALKS / 2] / 1000.0, times[WALKS * 95 / 100] / 1000.0);
            }
        }
    }
}
