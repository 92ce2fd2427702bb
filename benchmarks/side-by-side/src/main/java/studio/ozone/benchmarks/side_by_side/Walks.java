package studio.ozone.benchmarks.side_by_side;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Walks of 100 and 10,000 nodes. The engines reach the same number of nodes at every distance, or the run ends: the order within a distance is
 * each engine's own.
 */
final class Walks implements Main.Part {

    private static final int[] NODES = {100, 10_000};
    private static final long SEED = 25;

    private final boolean large;

    private Walks(boolean large) {
        this.large = large;
    }

    /** On the class dependencies of the JDK. */
    static Walks ofClasses() {
        return new Walks(false);
    }

    /** On a graph of a million nodes that is made up; ten times smaller for a quick run. */
    static Walks ofAMillion() {
        return new Walks(true);
    }

    @Override
    public void run(Options options, PlainWorkers workers, Findings findings) throws Exception {
        Net graph = large ? Net.random(options.quick() ? 100_000 : 1_000_000, 5, SEED) : ClassGraph.read();
        findings.fact("nodes", null, graph.size(), "");
        findings.fact("dependencies", null, graph.dependencies(), "");
        int[] starts = graph.starts(200, NODES[NODES.length - 1], SEED);
        List<Walker<?>> walkers = new ArrayList<>();
        try (Scratch scratch = new Scratch()) {
            try {
                walkers.add(new OurWalker(scratch.folder("ours"), graph, workers, findings));
                walkers.add(findings.timed("graph written", "Neo4j embedded", () -> new NeoWalker(scratch.folder("neo4j"), graph)));
                walkers.add(tinker(graph, findings));
                for (int nodes : NODES) {
                    measure(walkers, starts, nodes, options, findings);
                }
            } finally {
                for (Walker<?> walker : walkers) {
                    walker.close();
                }
            }
        }
    }

    private static Walker<?> tinker(Net graph, Findings findings) throws Exception {
        long before = Findings.heap();
        TinkerWalker tinker = findings.timed("graph built in memory", "TinkerGraph", () -> new TinkerWalker(graph));
        findings.fact("graph on the heap", "TinkerGraph", (Findings.heap() - before) / 1048576.0, "MiB");
        return tinker;
    }

    private static void measure(List<Walker<?>> walkers, int[] starts, int nodes, Options options, Findings findings) throws Exception {
        agree(walkers, starts, nodes);
        int rounds = options.quick() ? 5 : 25;
        int each = nodes > 1_000 ? 50 : 2_000;
        List<Meter> meters = walkers.stream().map(walker -> new Meter()).toList();
        Warmup.run(Duration.ofSeconds(options.quick() ? 5 : 20), () -> {
            for (Walker<?> walker : walkers) {
                new Meter().round(each, number -> walker.walk(starts[number % starts.length], nodes));
            }
        });
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < walkers.size(); i++) {
                Walker<?> walker = walkers.get(i);
                meters.get(i).round(each, number -> walker.walk(starts[number % starts.length], nodes));
            }
        }
        for (int i = 0; i < walkers.size(); i++) {
            findings.row(Row.of("walk of " + nodes + " nodes", walkers.get(i).name(), walkers.get(i).ours(), meters.get(i), null, null));
        }
    }

    private static void agree(List<Walker<?>> walkers, int[] starts, int nodes) throws Exception {
        for (int start : starts) {
            List<Integer> wanted = distances(walkers.getFirst(), start, nodes);
            if (wanted.size() != nodes || wanted.getLast() == 0) {
                throw new IllegalStateException("Ours reaches " + wanted.size() + " nodes from node " + start + " and not " + nodes);
            }
            for (Walker<?> walker : walkers) {
                if (!distances(walker, start, nodes).equals(wanted)) {
                    throw new IllegalStateException(walker.name() + " reaches other distances than ours from node " + start);
                }
            }
        }
    }

    private static <W> List<Integer> distances(Walker<W> walker, int start, int nodes) throws Exception {
        return walker.distances(walker.walk(start, nodes));
    }
}
