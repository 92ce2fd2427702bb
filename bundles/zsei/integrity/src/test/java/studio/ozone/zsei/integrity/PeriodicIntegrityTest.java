package studio.ozone.zsei.integrity;

import java.lang.annotation.Annotation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.function.Consumer;

import com.codahale.metrics.MetricRegistry;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.care.CareException;
import studio.ozone.api.care.Inspection;
import studio.ozone.api.care.Inspection.Finding;
import studio.ozone.api.care.Inspection.Kind;
import studio.ozone.api.care.Integrity;
import studio.ozone.api.kit.Offered;
import studio.ozone.api.kit.TestWorkers;
import studio.ozone.api.runtime.HealthCheck.Status;
import studio.ozone.api.runtime.Progress;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

public class PeriodicIntegrityTest {

    private static final Finding EDGE = new Finding(Kind.BROKEN_RELATION, 7, "The edge 7 similar 8 has no way back", true);
    private static final Finding HASH = new Finding(Kind.HASH_MISMATCH, 9, "Container 9 is not what was written: restore a backup", false);
    private static final Finding CHANGED = new Finding(Kind.SOURCE_CHANGED, 3, "/notes/a.md has changed since it was read", false);

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final TestWorkers workers = new TestWorkers();
    private final MetricRegistry metrics = new MetricRegistry();
    private Instant now = Instant.parse("2026-11-25T10:00:00Z");
    private Path file;
    private PeriodicIntegrity integrity;

    @Before
    public void start() {
        file = folder.getRoot().toPath().resolve("integrity.json");
        integrity = integrity(true, 24);
    }

    @After
    public void stop() {
        workers.close();
    }

    private PeriodicIntegrity integrity(boolean repair, double hours) {
        metrics.remove(PeriodicIntegrity.LEFT);
        return new PeriodicIntegrity(workers, metrics, new LastScan(file), () -> now, config(repair, hours));
    }

    @Test
    public void scansSomeTimeAfterTheStartAndThenAtItsInterval() throws Exception {
        Part part = offer(EDGE);
        tick(Duration.ofMinutes(9));
        assertEquals("not while the instance starts", 0, part.scans);
        tick(Duration.ofMinutes(2));
        assertEquals(1, part.scans);
        tick(Duration.ofHours(23));
        assertEquals(1, part.scans);
        tick(Duration.ofHours(1));
        assertEquals(2, part.scans);

        integrity.reconfigure(config(true, 0.5));
        tick(Duration.ofMinutes(31));
        assertEquals("the interval is live", 3, part.scans);
    }

    @Test
    public void theIntervalCountsOverARestart() throws Exception {
        Part before = offer();
        tick(Duration.ofMinutes(11));
        assertEquals(1, before.scans);

        now = now.plus(Duration.ofHours(20));
        integrity = integrity(true, 24);
        Part after = offer();
        tick(Duration.ofMinutes(11));
        assertEquals(0, after.scans);
        assertEquals(Instant.parse("2026-11-26T10:11:00Z"), integrity.next());
        tick(Duration.ofHours(4));
        assertEquals(1, after.scans);
    }

    @Test
    public void byTheClockItMendsWhatCanBeDerivedUnlessThatIsOff() throws Exception {
        Part part = offer(EDGE, HASH, CHANGED);
        tick(Duration.ofMinutes(11));

        Integrity.Scan scan = integrity.last().orElseThrow();
        assertEquals(List.of(EDGE), part.mended);
        assertEquals(List.of(HASH, CHANGED), scan.left());
        assertEquals(1, scan.wrong());
        assertEquals(1, scan.stale());
        assertEquals(Status.WARN, integrity.check().status());
        assertTrue(integrity.check().message(), integrity.check().message().contains("1 wrong"));
        assertEquals(1L, metrics.getGauges().get(PeriodicIntegrity.LEFT).getValue());

        integrity = integrity(false, 24);
        assertEquals("kept over a restart", scan, integrity.last().orElseThrow());
        Part kept = offer(EDGE);
        tick(Duration.ofHours(25));
        assertEquals(List.of(), kept.mended);
        assertEquals(List.of(EDGE), integrity.last().orElseThrow().left());
    }

    @Test
    public void filesThatChangedAreNoDamage() throws Exception {
        offer(CHANGED);
        integrity.scan(finding -> true, Progress.NONE);

        assertEquals(Status.OK, integrity.check().status());
        assertTrue(integrity.check().message(), integrity.check().message().contains("1 file has changed"));
    }

    @Test
    public void aPartThatCannotBeLookedAtKeepsNoOtherFromIt() throws Exception {
        Part good = new Part(List.of(EDGE));
        Part broken = new Part(List.of()) {
            @Override
            public long inspect(Consumer<Finding> findings, Progress progress) throws CareException {
                throw new CareException("The index is being rebuilt");
            }
        };
        integrity.inspections = List.of(new Offered<>(good), new Offered<>(broken));

        Integrity.Scan scan = integrity.scan(finding -> true, Progress.NONE);

        assertTrue(scan.failed());
        assertEquals("The index is being rebuilt", scan.parts().get(0).problem());
        assertEquals(List.of(EDGE), good.mended);
        assertEquals(Status.WARN, integrity.check().status());
    }

    @Test
    public void findingsAreBoundedAndCounted() throws Exception {
        Finding[] many = new Finding[5_000];
        for (int i = 0; i < many.length; i++) {
            many[i] = new Finding(Kind.ORPHAN, i, "no parent", i % 2 == 0);
        }
        offer(many);

        Integrity.Scan scan = integrity.scan(Finding::repairable, Progress.NONE);

        assertEquals(2_500, scan.parts().get(0).repaired());
        assertEquals(2_500, scan.leftInAll());
        assertEquals(Integrity.MOST_LISTED, scan.left().size());
        assertFalse(scan.left().stream().anyMatch(Finding::repairable));
    }

    @Test
    public void aCancelledScanLeavesTheLastAndOneRunsAtATime() throws Exception {
        offer(CHANGED);
        Integrity.Scan before = integrity.scan(finding -> true, Progress.NONE);
        CountDownLatch begun = new CountDownLatch(1);
        integrity.inspections = List.of(new Offered<>(new Part(List.of()) {
            @Override
            public long inspect(Consumer<Finding> findings, Progress progress) throws InterruptedException {
                begun.countDown();
                new CountDownLatch(1).await();
                return 0;
            }
        }));
        Future<?> running = workers.pool("scan", 1).submit(() -> integrity.scan(finding -> true, Progress.NONE));
        begun.await();

        assertThrows(CareException.class, () -> integrity.scan(finding -> true, Progress.NONE));
        running.cancel(true);
        workers.settle("scan");

        assertEquals(before, integrity.last().orElseThrow());
    }

    @Test
    public void whatCannotBeReadOfTheLastScanIsAnotherScan() throws Exception {
        Files.writeString(file, "{\"began\": \"never\"");
        integrity = integrity(true, 24);

        assertTrue(integrity.last().isEmpty());
        assertEquals(now.plus(PeriodicIntegrity.AFTER_START), integrity.next());
    }

    @Test
    public void aWrongIntervalIsRefusedAndTheOldOneStays() throws Exception {
        offer();
        integrity.scan(finding -> true, Progress.NONE);
        Instant next = integrity.next();

        assertThrows(IllegalArgumentException.class, () -> integrity.reconfigure(config(true, Double.NaN)));
        assertThrows(IllegalArgumentException.class, () -> integrity.reconfigure(config(true, 0)));

        assertEquals(next, integrity.next());
    }

    private Part offer(Finding... findings) {
        Part part = new Part(List.of(findings));
        integrity.inspections = List.of(new Offered<>(part));
        return part;
    }

    private void tick(Duration later) throws Exception {
        now = now.plus(later);
        integrity.look();
        workers.settle("scan"); // the scan that was due has ended
    }

    private static PeriodicIntegrity.Config config(boolean repair, double hours) {
        return new PeriodicIntegrity.Config() {
            @Override
            public boolean enabled() {
                return true;
            }

            @Override
            public boolean auto__repair() {
                return repair;
            }

            @Override
            public double verification__interval__hours() {
                return hours;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return PeriodicIntegrity.Config.class;
            }
        };
    }

    private static class Part implements Inspection {

        private final List<Finding> findings;
        private final List<Finding> mended = new ArrayList<>();
        private int scans;

        Part(List<Finding> findings) {
            this.findings = findings;
        }

        @Override
        public String name() {
            return "part";
        }

        @Override
        public long inspect(Consumer<Finding> told, Progress progress) throws CareException, InterruptedException {
            scans++;
            findings.forEach(told);
            return 100;
        }

        @Override
        public int repair(Collection<Finding> wanted, Progress progress) {
            mended.addAll(wanted);
            return wanted.size();
        }
    }
}
