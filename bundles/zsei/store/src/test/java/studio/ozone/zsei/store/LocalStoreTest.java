package studio.ozone.zsei.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import com.codahale.metrics.MetricRegistry;
import org.junit.After;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.runtime.HealthCheck;
import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.StoreListener;
import studio.ozone.api.zsei.ZseiException;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

public class LocalStoreTest {

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private final MetricRegistry metrics = new MetricRegistry();
    private final Pools pools = new Pools();
    private final List<StoreListener> listeners = new ArrayList<>();
    private LocalStore store;

    @After
    public void close() {
        if (store != null) {
            store.close();
        }
        pools.executor.shutdownNow();
        pools.timer.shutdownNow();
    }

    private LocalStore open(Path folder) {
        store = new LocalStore(folder, pools, metrics, new Followers() {
            @Override
            Iterable<StoreListener> listeners() {
                return listeners;
            }
        }, Tuning.DEFAULT);
        return store;
    }

    private static Container text(long id) {
        return Container.of(id, 0, ContainerType.TEXT, "text", null, null, 0, 0, null, Map.of());
    }

    @Test
    public void opensInTheBackgroundAndCountsWhatItDoes() throws Exception {
        open(temporary.getRoot().toPath().resolve("a/b"));
        store.apply(new Changes().put(text(store.newId())).put(text(store.newId())));
        assertEquals(2L, metrics.getGauges().get("ozone_zsei_store_containers").getValue());
        assertEquals(1, metrics.timer("ozone_zsei_store_commit_seconds").getCount());
        HealthCheck.Result health = store.check();
        assertEquals(HealthCheck.Status.OK, health.status());
        assertTrue(health.message(), health.message().startsWith("2 containers in "));
        store.close();
        assertEquals(Set.of(), metrics.getNames());
        assertEquals(ZseiException.Code.CLOSED, assertThrows(ZseiException.class, () -> store.get(1)).code());
    }

    @Test
    public void theFolderIsItsOwnersOnly() throws Exception {
        Path folder = temporary.getRoot().toPath().resolve("local");
        open(folder).get(1);
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
    }

    @Test
    public void aListenerThatFailsHarmsNobody() throws Exception {
        List<Long> told = new ArrayList<>();
        listeners.add(commit -> {
            throw new IllegalStateException("for the test");
        });
        listeners.add(commit -> told.add(commit.sequence()));
        open(temporary.newFolder().toPath());
        store.apply(new Changes().put(text(1)));
        store.apply(new Changes().put(text(2)));
        assertEquals(List.of(1L, 2L), told);
    }

    @Test
    public void aListenerCannotWriteBeforeItReturns() throws Exception {
        List<ZseiException> refused = new ArrayList<>();
        listeners.add(commit -> refused.add(assertThrows(ZseiException.class, () -> store.apply(new Changes().put(text(9))))));
        open(temporary.newFolder().toPath());
        store.apply(new Changes().put(text(1)));
        assertEquals(ZseiException.Code.INVALID, refused.getFirst().code());
        assertTrue(store.get(9).isEmpty());
    }

    @Test
    public void saysWhyItCannotBeOpened() throws IOException {
        Path file = temporary.newFile("occupied").toPath();
        open(file.resolve("local"));
        ZseiException refused = assertThrows(ZseiException.class, () -> store.get(1));
        assertEquals(ZseiException.Code.STORE_UNAVAILABLE, refused.code());
        assertTrue(refused.getMessage(), refused.getMessage().contains(file + "/local") && refused.getMessage().contains("local_storage_path"));
        assertEquals(refused.getMessage(), store.check().message());
        assertEquals(HealthCheck.Status.FAIL, store.check().status());
        assertEquals(refused.getMessage(), assertThrows(IllegalStateException.class, () -> store.newId()).getMessage());
    }

    @Test
    public void aFolderThatCannotBeWrittenIsNamed() throws IOException {
        assumeTrue("root may write everywhere", !"root".equals(System.getProperty("user.name")));
        Path folder = temporary.newFolder("sealed").toPath();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-x------"));
        open(folder);
        ZseiException refused = assertThrows(ZseiException.class, () -> store.get(1));
        assertTrue(refused.getMessage(), refused.getMessage().contains("sealed") && refused.getMessage().contains("permission denied"));
    }

    @Test
    public void leavesNoThreadBehindHoweverOften() throws Exception {
        Path folder = temporary.newFolder().toPath();
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        for (int round = 0; round < 5; round++) {
            open(folder).apply(new Changes().put(text(store.newId())));
            Set<Thread> more = new HashSet<>(Thread.getAllStackTraces().keySet());
            more.removeAll(before);
            more.removeIf(thread -> thread.getName().equals("test-pool"));
            assertTrue("while it is open: " + more, more.size() <= 4);
            store.close();
            Set<Thread> after = new HashSet<>(Thread.getAllStackTraces().keySet());
            after.removeAll(before);
            after.removeIf(thread -> thread.getName().equals("test-pool") || !thread.isAlive());
            assertEquals("after round " + round, Set.of(), after);
        }
    }

    @Test
    public void thePathIsTheDataHomesUnlessItIsSaid() {
        assertEquals(Path.of("/data/zsei/local"), LocalStore.folder(LocalStore.IN_THE_DATA_HOME, "/data"));
        assertEquals(Path.of(System.getenv("HOME"), "zsei"), LocalStore.folder("${HOME}/zsei", null));
        assertThrows(IllegalArgumentException.class, () -> LocalStore.folder("${NOT_SET_AT_ALL}/zsei", null));
        assertEquals(Path.of(System.getProperty("user.home"), ".ozone-studio/zsei/local"), LocalStore.folder(LocalStore.IN_THE_DATA_HOME, null));
        assertEquals(Path.of(System.getProperty("user.home"), "x"), LocalStore.folder("~/x", "/data"));
        assertEquals(Path.of("/hdd/zsei"), LocalStore.folder("/hdd/zsei/", "/data"));
        for (String wrong : List.of("", "relative/path")) {
            assertTrue(assertThrows(IllegalArgumentException.class, () -> LocalStore.folder(wrong, "/data")).getMessage()
                    .contains("zsei.local_storage_path"));
        }
    }

    @Test
    public void closingDoesNotWaitForAScan() throws Exception {
        open(temporary.newFolder().toPath());
        Changes changes = new Changes();
        for (int i = 0; i < 100; i++) {
            changes.put(text(store.newId()));
        }
        store.apply(changes);
        int[] seen = new int[1];
        ZseiException ended = assertThrows(ZseiException.class, () -> store.scan(container -> {
            if (++seen[0] == 3) {
                pools.executor.submit(store::close);
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
                while (!closed() && System.nanoTime() < deadline) {
                    Thread.onSpinWait();
                }
            }
        }));
        assertEquals(ZseiException.Code.CLOSED, ended.code());
        assertEquals(3, seen[0]);
        assertFalse(Thread.currentThread().isInterrupted());
    }

    private boolean closed() {
        try {
            store.changesAfter(0, 1);
            return false;
        } catch (ZseiException e) {
            return e.code() == ZseiException.Code.CLOSED;
        }
    }

    /** Pools without accounting. */
    private static final class Pools implements Workers {

        private final ExecutorService executor = Executors.newCachedThreadPool(task -> new Thread(task, "test-pool"));
        private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "test-pool"));
        private final ExecutorService single = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "test-pool");
            thread.setDaemon(true);
            return thread;
        });

        @Override
        public ExecutorService pool(String name, int threads) {
            return single;
        }

        @Override
        public ScheduledExecutorService timer() {
            return timer;
        }

        @Override
        public boolean close(String name, Duration within) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Working working() {
            return () -> { };
        }
    }
}
