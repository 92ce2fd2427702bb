package studio.ozone.pipeline.prompt;

import java.util.ArrayList;
import java.util.List;

import studio.ozone.api.pipeline.Prompting;

/** Who listens to an answer. */
final class Heard implements Prompting.Listener {

    final StringBuilder text = new StringBuilder();
    final List<String> pieces = new ArrayList<>();
    final List<String> stages = new ArrayList<>();
    int progress;

    @Override
    public void stage(String name, double tookMs) {
        stages.add(name);
    }

    @Override
    public synchronized void piece(String piece) {
        text.append(piece);
        pieces.add(piece);
    }

    @Override
    public void report(String stage, long done, long total, String detail) {
        progress++;
    }
}
