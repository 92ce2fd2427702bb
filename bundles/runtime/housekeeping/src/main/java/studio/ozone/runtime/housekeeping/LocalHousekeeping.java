package studio.ozone.runtime.housekeeping;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import org.osgi.framework.BundleContext;
import org.osgi.service.component.ComponentServiceObjects;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.care.CareException;
import studio.ozone.api.care.Chore;
import studio.ozone.api.care.Housekeeping;
import studio.ozone.api.config.Facts;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.runtime.Workers;

/**
 * Runs the steps that bundles offer. Twice a minute it looks whether a schedule is due: so a machine that slept, or whose clock was set, is
 * right again soon. A run that was due while the instance was down is logged and not caught up.
 */
@Component(service = Housekeeping.class, configurationPid = LocalHousekeeping.PID, immediate = true) // schedules run though nobody asks
@Designate(ocd = LocalHousekeeping.Config.class)
public final class LocalHousekeeping implements Housekeeping {

    static final String PID = "ozone.general";
    private static final long LOOK_SECONDS = 30;
    private static final Logger LOG = LoggerFactory.getLogger(LocalHousekeeping.class);

    @ObjectClassDefinition(id = PID, name = "General", description = "What belongs to no part alone.")
    public @interface Config {
        @AttributeDefinition(description = "Time zone of schedules, for instance Europe/Berlin; that of the system where it is empty.")
        @Facts(unit = Facts.TIME_ZONE, advice = "Name one where the machine's own zone is not yours: schedules then run by your clock.")
        String timezone() default "";
    }

    private final Workers workers;
    private final ScheduleFile file;
    private final InstantSource clock;
    private final ReentrantLock running = new ReentrantLock();
    /** Guarded by this. */
    private final List<ScheduleFile.Entry> entries = new ArrayList<>();
    private CareException unreadable;
    private volatile ZoneId zone;

    /** Got for each step anew, and only while it runs: whoever offers one may be stopped at any moment. Lowest ranking first. */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    volatile List<ComponentServiceObjects<Chore>> chores = List.of();

    @Activate
    public LocalHousekeeping(@Reference Workers workers, BundleContext context, Config config) {
        this(workers, new ScheduleFile(Path.of(context.getProperty("ozone.data")).resolve("schedules.json")),
                InstantSource.system(), zone(config.timezone()));
        ScheduledExecutorService timer = workers.timer();
        timer.scheduleWithFixedDelay(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    LocalHousekeeping(Workers workers, ScheduleFile file, InstantSource clock, ZoneId zone) {
        this.workers = workers;
        this.file = file;
        this.clock = clock;
        this.zone = zone;
        open();
    }

    private synchronized void open() {
        try {
            Instant now = clock.instant();
            for (ScheduleFile.Entry entry : file.read()) {
                if (entry.next() != null && entry.next().isBefore(now)) {
                    LOG.warn("{} was due at {}, when the instance was not running: it is not caught up", name(entry.kind()), entry.next());
                }
                entries.add(planned(entry, now));
            }
        } catch (CareException e) {
            unreadable = e;
            LOG.error("{}", e.getMessage());
        }
    }

    /** One that does not exist is that of the system, and the log says so. */
    private static ZoneId zone(String name) {
        try {
            return name.isBlank() ? ZoneId.systemDefault() : ZoneId.of(name.strip());
        } catch (DateTimeException e) {
            LOG.warn("general.timezone is '{}', which is no time zone: schedules count in {}. UTC is one, and Europe/Berlin", name, ZoneId.systemDefault());
            return ZoneId.systemDefault();
        }
    }

    @Modified
    synchronized void reconfigure(Config config) {
        ZoneId wanted = zone(config.timezone());
        if (!wanted.equals(zone)) {
            zone = wanted;
            Instant now = clock.instant();
            entries.replaceAll(entry -> planned(entry, now));
            LOG.info("Schedules now count in {}", wanted);
        }
    }

    private ScheduleFile.Entry planned(ScheduleFile.Entry entry, Instant now) {
        try {
            return new ScheduleFile.Entry(entry.id(), entry.kind(), entry.cron(), Times.of(entry.cron()).after(now, zone), entry.last(), entry.result());
        } catch (CareException e) {
            throw new IllegalStateException("It was read before", e);
        }
    }

    @Override
    public Run run(Chore.Kind kind, boolean dryRun, Consumer<Step> steps, Progress progress) throws CareException, InterruptedException {
        if (!running.tryLock()) {
            throw new CareException("Housekeeping is under way already: wait for its end, or see what it does with ozone-core capabilities");
        }
        try (Workers.Working working = workers.working()) {
            Instant began = clock.instant();
            List<Step> ended = new ArrayList<>();
            for (ComponentServiceObjects<Chore> offered : List.copyOf(chores).reversed()) {
                Chore chore = offered.getService();
                if (chore == null) {
                    continue; // it has just been switched off
                }
                try {
                    if (chore.kinds().contains(kind)) {
                        Step step = step(chore, kind, dryRun, progress);
                        ended.add(step);
                        steps.accept(step);
                    }
                } finally {
                    offered.ungetService(chore);
                }
            }
            return new Run(kind, dryRun, began, List.copyOf(ended));
        } finally {
            running.unlock();
        }
    }

    private static Step step(Chore chore, Chore.Kind kind, boolean dryRun, Progress progress) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        long began = System.nanoTime();
        List<Chore.Figure> figures = List.of();
        String problem = null;
        try {
            figures = List.copyOf(chore.run(kind, dryRun, progress));
        } catch (CareException e) {
            problem = e.getMessage();
        } catch (RuntimeException e) {
            problem = e.toString();
            LOG.error("{} of {} failed", name(kind), chore.name(), e);
        }
        return new Step(chore.name(), figures, (System.nanoTime() - began) / 1e9, problem);
    }

    @Override
    public synchronized Schedule schedule(Chore.Kind kind, String cron) throws CareException {
        checkReadable();
        Times times = Times.of(cron);
        for (ScheduleFile.Entry entry : entries) {
            if (entry.kind() == kind && entry.cron().equals(times.text())) {
                return shown(entry);
            }
        }
        int number = 1;
        while (entry(name(kind) + "-" + number) != null) {
            number++;
        }
        ScheduleFile.Entry entry = new ScheduleFile.Entry(name(kind) + "-" + number, kind, times.text(), times.after(clock.instant(), zone), null, null);
        List<ScheduleFile.Entry> wanted = new ArrayList<>(entries);
        wanted.add(entry);
        keep(wanted);
        return shown(entry);
    }

    @Override
    public synchronized List<Schedule> schedules() {
        return entries.stream().map(this::shown).sorted(Comparator.comparing(Schedule::next, Comparator.nullsLast(Comparator.naturalOrder()))).toList();
    }

    @Override
    public synchronized Schedule unschedule(String id) throws CareException {
        checkReadable();
        ScheduleFile.Entry entry = entry(id);
        if (entry == null) {
            throw new CareException("There is no schedule '" + id + "'. " + (entries.isEmpty() ? "There is none at all"
                    : "There are " + String.join(", ", entries.stream().map(ScheduleFile.Entry::id).toList())));
        }
        List<ScheduleFile.Entry> wanted = new ArrayList<>(entries);
        wanted.remove(entry);
        keep(wanted);
        return shown(entry);
    }

    private void keep(List<ScheduleFile.Entry> wanted) throws CareException {
        file.write(wanted);
        entries.clear();
        entries.addAll(wanted);
    }

    private void checkReadable() throws CareException {
        if (unreadable != null) {
            throw unreadable;
        }
    }

    private ScheduleFile.Entry entry(String id) {
        return entries.stream().filter(entry -> entry.id().equals(id)).findFirst().orElse(null);
    }

    private Schedule shown(ScheduleFile.Entry entry) {
        return new Schedule(entry.id(), entry.kind(), entry.cron(), zone.getId(), entry.next(), entry.last(), entry.result());
    }

    /** Runs what is due, on a thread for it. */
    void look() {
        for (ScheduleFile.Entry entry : due()) {
            try {
                workers.pool("run", 1).execute(() -> runScheduled(entry));
            } catch (RejectedExecutionException e) {
                LOG.debug("{} does not run: the bundle is stopping", entry.id(), e);
            }
        }
    }

    /** What is due now; each is planned anew at once, so that it is not due twice. */
    private synchronized List<ScheduleFile.Entry> due() {
        Instant now = clock.instant();
        List<ScheduleFile.Entry> due = entries.stream().filter(entry -> entry.next() != null && !entry.next().isAfter(now)).toList();
        entries.replaceAll(entry -> due.contains(entry) ? planned(entry, now) : entry);
        return due;
    }

    private void runScheduled(ScheduleFile.Entry due) {
        Instant began = clock.instant();
        String result;
        try {
            Run run = run(due.kind(), false, step -> { }, Progress.NONE);
            List<String> failed = run.steps().stream().filter(step -> step.problem() != null).map(step -> step.name() + ": " + step.problem()).toList();
            result = failed.isEmpty() ? "done, " + run.steps().size() + " steps" : "failed: " + String.join("; ", failed);
            if (!failed.isEmpty()) {
                LOG.warn("{} by schedule {}: {}", name(due.kind()), due.id(), result);
            }
        } catch (CareException e) {
            result = "not run: " + e.getMessage();
            LOG.warn("{} by schedule {}: {}", name(due.kind()), due.id(), result);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            result = "interrupted, since the instance stopped";
        }
        note(due, began, result);
    }

    private synchronized void note(ScheduleFile.Entry ran, Instant began, String result) {
        List<ScheduleFile.Entry> noted = entries.stream().map(entry -> entry.id().equals(ran.id())
                ? new ScheduleFile.Entry(entry.id(), entry.kind(), entry.cron(), entry.next(), began, result) : entry).toList();
        try {
            keep(noted);
        } catch (CareException e) {
            LOG.warn("{}", e.getMessage());
        }
    }

    private static String name(Chore.Kind kind) {
        return kind == Chore.Kind.OPTIMIZE ? "optimize" : kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
