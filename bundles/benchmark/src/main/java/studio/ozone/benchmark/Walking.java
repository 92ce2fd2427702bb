package studio.ozone.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import studio.ozone.api.zsei.Traversal;
import studio.ozone.api.zsei.ZseiException;

/** Structural walks from places with enough below them. */
final class Walking {

    private static final int MAX_DEPTH = 10;
    private static final int HOT = 50;

    private final Traversal traversal;
    private final Random random;

    Walking(Traversal traversal, Random random) {
        this.traversal = traversal;
        this.random = random;
    }

    /**
     * @param starts containers with at least {@code size} at or below them
     * @param count walks that are measured; before them half as many that are not
     */
    void run(Rows row, List<Long> starts, int size, int count, Told.Speaker speaker) throws ZseiException, InterruptedException {
        if (starts.isEmpty()) {
            speaker.absent(row.label(), "No container of this data set has " + size + " below it");
            return;
        }
        List<Double> took = new ArrayList<>();
        for (int i = -count / 2; i < count; i++) {
            long start = starts.get(random.nextInt(starts.size()));
            long begun = System.nanoTime();
            int reached = reach(start, size);
            double ms = (System.nanoTime() - begun) / 1e6;
            if (reached != size) {
                throw new IllegalArgumentException("A walk from container " + start + " reached " + reached + " containers, not " + size);
            }
            if (i >= 0) {
                took.add(ms);
            }
            speaker.progress(Math.max(0, i), count);
        }
        speaker.samples(row.label(), took);
    }

    /** The same from a few places that have been walked from before, remembered. */
    void again(List<Long> starts, int size, int count, Told.Speaker speaker) throws ZseiException, InterruptedException {
        List<Long> few = starts.subList(0, Math.min(HOT, starts.size()));
        for (long start : few) {
            walk(start, size);
        }
        List<Double> took = new ArrayList<>();
        for (int i = -count / 2; i < count; i++) {
            long start = few.get(random.nextInt(few.size()));
            long begun = System.nanoTime();
            Traversal.Result result = walk(start, size);
            double ms = (System.nanoTime() - begun) / 1e6;
            if (result.cacheHits() != 1) {
                throw new IllegalStateException("A walk from container " + start + " was not remembered");
            }
            if (i >= 0) {
                took.add(ms);
            }
            speaker.progress(Math.max(0, i), count);
        }
        Samples all = new Samples(took);
        speaker.figure("hot_p50_ms", all.at(0.5));
        speaker.figure("hot_p95_ms", all.at(0.95));
    }

    private int reach(long start, int size) throws ZseiException {
        Traversal.Result result = walk(start, size);
        if (result.cacheHits() > 0) {
            throw new IllegalStateException("Hot paths are on, so walks say nothing");
        }
        return result.containers().size();
    }

    private Traversal.Result walk(long start, int size) throws ZseiException {
        return traversal.walk(Traversal.Request.of(start, Traversal.Mode.STRUCTURAL).atMost(MAX_DEPTH, size));
    }
}
