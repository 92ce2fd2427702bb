package studio.ozone.zsei.traversal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.junit.Test;

import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.RelationType;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

public class GraphTest {

    private static final int CONTAINERS = 400;

    /** One that everybody links with in many ways, others with a few links or none; edges in the order of the store. */
    private static Graph graph(Random random) {
        GraphBuilder builder = new GraphBuilder(CONTAINERS, 10);
        for (int id = 0; id < CONTAINERS; id++) {
            builder.container(id, id == 0 ? 0 : id / 7, ContainerType.SECTION, 0);
        }
        int[] codes = Arrays.stream(RelationType.values()).mapToInt(RelationType::code).sorted().toArray();
        for (int from = 0; from < CONTAINERS; from++) {
            int links = from == 17 ? CONTAINERS : random.nextInt(6);
            for (int code : codes) {
                for (int to = 0; to < CONTAINERS; to++) {
                    if (to != from && random.nextInt(CONTAINERS) < links) {
                        builder.edge(from, code, to, random.nextInt(256));
                    }
                }
            }
        }
        return builder.build();
    }

    private static List<List<Integer>> links(Graph graph, int ordinal, boolean[] kinds, int most) {
        List<List<Integer>> found = new ArrayList<>();
        graph.links(ordinal, kinds, true, (target, kind, confidence) -> {
            found.add(List.of(target, kind, confidence));
            return found.size() < most;
        });
        return found;
    }

    @Test
    public void linksOfSomeKindsAreThoseAmongAllLinks() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("linksOfSomeKindsAreThoseAmongAllLinks: -Dseed=" + seed);
        Random random = new Random(seed);
        Graph graph = graph(random);
        int compared = 0;
        for (int round = 0; round < 300; round++) {
            int ordinal = round % 3 == 0 ? 17 : random.nextInt(CONTAINERS);
            boolean[] kinds = new boolean[256];
            int one = random.nextInt(4);
            for (RelationType type : RelationType.values()) {
                kinds[type.code()] = random.nextInt(4) < one;
            }
            kinds[View.CHILD] = random.nextBoolean();
            int most = 1 + random.nextInt(random.nextBoolean() ? 10 : 100_000);
            List<List<Integer>> wanted = new ArrayList<>();
            graph.links(ordinal, true, (target, kind, confidence) -> {
                if (kinds[kind] && wanted.size() < most) {
                    wanted.add(List.of(target, kind, confidence));
                }
                return true;
            });
            assertEquals("seed " + seed + ", round " + round, wanted, links(graph, ordinal, kinds, most));
            compared += wanted.size();
        }
        assertTrue("links were compared: " + compared, compared > 1000);
    }

    @Test
    public void whatDependsOnOneIsNotLookedAt() {
        int many = 200_000;
        GraphBuilder builder = new GraphBuilder(many, many);
        for (int id = 0; id < many; id++) {
            builder.container(id, 0, ContainerType.CODE, 0);
        }
        for (int to = 2; to < many; to++) {
            builder.edge(1, RelationType.DEPENDS_ON.inverse().code(), to, 255);
        }
        Graph graph = builder.build();
        boolean[] kinds = new boolean[256];
        kinds[RelationType.DEPENDS_ON.code()] = true;
        long began = System.nanoTime();
        for (int i = 0; i < 100_000; i++) {
            assertEquals(List.of(), links(graph, 1, kinds, 1));
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        assertTrue("20,000,000,000 links would take minutes: " + seconds + " s", seconds < 20);
    }
}
