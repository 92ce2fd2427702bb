package studio.ozone.benchmarks.side_by_side;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The ten nearest of real vectors: recall against CPU time over {@code ef}, m = 16 and ef_construction = 200 everywhere. */
final class Neighbours implements Main.Part {

    private static final Duration WARM = Duration.ofSeconds(10);
    private static final String BUILT = "vectors built into a graph, while the others build theirs";

    private final ExecutorService builders = Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());

    private Future<Searcher> built(Findings findings, String engine, Findings.Making<Searcher> making) {
        return builders.submit(() -> findings.timed(BUILT, engine, making));
    }

    @Override
    public void run(Options options, PlainWorkers workers, Findings findings) throws Exception {
        Texts texts = Texts.read(options, workers, options.quick() ? 10_000 : 100_000, options.quick() ? 200 : 1_000);
        int size = texts.chunks().size();
        String task = "10 nearest of " + size;
        findings.fact("vectors", null, size, "");
        try (Scratch scratch = new Scratch()) {
            int[][] truth = Curve.truth(texts.vectors(), texts.questions());
            List<Searcher> searchers = new ArrayList<>();
            try {
                Future<Searcher> jvector = built(findings, "JVector", () -> new JVectorSearcher(texts.vectors(), texts.questions()));
                Future<Searcher> core = built(findings, "hnswlib-core (Java)", () -> new HnswlibSearcher(texts.vectors(), texts.questions()));
                Future<Searcher> cpp = options.cpp() == null ? null : built(findings, CppSearcher.NAME, () -> new CppSearcher(options.cpp(),
                        scratch.folder("cpp"), texts.vectors(), texts.questions()));
                OurSearcher ours = findings.timed("texts and vectors written and indexed", "Ozone Studio",
                        () -> new OurSearcher(scratch.folder("ours"), texts, workers));
                searchers.add(ours);
                searchers.add(jvector.get());
                searchers.add(core.get());
                if (cpp != null) {
                    searchers.add(cpp.get());
                }
                String asIngested = ours.name();
                Curve ingested = Curve.of(List.of(ours), truth, options.quick() ? 1 : 2, WARM).getFirst();
                findings.timed("optimised", "Ozone Studio", () -> {
                    ours.optimize();
                    return ours;
                });
                for (Curve curve : Curve.of(searchers, truth, options.quick() ? 2 : 4, WARM)) {
                    curve.rows(task, curve.searcher().name(), findings);
                }
                ingested.rows(task, asIngested, findings);
                if (options.cpp() == null) {
                    findings.row(Row.absent(task + " at recall " + Curve.RECALL, CppSearcher.NAME, false,
                            "g++ and Debian's libhnswlib-dev are not installed"));
                }
            } finally {
                builders.shutdownNow();
                for (Searcher searcher : searchers) {
                    searcher.close();
                }
            }
        }
    }
}
