package studio.ozone.runtime.housekeeping;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.osgi.service.component.ComponentServiceObjects;

import studio.ozone.api.care.CareException;
import studio.ozone.api.care.Chore;
import studio.ozone.api.care.Chore.Kind;
import studio.ozone.api.care.Housekeeping;
import studio.ozone.api.kit.Offered;
import studio.ozone.api.kit.TestWorkers;
import studio.ozone.api.runtime.Progress;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

public class LocalHousekeepingTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final TestWorkers workers = new TestWorkers();
    private final List<String> ran = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-25T10:15:30Z");
    private Path file;
    private LocalHousekeeping housekeeping;

    @Before
    public void start() {
        file = folder.getRoot().toPath().resolve("schedules.json");
        restart();
    }

    @After
    public void stop() {
        workers.close();
    }

    private void restart() {
        housekeeping = new LocalHousekeeping(workers, new ScheduleFile(file), () -> now, ZoneOffset.UTC);
    }

    /** Offers steps, lowest ranking first as Declarative Services does. */
    private void offer(Chore... chores) {
        List<ComponentServiceObjects<Chore>> offered = new ArrayList<>();
        for (Chore chore : chores) {
            offered.add(new Offered<>(chore));
        }
        housekeeping.chores = offered;
    }

    private Chore chore(String name, Set<Kind> kinds) {
        return new Step(name, kinds, (kind, dryRun) -> {
            ran.add(name + (dryRun ? " dry" : ""));
            return List.of(new Chore.Figure("entries", "", 5, 0));
        });
    }

    @Test
    public void runsTheStepsOfAKindHighestRankingFirst() throws Exception {
        offer(chore("last", EnumSet.of(Kind.GC)), chore("other", EnumSet.of(Kind.OPTIMIZE)), chore("first", EnumSet.of(Kind.GC, Kind.OPTIMIZE)));
        List<String> told = new ArrayList<>();

        Housekeeping.Run run = housekeeping.run(Kind.GC, true, step -> told.add(step.name()), Progress.NONE);

        assertEquals(List.of("first dry", "last dry"), ran);
        assertEquals(List.of("first", "last"), told);
        assertEquals(5, run.steps().get(0).figures().get(0).before(), 0);
        assertFalse(run.failed());
    }

    @Test
    public void aStepThatFailsKeepsNoOtherFromRunning() throws Exception {
        offer(chore("after", EnumSet.of(Kind.GC)), new Step("broken", EnumSet.of(Kind.GC), (kind, dryRun) -> {
            throw new CareException("The disk is full");
        }), new Step("wrong", EnumSet.of(Kind.GC), (kind, dryRun) -> {
            throw new IllegalStateException("a defect");
        }));

        Housekeeping.Run run = housekeeping.run(Kind.GC, false, step -> { }, Progress.NONE);

        assertTrue(run.failed());
        assertEquals("java.lang.IllegalStateException: a defect", run.steps().get(0).problem());
        assertEquals("The disk is full", run.steps().get(1).problem());
        assertEquals(List.of("after"), ran);
    }

    @Test
    public void oneRunAtATimeAndAnInterruptEndsIt() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        offer(chore("after", EnumSet.of(Kind.GC)), new Step("long", EnumSet.of(Kind.GC), (kind, dryRun) -> {
            begun.countDown();
            new CountDownLatch(1).await();
            return List.of();
        }));
        Future<Housekeeping.Run> running = workers.pool("run", 1).submit(() -> housekeeping.run(Kind.GC, false, step -> { }, Progress.NONE));
        begun.await();

        assertThrows(CareException.class, () -> housekeeping.run(Kind.GC, false, step -> { }, Progress.NONE));
        running.cancel(true);
        workers.settle("run"); // the thread is free again

        assertEquals(List.of(), ran);
        offer(chore("after", EnumSet.of(Kind.GC)));
        housekeeping.run(Kind.GC, false, step -> { }, Progress.NONE);
        assertEquals(List.of("after"), ran);
    }

    @Test
    public void aScheduleRunsOnceAtItsTimeAndIsKeptOverRestarts() throws Exception {
        offer(chore("step", EnumSet.of(Kind.GC)));
        Housekeeping.Schedule kept = housekeeping.schedule(Kind.GC, "0 3 * * *");
        assertEquals(Instant.parse("2026-11-26T03:00:00Z"), kept.next());
        assertEquals("the same again is the same", kept, housekeeping.schedule(Kind.GC, " 0  3 * * * "));
        assertEquals("scheduling alone does not run it", List.of(), ran);

        restart();
        offer(chore("step", EnumSet.of(Kind.GC)));
        assertEquals(List.of(kept), housekeeping.schedules());
        tick(Duration.ofHours(16));
        assertEquals("not yet", List.of(), ran);
        tick(Duration.ofHours(1));
        tick(Duration.ofMinutes(1));
        assertEquals("once", List.of("step"), ran);

        restart();
        Housekeeping.Schedule after = housekeeping.schedules().get(0);
        assertEquals(Instant.parse("2026-11-27T03:00:00Z"), after.next());
        assertEquals("done, 1 steps", after.result());
        assertEquals(Instant.parse("2026-11-26T03:15:30Z"), after.last());
    }

    @Test
    public void whatWasMissedIsNotCaughtUp() throws Exception {
        housekeeping.schedule(Kind.GC, "0 3 * * *");
        now = now.plus(Duration.ofDays(3));

        restart();
        offer(chore("step", EnumSet.of(Kind.GC)));
        tick(Duration.ofMinutes(1));

        assertEquals(List.of(), ran);
        assertEquals(Instant.parse("2026-11-29T03:00:00Z"), housekeeping.schedules().get(0).next());
    }

    @Test
    public void aScheduleIsDroppedByItsIdAndAWrongIdNamesThoseThereAre() throws Exception {
        Housekeeping.Schedule one = housekeeping.schedule(Kind.GC_AGGRESSIVE, "0 3 * * *");
        housekeeping.schedule(Kind.OPTIMIZE, "0 4 * * 0");

        CareException refused = assertThrows(CareException.class, () -> housekeeping.unschedule("nothing"));
        assertTrue(refused.getMessage(), refused.getMessage().contains("gc-aggressive-1, optimize-1"));
        housekeeping.unschedule(one.id());

        restart();
        assertEquals(List.of("optimize-1"), housekeeping.schedules().stream().map(Housekeeping.Schedule::id).toList());
    }

    @Test
    public void aFileThatCannotBeReadIsLeftAsItIs() throws Exception {
        Files.writeString(file, "{\"schedules\":[{\"id\":\"x\",\"kind\":\"gc\",\"cron\":\"99 3 * * *\"}]}");
        restart();

        assertEquals(List.of(), housekeeping.schedules());
        CareException refused = assertThrows(CareException.class, () -> housekeeping.schedule(Kind.GC, "0 3 * * *"));
        assertTrue(refused.getMessage(), refused.getMessage().contains(file.toString()) && refused.getMessage().contains("Field 1"));
        assertTrue(Files.readString(file).contains("99 3"));
    }

    @Test
    public void whatCannotBeKeptIsNotScheduled() throws Exception {
        Files.createDirectories(file.resolve("in the way"));

        assertThrows(CareException.class, () -> housekeeping.schedule(Kind.GC, "0 3 * * *"));

        assertEquals(List.of(), housekeeping.schedules());
    }

    private void tick(Duration later) throws Exception {
        now = now.plus(later);
        housekeeping.look();
        workers.settle("run"); // what was due has run
    }

    @FunctionalInterface
    private interface Work {
        List<Chore.Figure> run(Kind kind, boolean dryRun) throws CareException, InterruptedException;
    }

    private record Step(String name, Set<Kind> kinds, Work work) implements Chore {

        @Override
        public List<Figure> run(Kind kind, boolean dryRun, Progress progress) throws CareException, InterruptedException {
            return work.run(kind, dryRun);
        }
    }
}
