package studio.ozone.benchmark;

import java.util.List;
import java.util.function.LongSupplier;

import studio.ozone.api.runtime.Progress;

/** Says which step of how many is done, and how long the rest may take: what was expected of it, by how the steps so far held to that. */
final class Pace implements Progress {

    /**
     * @param name a sentence without a full stop
     * @param seconds what it takes on a machine of two cores
     */
    record Step(String name, double seconds) { }

    private static final double SECOND = 1e9;

    private final List<Step> steps;
    private final Progress told;
    private final LongSupplier nanos;
    private final long begun;
    private int at = -1;
    private long stepBegun;

    Pace(List<Step> steps, Progress told, LongSupplier nanos) {
        this.steps = steps;
        this.told = told;
        this.nanos = nanos;
        this.begun = nanos.getAsLong();
    }

    void next() {
        at++;
        stepBegun = nanos.getAsLong();
        report("", 0, -1, "");
    }

    /** Of the present step. */
    @Override
    public void report(String stage, long done, long total, String detail) {
        told.report(steps.get(at).name(), done, total, "step " + (at + 1) + " of " + steps.size() + ", about " + left(done, total) + " s left");
    }

    /** Seconds, at least 1. */
    long left(long done, long total) {
        double expectedBefore = steps.subList(0, at).stream().mapToDouble(Step::seconds).sum();
        double after = steps.subList(at + 1, steps.size()).stream().mapToDouble(Step::seconds).sum();
        double took = (stepBegun - begun) / SECOND;
        double pace = at == 0 ? 1 : Math.max(0.3, took / expectedBefore);
        double inStep = (nanos.getAsLong() - stepBegun) / SECOND;
        double share = total > 0 ? Math.min(1, (double) done / total) : 0;
        double here = share > 0.1 ? inStep / share - inStep : Math.max(0, steps.get(at).seconds() * pace - inStep);
        return Math.max(1, Math.round(here + after * pace));
    }
}
