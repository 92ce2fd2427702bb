package studio.ozone.benchmarks.side_by_side;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The goals that a run beside peers can tell something about. */
final class Goals {

    private static final Predicate<String> OURS = engine -> engine.startsWith("Ozone Studio");
    private static final String HUNDRED = "walk of 100 nodes";
    private static final String MANY = "walk of 10000 nodes";

    private final Figures figures;
    private final List<Goal> goals = new ArrayList<>();

    private Goals(Figures figures) {
        this.figures = figures;
    }

    static List<Goal> of(Figures figures) {
        Goals goals = new Goals(figures);
        goals.walks("traversal", "the JDK's classes");
        goals.walks("traversal_large", "1,000,000 nodes");
        goals.loading();
        goals.neighbours();
        goals.retrieval();
        return goals.goals;
    }

    private void walks(String part, String graph) {
        double p50 = figures.of(part, HUNDRED, OURS, "p50");
        double p95 = figures.of(part, HUNDRED, OURS, "p95");
        double many = figures.of(part, MANY, OURS, "p50");
        goals.add(Goal.atMost("Walk of 100 nodes, " + graph + ": p50 at most 10 µs", p50, 10, micros(p50)));
        goals.add(Goal.atMost("Walk of 100 nodes, " + graph + ": p95 at most 100 µs", p95, 100, micros(p95)));
        for (String figure : List.of("cpu", "p50")) {
            double times = figures.of(part, HUNDRED, "Neo4j embedded"::equals, figure) / figures.of(part, HUNDRED, OURS, figure);
            String wanted = ": at least 10 times faster than Neo4j embedded, by " + ("cpu".equals(figure) ? "CPU" : "p50");
            goals.add(Goal.atLeast("Walk of 100 nodes, " + graph + wanted, times, 10, Report.number(times) + " times"));
        }
        goals.add(Goal.atMost("Walk of 10,000 nodes, " + graph + ": p50 at most 1 ms", many, 1_000, micros(many)));
    }

    private void loading() {
        double seconds = figures.fact("traversal_large", "graph read into memory", OURS);
        double heap = figures.fact("traversal_large", "graph on the heap", OURS);
        String what = "1,000,000 containers with 5,000,000 edges: ";
        goals.add(Goal.atMost(what + "the graph in memory within 10 s", seconds, 10, Report.number(seconds) + " s"));
        goals.add(Goal.atMost(what + "at most 200 MB for the graph", heap * 1.048576, 200, Report.number(heap * 1.048576) + " MB"));
    }

    private void neighbours() {
        String task = figures.task("knn", " at recall " + Curve.RECALL);
        double ours = figures.of("knn", task == null ? "" : task, OURS, "cpu");
        for (String peer : List.of(CppSearcher.NAME, "JVector", "hnswlib-core (Java)")) {
            double bound = CppSearcher.NAME.equals(peer) ? 1.2 : 1;
            double ratio = ours / figures.of("knn", task == null ? "" : task, peer::equals, "cpu");
            goals.add(Goal.atMost("kNN of 100,000 real vectors at recall " + Curve.RECALL + ": at most " + bound + " times the CPU of " + peer,
                    ratio, bound, Report.number(ratio) + " times, " + task));
        }
        double growth = figures.of("knn_large", "10 nearest of 1000000 made up at recall " + Curve.RECALL, OURS, "cpu")
                / figures.of("knn_large", "10 nearest of 100000 made up at recall " + Curve.RECALL, OURS, "cpu");
        goals.add(Goal.atMost("kNN of 1,000,000 vectors: at most twice the time of 100,000", growth, 2, Report.number(growth) + " times"));
    }

    private void retrieval() {
        double ratio = retrieval("Ozone", 10_000) / retrieval("langchain4j", 10_000);
        goals.add(Goal.atMost("Retrieval for a prompt, 10,000 chunks: at most half the CPU of langchain4j in memory, embedding included",
                ratio, 0.5, Report.number(ratio) + " times"));
        double ours = retrieval("Ozone", 10_000) / retrieval("Ozone", 1_000);
        double theirs = retrieval("langchain4j", 10_000) / retrieval("langchain4j", 1_000);
        goals.add(Goal.atMost("Retrieval for a prompt: from 1,000 to 10,000 chunks it grows as the logarithm does (1.33 times)",
                ours, Math.log(10_000) / Math.log(1_000), Report.number(ours) + " times, that of langchain4j " + Report.number(theirs)));
    }

    private double retrieval(String engine, int chunks) {
        return figures.of("retrieval", "question to prompt, " + chunks + " chunks", name -> name.startsWith(engine), "cpu");
    }

    private static String micros(double value) {
        return Report.number(value) + " µs";
    }
}
