package studio.ozone.benchmarks.side_by_side;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The ten nearest of real vectors: recall against CPU time over {@code ef}, m = 16 and ef_construction = 200 everywhere. */
final class Neighbours implements Main.Part {

    private static final Duration WARM = Duration.ofSeconds(10);
    private static final String BUILT = "vectors built into a graph";

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
                OurSearcher ours = findings.timed("texts and vectors written and indexed", "Ozone Studio",
                        () -> new OurSearcher(scratch.folder("ours"), texts, workers));
                searchers.add(ours);
                String asIngested = ours.name();
                Curve ingested = Curve.of(List.of(ours), truth, options.quick() ? 1 : 2, WARM).getFirst();
                findings.timed("optimised", "Ozone Studio", () -> {
                    ours.optimize();
                    return ours;
                });
                searchers.add(findings.timed(BUILT, "JVector", () -> new JVectorSearcher(texts.vectors(), texts.questions())));
                searchers.add(findings.timed(BUILT, "hnswlib-core (Java)", () -> new HnswlibSearcher(texts.vectors(), texts.questions())));
                if (options.cpp() != null) {
                    searchers.add(findings.timed(BUILT + ", on one thread", CppSearcher.NAME, () -> new CppSearcher(options.cpp(),
                            scratch.folder("cpp"), texts.vectors(), texts.questions())));
                }
                for (Curve curve : Curve.of(searchers, truth, options.quick() ? 2 : 5, WARM)) {
                    curve.rows(task, curve.searcher().name(), findings);
                }
                ingested.rows(task, asIngested, findings);
                if (options.cpp() == null) {
                    findings.row(Row.absent(task + " at recall " + Curve.RECALL, CppSearcher.NAME, false,
                            "g++ and Debian's libhnswlib-dev are not installed"));
                }
            } finally {
                for (Searcher searcher : searchers) {
                    searcher.close();
                }
            }
        }
    }
}
