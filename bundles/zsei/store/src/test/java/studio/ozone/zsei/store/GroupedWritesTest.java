package studio.ozone.zsei.store;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import com.codahale.metrics.MetricRegistry;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** The two settings of {@code zsei.write} do what they say. */
public class GroupedWritesTest {

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private final MetricRegistry metrics = new MetricRegistry();
    private final List<Runnable> alarms = new ArrayList<>();
    private final List<Long> delays = new ArrayList<>();

    private XodusStore open(Tuning tuning) throws Exception {
        return open(tuning, (nanos, task) -> {
            delays.add(nanos);
            alarms.add(task);
        });
    }

    private XodusStore open(Tuning tuning, Alarm alarm) throws Exception {
        Path folder = temporary.newFolder().toPath();
        return XodusStore.open(folder, Clock.systemUTC(), commit -> { }, tuning, new Figures.Published(metrics), alarm);
    }

    private static Changes one(XodusStore store) {
        return new Changes().put(Container.of(store.newId(), 0, ContainerType.TEXT, "t", null, null, 0, 0, null, Map.of()));
    }

    @Test
    public void aBatchTakesOneForcedWrite() throws Exception {
        try (XodusStore store = open(Tuning.of(50, 1000))) {
            long before = store.forced();
            List<CompletableFuture<Commit>> answers = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                answers.add(store.submit(one(store)));
            }
            assertTrue("20 batches are full", answers.stream().allMatch(CompletableFuture::isDone));
            assertEquals(20, store.forced() - before);
            assertEquals(20, metrics.counter(Figures.Published.GROUPS).getCount());
            assertEquals(1000, metrics.counter(Figures.Published.COMMITS).getCount());
            assertEquals(50, metrics.histogram(Figures.Published.GROUP_RECORDS).getSnapshot().getMax());
        }
    }

    @Test
    public void whatDoesNotFillABatchWaitsForTheIntervalOnly() throws Exception {
        try (XodusStore store = open(Tuning.of(50, 1234))) {
            CompletableFuture<Commit> first = store.submit(one(store));
            CompletableFuture<Commit> second = store.submit(one(store));
            assertFalse(first.isDone());
            assertEquals("one alarm for both", List.of(TimeUnit.MILLISECONDS.toNanos(1234)), delays);
            assertEquals("not seen before it is durable", 0, store.sequence());
            alarms.removeFirst().run();
            assertEquals(List.of(1L, 2L), List.of(first.resultNow().sequence(), second.resultNow().sequence()));
            store.submit(one(store));
            assertEquals(2, delays.size());
        }
    }

    @Test
    public void theAlarmOfTheJvmRings() throws Exception {
        try (XodusStore store = open(Tuning.of(50, 5), Alarm.ofTheJvm())) {
            assertEquals(1, store.submit(one(store)).get(30, TimeUnit.SECONDS).sequence());
        }
    }

    @Test
    public void whoWaitsIsNotKeptWaitingByTheInterval() throws Exception {
        try (XodusStore store = open(Tuning.of(100_000, 60_000))) {
            CompletableFuture<Commit> before = store.submit(one(store));
            long began = System.nanoTime();
            for (int i = 0; i < 10; i++) {
                store.apply(one(store));
            }
            assertTrue("no interval passed", System.nanoTime() - began < TimeUnit.SECONDS.toNanos(30));
            assertEquals("it took along what waited", 1, before.resultNow().sequence());
        }
    }

    @Test
    public void oneAndZeroWriteThrough() throws Exception {
        try (XodusStore store = open(Tuning.of(1, 0))) {
            long before = store.forced();
            for (int i = 0; i < 20; i++) {
                assertTrue(store.submit(one(store)).isDone());
            }
            assertEquals(20, store.forced() - before);
            try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
                List<Future<?>> all = new ArrayList<>();
                for (int t = 0; t < 8; t++) {
                    all.add(pool.submit(() -> {
                        for (int i = 0; i < 10; i++) {
                            store.apply(one(store));
                        }
                        return null;
                    }));
                }
                for (Future<?> each : all) {
                    each.get();
                }
            }
            assertEquals("each has a forced write of its own", 100, store.forced() - before);
            assertEquals(List.of(), delays);
        }
    }

    @Test
    public void theSettingsAreLive() throws Exception {
        try (XodusStore store = open(Tuning.of(1, 0))) {
            store.tune(Tuning.of(10, 1000));
            CompletableFuture<Commit> answer = store.submit(one(store));
            assertFalse(answer.isDone());
            store.tune(Tuning.of(2, 1000));
            store.submit(one(store));
            assertTrue(answer.isDone());
        }
    }

    @Test
    public void aWrongSettingIsNamed() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Tuning.of(0, 0)).getMessage().contains("zsei.write.batch_size"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Tuning.of(1, -1)).getMessage().contains("zsei.write.flush_interval_ms"));
    }
}
