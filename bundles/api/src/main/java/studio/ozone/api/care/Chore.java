package studio.ozone.api.care;

import java.util.List;
import java.util.Set;

import org.osgi.annotation.versioning.ConsumerType;

import studio.ozone.api.runtime.Progress;

/**
 * A step of housekeeping, offered as a service by the bundle whose data it is. {@code gc} and {@code zsei-optimize} run every step of
 * their kind, one after another, in the order of the service ranking. A step leaves reads and writes working while it runs.
 */
@ConsumerType
public interface Chore {

    /**
     * Which command asks. GC drops only what has expired; GC_AGGRESSIVE also drops caches and compacts; OPTIMIZE makes what is kept smaller
     * or faster, and does next to nothing the second time; BACKUP takes a backup, and drops the oldest that it took earlier.
     */
    enum Kind { GC, GC_AGGRESSIVE, OPTIMIZE, BACKUP }

    /**
     * What a step changed.
     *
     * @param name what is counted, for instance {@code entries} or {@code size}
     * @param unit {@code bytes}, {@code ms}, {@code %} …; empty for a plain number
     * @param before the value before; NaN where it was not measured
     * @param after the value after, of a dry run what it would be; NaN where it was not measured
     */
    record Figure(String name, String unit, double before, double after) { }

    /** What it works on, as a user knows it, for instance {@code hot paths}. */
    String name();

    /** Which commands run it. */
    Set<Kind> kinds();

    /**
     * Runs the step.
     *
     * @param dryRun only says what would be done
     * @param progress told how far it has come
     * @return what it changed; empty where there was nothing to do
     * @throws CareException what failed and what to do about it; the data is as before
     * @throws InterruptedException if it was cancelled; the data is as before, or a part of the step is done and the rest is not
     */
    List<Figure> run(Kind kind, boolean dryRun, Progress progress) throws CareException, InterruptedException;
}
