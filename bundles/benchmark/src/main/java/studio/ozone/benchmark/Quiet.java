package studio.ozone.benchmark;

import java.nio.file.Path;
import java.util.List;

import studio.ozone.api.pipeline.Prompting;

/** Listens to nothing: the answer has all that is needed. */
final class Quiet implements Prompting.Listener {

    private static final String EXTRACTIVE = "extractive";

    /** A question that the extractive provider answers, which needs no model: what is measured is the work before it. */
    static Prompting.Request question(String text, Path with) {
        return new Prompting.Request(text, List.of(with), EXTRACTIVE);
    }

    @Override
    public void report(String stage, long done, long total, String detail) {
        // Nobody looks.
    }

    @Override
    public void stage(String name, double tookMs) {
        // The answer's timings say it.
    }

    @Override
    public void piece(String text) {
        // Nobody reads.
    }
}
