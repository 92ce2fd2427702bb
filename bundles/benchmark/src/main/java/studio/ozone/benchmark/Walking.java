package studio.ozone.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import studio.ozone.api.zsei.Traversal;
import studio.ozone.api.zsei.ZseiException;

/** Structural walks from places with enough below them. */
final class Walking {

    private static final int MAX_DEPTH = 10;

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

    private int reach(long start, int size) throws ZseiException {
        return traversal.walk(Traversal.Request.of(start, Traversal.Mode.STRUCTURAL).atMost(MAX_DEPTH, size)).containers().size();
    }
}
