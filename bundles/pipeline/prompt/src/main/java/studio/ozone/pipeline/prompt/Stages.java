package studio.ozone.pipeline.prompt;

import java.util.LinkedHashMap;
import java.util.Map;

import studio.ozone.api.pipeline.Prompting.Listener;

/** Wall time of each stage. Not thread-safe. */
final class Stages {

    private final Listener listener;
    private final long received;
    private long begun;
    private final Map<String, Double> took = new LinkedHashMap<>();

    /** @param received {@link System#nanoTime()} when the request came */
    Stages(Listener listener, long received) {
        this.listener = listener;
        this.received = received;
        this.begun = received;
    }

    /** Ends a stage; the next begins. One that is gone through again, by another provider, counts all its times. */
    void end(String name) {
        long now = System.nanoTime();
        double ms = millis(now - begun);
        begun = now;
        took.merge(name, ms, Double::sum);
        listener.stage(name, ms);
    }

    double sinceReceived() {
        return millis(System.nanoTime() - received);
    }

    /** All stages in order, and {@code total}. */
    Map<String, Double> finish() {
        took.put("total", sinceReceived());
        return took;
    }

    private static double millis(long nanos) {
        return Math.round(nanos / 1e3) / 1e3;
    }
}
