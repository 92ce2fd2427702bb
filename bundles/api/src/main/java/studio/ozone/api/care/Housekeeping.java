package studio.ozone.api.care;

import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

import org.osgi.annotation.versioning.ProviderType;

import studio.ozone.api.runtime.Progress;

/** Runs the steps of {@link Chore}, now or by the clock. Thread-safe; one run at a time. */
@ProviderType
public interface Housekeeping {

    /**
     * One step of a run.
     *
     * @param name what it worked on
     * @param figures what it changed; empty where there was nothing to do
     * @param seconds how long it took
     * @param problem why it failed, with the remedy; null where it did not
     */
    record Step(String name, List<Chore.Figure> figures, double seconds, String problem) { }

    /**
     * A run.
     *
     * @param began when
     * @param steps in the order in which they ran
     */
    record Run(Chore.Kind kind, boolean dryRun, Instant began, List<Step> steps) {

        /** Whether a step failed. */
        public boolean failed() {
            return steps.stream().anyMatch(step -> step.problem() != null);
        }
    }

    /**
     * A run by the clock.
     *
     * @param id short, of letters and digits
     * @param cron five fields: minute, hour, day of the month, month, day of the week; in {@code general.timezone} or the system's zone
     * @param zone the zone it counts in
     * @param next when it runs next; null if the fields never meet, as on 30 February
     * @param last when it ran last; null if it has not
     * @param result how that went, on one line; null if it has not run
     */
    record Schedule(String id, Chore.Kind kind, String cron, String zone, Instant next, Instant last, String result) { }

    /**
     * Runs every step of a kind on the calling thread.
     *
     * @param steps told of each step as it ends
     * @throws CareException if another run is under way
     * @throws InterruptedException if it was cancelled: steps that ended stay done
     */
    Run run(Chore.Kind kind, boolean dryRun, Consumer<Step> steps, Progress progress) throws CareException, InterruptedException;

    /**
     * Keeps a schedule; it does not run now. The same kind at the same times is the same schedule.
     *
     * @throws CareException if the fields are wrong (the message points at the field), or it cannot be kept
     */
    Schedule schedule(Chore.Kind kind, String cron) throws CareException;

    /** In the order in which they run next. */
    List<Schedule> schedules();

    /**
     * Drops a schedule; a run that is under way goes on.
     *
     * @throws CareException if there is none of that id (the message names those there are), or it cannot be dropped
     */
    Schedule unschedule(String id) throws CareException;
}
