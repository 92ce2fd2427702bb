package studio.ozone.benchmarks.side_by_side;

import java.time.Duration;
import java.util.List;

/** The ten nearest of 1,000,000 vectors beside those of 100,000, both made up in the same way: how the cost of our index grows. */
final class ManyNeighbours implements Main.Part {

    private static final int QUESTIONS = 500;
    private static final long SEED = 384;

    @Override
    public void run(Options options, PlainWorkers workers, Findings findings) throws Exception {
        int most = options.quick() ? 50_000 : 1_000_000;
        for (int size : new int[] {most / 10, most}) {
            Texts texts = Synthetic.texts(size, QUESTIONS, SEED);
            String task = "10 nearest of " + size + " made up";
            try (Scratch scratch = new Scratch()) {
                int[][] truth = Curve.truth(texts.vectors(), texts.questions());
                try (OurSearcher ours = findings.timed(size + " texts and vectors written and indexed", "Ozone Studio",
                        () -> new OurSearcher(scratch.folder("ours"), texts, workers))) {
                    findings.timed(size + " optimised", "Ozone Studio", () -> {
                        ours.optimize();
                        return ours;
                    });
                    Curve.of(List.of(ours), truth, 3, Duration.ofSeconds(10)).getFirst().rows(task, ours.name(), findings);
                }
            }
        }
    }
}
