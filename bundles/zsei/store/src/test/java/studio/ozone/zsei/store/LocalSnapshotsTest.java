package studio.ozone.zsei.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import jetbrains.exodus.ExodusException;
import jetbrains.exodus.io.FileDataReader;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.Snapshots;
import studio.ozone.api.zsei.StoreListener;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.zsei.store.kit.MemoryStore;
import studio.ozone.zsei.store.kit.RandomChanges;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** Copies of a store that is written to, and putting them back. */
public class LocalSnapshotsTest {

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private final List<Long> told = new ArrayList<>();
    private Path root;
    private XodusStore store;
    private LocalSnapshots snapshots;

    @Before
    public void open() throws Exception {
        if (root == null) {
            root = temporary.getRoot().toPath().resolve("store");
            Files.createDirectory(root);
        }
        store = XodusStore.open(Place.read(root).folder(root), Clock.systemUTC(), commit -> { });
        snapshots = snapshots(Replacement.DISK);
    }

    private LocalSnapshots snapshots(Replacement.Disk disk) {
        return new LocalSnapshots(() -> store, root, new Followers() {
            @Override
            Iterable<StoreListener> listeners() {
                return List.of(commit -> told.add(commit.sequence()));
            }
        }, disk);
    }

    @After
    public void close() {
        store.close();
    }

    private Path copy(String name) throws Exception {
        Path folder = Files.createDirectory(temporary.getRoot().toPath().resolve(name));
        return snapshots.now(snapshot -> {
            snapshot.copy(folder, Progress.NONE);
            return folder;
        });
    }

    /** All that a state says, in the words of the records. */
    private static List<String> told(Snapshots.Snapshot snapshot) throws IOException, ZseiException, InterruptedException {
        List<String> all = new ArrayList<>();
        snapshot.containers(each -> all.add(each.toString()));
        snapshot.relations(each -> all.add(each.toString()));
        snapshot.embeddings(each -> all.add(each.id() + each.model() + List.of(each.vector()[0], each.vector()[1])));
        return all;
    }

    private List<String> now() throws Exception {
        return snapshots.now(LocalSnapshotsTest::told);
    }

    private List<Long> fill(int count, String name) throws ZseiException {
        List<Long> ids = new ArrayList<>();
        Changes changes = new Changes();
        Map<Long, float[]> vectors = new HashMap<>();
        for (int i = 0; i < count; i++) {
            long id = store.newId();
            ids.add(id);
            changes.put(Container.of(id, i == 0 ? 0 : ids.getFirst(), i == 0 ? ContainerType.DOCUMENT : ContainerType.CHUNK, name + i, "/" + name, null, i, i + 1,
                    null, Map.of("n", name)));
            vectors.put(id, new float[] { i, -i });
            if (i > 0) {
                changes.relate(new Relation(ids.getFirst(), id, RelationType.REFERENCES, 0.5, Relation.Discovery.MANUAL));
            }
        }
        store.apply(changes);
        store.putEmbeddings("m", vectors);
        return ids;
    }

    @Test
    public void aCopyHoldsTheStateOfOneMomentHoweverMuchIsWrittenMeanwhile() throws Exception {
        fill(100, "before");
        AtomicBoolean stop = new AtomicBoolean();
        AtomicReference<Exception> failure = new AtomicReference<>();
        Thread writer = new Thread(() -> {
            for (int i = 0; !stop.get(); i++) {
                try {
                    fill(5, "meanwhile" + i);
                } catch (ZseiException e) {
                    failure.set(e);
                }
            }
        });
        writer.start();
        try {
            for (int i = 0; i < 5; i++) {
                Path folder = Files.createDirectory(temporary.getRoot().toPath().resolve("copy" + i));
                List<String> seen = snapshots.now(snapshot -> {
                    List<String> first = told(snapshot);
                    snapshot.copy(folder, Progress.NONE);
                    assertEquals(first, told(snapshot));
                    return first;
                });
                assertEquals(seen, snapshots.of(folder, LocalSnapshotsTest::told));
            }
        } finally {
            stop.set(true);
            writer.join();
        }
        assertEquals(null, failure.get());
    }

    @Test
    public void aRestoreBringsBackJustWhatWasAndNumbersGoOn() throws Exception {
        List<Long> kept = fill(20, "kept");
        List<String> state = now();
        Path copy = copy("copy");
        List<Long> later = fill(30, "later");
        store.apply(new Changes().remove(kept.getFirst()));
        List<String> after = now();
        long sequence = store.sequence();

        Snapshots.Replaced dry = snapshots.replace(copy, true, Progress.NONE);
        assertEquals(after, now());
        assertEquals(sequence, store.sequence());
        Snapshots.Replaced replaced = snapshots.replace(copy, false, Progress.NONE);

        assertEquals(state, now());
        assertEquals(20, replaced.changed());
        assertEquals(30, replaced.gone());
        assertEquals(20, dry.changed());
        assertEquals(30, dry.gone());
        assertTrue("a gap before it", store.sequence() - 1 > sequence + 1);
        assertEquals("and one behind it", List.of(store.sequence() - 1), told);
        assertTrue(store.newId() > later.getLast());
        assertEquals("nothing is wrong in it", 0, faults());

        fill(3, "new");
        List<String> grown = now();
        store.close();
        open();
        assertEquals(grown, now());
        assertTrue(store.newId() > later.getLast());

        Snapshots.Replaced undone = snapshots.undo(false, Progress.NONE);
        assertEquals(after, now());
        assertEquals(30, undone.changed());
        assertEquals(23, undone.gone());
        snapshots.undo(false, Progress.NONE);
        assertEquals("an undo can be undone", grown, now());
        assertTrue(snapshots.before().orElseThrow().bytes() > 0);
        snapshots.forget();
        assertTrue(snapshots.before().isEmpty());
        assertEquals(ZseiException.Code.NOT_FOUND, assertThrows(ZseiException.class, () -> snapshots.undo(false, Progress.NONE)).code());
        assertEquals(List.of(Place.read(root).current(), "place"), entries());
        assertEquals(grown, now());
    }

    private List<String> entries() throws IOException {
        try (Stream<Path> entries = Files.list(root)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    private long faults() throws ZseiException {
        List<Fault> faults = new ArrayList<>();
        store.examine(faults::add, Progress.NONE);
        return faults.size();
    }

    /** Follows the change log only, as the index does after a start, and mostly lags behind. */
    private static final class Lagging {

        private final Map<Long, String> known = new TreeMap<>();
        private long seen;

        void follow(ContainerStore store, Random random, boolean toTheEnd) throws ZseiException {
            ContainerStore.ChangePage page;
            do {
                page = store.changesAfter(seen, 1 + random.nextInt(20));
                page.removed().forEach(known::remove);
                for (long id : page.written()) {
                    known.put(id, store.get(id).orElseThrow().toString());
                }
                assertTrue("the log never goes back", page.sequence() >= seen);
                seen = page.sequence();
            } while (page.more() && (toTheEnd || random.nextBoolean()));
        }
    }

    @Test
    public void whoFollowsTheLogFromAnyMomentOnEndsWithWhatTheStoreHolds() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<Lagging> followers = List.of(new Lagging(), new Lagging(), new Lagging());
        List<Path> copies = new ArrayList<>();
        Map<Path, List<String>> states = new HashMap<>();
        MemoryStore model = new MemoryStore(commit -> { });
        RandomChanges changes = new RandomChanges(seed);
        for (int step = 0; step < 400; step++) {
            Changes next = changes.next(model);
            try {
                model.apply(next);
                store.apply(next);
            } catch (ZseiException e) {
                assertEquals(ZseiException.Code.INVALID, e.code()); // of the model, which is another state after the first replacement; or of the store
            }
            if (random.nextInt(10) == 0) {
                followers.get(random.nextInt(followers.size())).follow(store, random, random.nextBoolean());
            }
            if (random.nextInt(40) == 0) {
                Path copy = copy("c" + step);
                copies.add(copy);
                states.put(copy, now());
            }
            if (random.nextInt(40) == 0 && !copies.isEmpty()) {
                Path copy = copies.get(random.nextInt(copies.size()));
                if (random.nextInt(4) == 0 && snapshots.before().isPresent()) {
                    snapshots.undo(false, Progress.NONE);
                } else {
                    snapshots.replace(copy, false, Progress.NONE);
                    assertEquals("seed " + seed, states.get(copy), now());
                }
                assertEquals("seed " + seed, 0, faults());
            }
        }
        Map<Long, String> held = new TreeMap<>();
        store.scan(container -> held.put(container.id(), container.toString()));
        for (Lagging follower : followers) {
            follower.follow(store, random, true);
            assertEquals("seed " + seed, held, follower.known);
        }
    }

    @Test
    public void whoWritesWhileItIsReplacedWaitsAndWritesToTheNewOne() throws Exception {
        fill(50, "kept");
        Path copy = copy("copy");
        AtomicBoolean stop = new AtomicBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Set<Long> acknowledged = new HashSet<>();
        Set<Long> ids = new HashSet<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                long last = 0;
                while (!stop.get()) {
                    try {
                        long id = store.newId();
                        Commit commit = store.apply(new Changes().put(Container.of(id, 0, ContainerType.TEXT, "w", null, null, 0, 0, null, Map.of())));
                        assertTrue(commit.sequence() > last);
                        last = commit.sequence();
                        synchronized (ids) {
                            assertTrue("an id is given once", ids.add(id));
                            acknowledged.add(commit.sequence());
                        }
                    } catch (ZseiException | AssertionError e) {
                        failure.set(e);
                        return;
                    }
                }
            }));
        }
        threads.add(Thread.ofPlatform().start(() -> {
            while (!stop.get()) {
                try {
                    assertTrue(store.children(0).size() > 0);
                    store.scan(container -> { });
                } catch (ZseiException | AssertionError e) {
                    failure.set(e);
                    return;
                }
            }
        }));
        for (int i = 0; i < 5; i++) {
            snapshots.replace(copy, false, Progress.NONE);
        }
        stop.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(null, failure.get());
        assertEquals("every write had a number of its own", ids.size(), acknowledged.size());
        assertEquals(0, faults());
    }

    /** A disk whose n-th operation fails. */
    private static final class Failing implements Replacement.Disk {

        private int left;
        private boolean failed;

        Failing(int left) {
            this.left = left;
        }

        private void count() throws IOException {
            if (left-- == 0) {
                failed = true;
                throw new IOException("No space left on device");
            }
        }

        @Override
        public Database open(Path folder, Clock clock) throws ZseiException {
            try {
                return new Database(folder, new LogFiles(folder, new FileDataReader(folder.toFile())) {
                    @Override
                    protected void syncImpl() {
                        try {
                            count();
                        } catch (IOException e) {
                            throw new ExodusException(e);
                        }
                        super.syncImpl();
                    }
                }, clock);
            } catch (ExodusException e) {
                throw Problems.of(e, folder);
            }
        }

        @Override
        public void write(FileChannel to, ByteBuffer bytes) throws IOException {
            count();
            Replacement.Disk.super.write(to, bytes);
        }

        @Override
        public void force(FileChannel file) throws IOException {
            count();
            Replacement.Disk.super.force(file);
        }

        @Override
        public void write(Place place, Path root) throws IOException {
            count();
            Replacement.Disk.super.write(place, root);
        }
    }

    @Test
    public void whateverFailsTheStoreIsAsBeforeAndGoesOn() throws Exception {
        fill(300, "kept");
        List<String> wanted = now();
        Path copy = copy("copy");
        fill(300, "later");
        int failures = 0;
        for (int n = 0;; n++) {
            List<String> before = now();
            Failing disk = new Failing(n);
            snapshots = snapshots(disk);
            try {
                snapshots.replace(copy, false, Progress.NONE);
            } catch (ZseiException e) {
                assertTrue(e.getMessage(), e.getMessage().contains(root.toString()));
                failures++;
            }
            if (!disk.failed) {
                disk.left = Integer.MAX_VALUE;
                break;
            }
            assertEquals(before, now());
            assertFalse(Files.exists(root.resolve("place")));
            assertFalse("nothing is left over", Files.exists(root.resolve("1")));
            fill(2, "on" + n);
            if (n % 3 == 0) {
                List<String> grown = now();
                store.close();
                open();
                assertEquals(grown, now());
            }
        }
        assertTrue(failures + " failures", failures > 5);
        assertEquals(wanted, now());
    }

    @Test
    public void aCancelledReplacementLeavesNothing() throws Exception {
        fill(2000, "kept");
        Path copy = copy("copy");
        fill(10, "later");
        List<String> before = now();
        Progress cancelling = (stage, done, total, detail) -> {
            if (stage.equals("comparing")) {
                Thread.currentThread().interrupt();
            }
        };

        assertThrows(InterruptedException.class, () -> snapshots.replace(copy, false, cancelling));
        assertThrows(InterruptedException.class, () -> snapshots.now(snapshot -> {
            Path folder = Files.createDirectory(temporary.getRoot().toPath().resolve("cancelled"));
            snapshot.copy(folder, (stage, done, total, detail) -> Thread.currentThread().interrupt());
            return folder;
        }));

        assertFalse(Thread.interrupted());
        assertEquals(before, now());
        assertFalse(Files.exists(root.resolve("1")));
        fill(1, "on");
        assertNotEquals(before, now());
    }

    @Test
    public void whatAKilledReplacementLeftIsRemovedAndADamagedPlaceIsNotGuessed() throws Exception {
        fill(5, "kept");
        List<String> state = now();
        Path copy = copy("copy");
        snapshots.replace(copy, false, Progress.NONE);
        store.close();
        Files.createDirectory(root.resolve("7"));
        Files.writeString(root.resolve("7/0000000000000000.xd"), "half");
        Place.read(root).clean(root);
        assertFalse(Files.exists(root.resolve("7")));
        open();
        assertEquals(state, now());

        Files.writeString(root.resolve("place"), "../elsewhere\n-\n2026-01-01T00:00:00Z\n");
        assertThrows(ZseiException.class, () -> Place.read(root));
        Files.delete(root.resolve("place"));
    }
}
