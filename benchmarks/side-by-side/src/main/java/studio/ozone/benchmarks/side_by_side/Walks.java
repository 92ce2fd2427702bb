package studio.ozone.benchmarks.side_by_side;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import studio.ozone.api.zsei.Traversal;

/**
 * Walks of 100 and 10,000 nodes on the class dependencies of the JDK. The engines reach the same number of nodes at every distance, or the
 * run ends: the order within a distance is each engine's own.
 */
final class Walks implements Main.Part {

    private static final int[] NODES = {100, 10_000};
    private static final long SEED = 25;

    @Override
    public List<Row> run(Options options, PlainWorkers workers) throws Exception {
        ClassGraph graph = ClassGraph.read();
        System.err.printf("  %,d nodes, %,d dependencies%n", graph.size(), graph.dependencies());
        int[] starts = graph.starts(200, NODES[NODES.length - 1], SEED);
        List<Row> rows = new ArrayList<>();
        try (Scratch scratch = new Scratch(); Walker ours = new OurWalker(scratch.folder("ours"), graph, workers);
                Walker tinker = new TinkerWalker(graph); Walker neo = new NeoWalker(scratch.folder("neo4j"), graph)) {
            List<Walker> walkers = List.of(ours, neo, tinker);
            for (int nodes : NODES) {
                agree(walkers, starts, nodes);
                int rounds = options.quick() ? 5 : 15;
                int each = nodes > 1_000 ? 50 : 2_000;
                List<Meter> meters = walkers.stream().map(walker -> new Meter()).toList();
                for (int round = 0; round < 2 * rounds; round++) {
                    for (int i = 0; i < walkers.size(); i++) {
                        Walker walker = walkers.get(i);
                        // The first half is for the compiler.
                        Meter meter = round < rounds ? new Meter() : meters.get(i);
                        meter.round(each, number -> walker.walk(starts[number % starts.length], nodes));
                    }
                }
                for (int i = 0; i < walkers.size(); i++) {
                    rows.add(Row.of("walk of " + nodes + " nodes", walkers.get(i).name(), walkers.get(i).ours(), meters.get(i), null, null));
                }
            }
        }
        return rows;
    }

    private static void agree(List<Walker> walkers, int[] starts, int nodes) throws Exception {
        for (int start : starts) {
            List<Integer> wanted = distances(walkers.getFirst().walk(start, nodes));
            for (Walker walker : walkers) {
                List<Integer> got = distances(walker.walk(start, nodes));
                if (!got.equals(wanted) || IntStream.range(0, got.size()).map(got::get).sum() == 0) {
                    throw new IllegalStateException(walker.name() + " reaches other distances than ours from node " + start);
                }
            }
        }
    }

    private static List<Integer> distances(List<Traversal.Step> steps) {
        return steps.stream().map(Traversal.Step::distance).toList();
    }
}
