package studio.ozone.zsei.store.kit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.ZseiException;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/**
 * What every {@link ContainerStore} does. An implementation extends this class and says how its store is opened and closed; each
 * test has a folder of its own.
 */
public abstract class StoreContract {

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    protected final List<Commit> told = new ArrayList<>();
    protected ContainerStore store;
    private Path folder;

    /**
     * Opens the store in a folder, which may not exist yet.
     *
     * @param follower told of each commit as a {@link studio.ozone.api.zsei.StoreListener} is
     */
    protected abstract ContainerStore open(Path folder, Consumer<Commit> follower) throws ZseiException;

    protected abstract void close(ContainerStore store);

    @Before
    public void openStore() throws IOException, ZseiException {
        folder = temporary.getRoot().toPath().resolve("store");
        store = open(folder, told::add);
    }

    @After
    public void closeStore() {
        if (store != null) {
            close(store);
        }
    }

    protected final void reopen() throws ZseiException {
        close(store);
        store = null;
        store = open(folder, told::add);
    }

    @Test
    public void anEmptyStoreHasARootAndNothingElse() throws ZseiException {
        assertEquals(0, store.sequence());
        assertEquals(ContainerType.SYSTEM, store.get(0).orElseThrow().type());
        assertEquals(List.of(), store.children(0));
        assertTrue(store.get(1).isEmpty());
        assertTrue(store.find("/nowhere", null).isEmpty());
        assertEquals(List.of(), store.ancestors(1));
        assertEquals(List.of(), store.relations(1));
        assertTrue(store.embedding(1, "m").isEmpty());
        assertEquals(Map.of(), store.stats().containers());
        assertEquals(0, store.stats().relations());
        store.scan(container -> {
            throw new AssertionError("There is a container: " + container);
        });
        ContainerStore.ChangePage page = store.changesAfter(0, 10);
        assertEquals(new ContainerStore.ChangePage(List.of(), List.of(), 0, false), page);
    }

    @Test
    public void everyFieldComesBack() throws ZseiException {
        Container file = new Container(store.newId(), 0, 7, ContainerType.DATASET, "Ünïcode \uD83D\uDE00 name", "/data/übung.jsonl", null, 0, 0,
                null, null, null, Map.of());
        Container record = Container.of(store.newId(), file.id(), ContainerType.DOCUMENT, "", "/data/übung.jsonl", "r\u0000/1", 3, 1 << 30,
                "0123456789abcdef".repeat(4), Map.of("kind", "jsonl", "empty", "", "line", "12"));
        Container odd = Container.of(store.newId(), 0, ContainerType.TERM, "term", null, null, 0, 0, "not a sha", Map.of());
        Instant before = Instant.now().minusMillis(1);
        Commit commit = store.apply(new Changes().put(file).put(record).put(odd));
        for (Container each : List.of(file, record, odd)) {
            Container back = store.get(each.id()).orElseThrow();
            assertEquals(with(each, 1, back.created(), back.updated()), back);
            assertTrue(commit.written().contains(back));
            assertEquals(back.created(), back.updated());
            assertTrue(back.created() + " is now", !back.created().isBefore(before) && !back.created().isAfter(Instant.now()));
        }
        Container first = store.get(record.id()).orElseThrow();
        reopen();
        assertEquals(first, store.get(record.id()).orElseThrow());
        assertEquals(first, store.find("/data/übung.jsonl", "r\u0000/1").orElseThrow());
        assertEquals(file.id(), store.find("/data/übung.jsonl", null).orElseThrow().id());
    }

    private static Container with(Container c, int version, Instant created, Instant updated) {
        return new Container(c.id(), c.parent(), version, c.type(), c.name(), c.source(), c.record(), c.start(), c.end(), c.contentHash(),
                created, updated, c.attributes());
    }

    @Test
    public void aSecondPutIsTheNextVersionAndKeepsTheDayOfCreation() throws ZseiException {
        Container first = document(0, "/a");
        store.apply(new Changes().put(first));
        Instant created = store.get(first.id()).orElseThrow().created();
        for (int version = 2; version < 5; version++) {
            store.apply(new Changes().put(first));
            Container now = store.get(first.id()).orElseThrow();
            assertEquals(version, now.version());
            assertEquals(created, now.created());
            assertFalse(now.updated().isBefore(created));
        }
        assertEquals(Map.of(ContainerType.DOCUMENT, 1L), store.stats().containers());
    }

    @Test
    public void whatComesFromAnotherStoreKeepsItsVersionAndItsTimes() throws ZseiException {
        Instant created = Instant.parse("2020-02-02T02:02:02.002Z");
        Instant updated = Instant.parse("2021-01-01T01:01:01.001Z");
        Container there = with(document(0, "/a"), 7, created, updated);
        store.apply(new Changes().putAsItIs(there));
        reopen();
        assertEquals(there, store.get(there.id()).orElseThrow());

        store.apply(new Changes().putAsItIs(there));
        Container again = store.get(there.id()).orElseThrow();
        assertEquals("what is there is written as ever", 8, again.version());
        assertEquals(created, again.created());
        assertTrue(again.updated().isAfter(updated));
    }

    @Test
    public void idsAreNeverGivenTwice() throws ZseiException {
        long given = store.newId();
        assertTrue(given > 0);
        Container far = Container.of(1000, 0, ContainerType.TEXT, "far", null, null, 0, 0, null, Map.of());
        store.apply(new Changes().put(far));
        assertTrue(store.newId() > 1000);
        store.apply(new Changes().remove(1000));
        reopen();
        assertTrue(store.newId() > 1000);
    }

    @Test
    public void placesAreOfFilesAndRecordsOnly() throws ZseiException {
        Container document = document(0, "/a");
        Container chunk = Container.of(store.newId(), document.id(), ContainerType.CHUNK, "", "/a", null, 0, 5, null, Map.of());
        store.apply(new Changes().put(document).put(chunk));
        assertEquals(document.id(), store.find("/a", null).orElseThrow().id());
        assertTrue(store.find("/a", "r").isEmpty());
        assertTrue(store.find("/", null).isEmpty());
        store.apply(new Changes().remove(document.id()));
        assertTrue(store.find("/a", null).isEmpty());
    }

    @Test
    public void aPlaceHasOneContainer() throws ZseiException {
        Container document = document(0, "/a");
        store.apply(new Changes().put(document));
        Container twin = document(0, "/a");
        ZseiException refused = assertThrows(ZseiException.class, () -> store.apply(new Changes().put(twin)));
        assertEquals(ZseiException.Code.INVALID, refused.code());
        assertTrue(refused.getMessage(), refused.getMessage().contains("/a"));
        store.apply(new Changes().remove(document.id()).put(twin));
        assertEquals(twin.id(), store.find("/a", null).orElseThrow().id());
        Container moved = Container.of(twin.id(), 0, ContainerType.DOCUMENT, "b", "/b", null, 0, 0, null, Map.of());
        Container next = document(0, "/a");
        store.apply(new Changes().put(next).put(moved));
        assertEquals(next.id(), store.find("/a", null).orElseThrow().id());
        assertEquals(twin.id(), store.find("/b", null).orElseThrow().id());
    }

    @Test
    public void childrenComeInTheOrderOfTheirIdsAndMove() throws ZseiException {
        Container left = document(0, "/left");
        Container right = document(0, "/right");
        List<Container> below = new ArrayList<>();
        Changes changes = new Changes().put(left).put(right);
        for (int i = 0; i < 300; i++) {
            below.add(0, Container.of(store.newId(), left.id(), ContainerType.CHUNK, "c" + i, "/left", null, i, i + 1, null, Map.of()));
        }
        below.reversed().stream().sorted((a, b) -> Integer.compare(a.hashCode(), b.hashCode())).forEach(changes::put);
        store.apply(changes);
        assertEquals(below.reversed().stream().map(Container::id).toList(), ids(store.children(left.id())));
        assertEquals(List.of(left.id(), right.id()), ids(store.children(0)));
        Container first = below.getLast();
        store.apply(new Changes().put(Container.of(first.id(), right.id(), first.type(), first.name(), "/right", null, 0, 0, null, Map.of())));
        assertEquals(List.of(first.id()), ids(store.children(right.id())));
        assertEquals(299, store.children(left.id()).size());
        assertEquals(List.of(right.id()), store.ancestors(first.id()));
    }

    @Test
    public void ancestorsGoUpToTheRoot() throws ZseiException {
        Changes changes = new Changes();
        List<Long> path = new ArrayList<>();
        long above = 0;
        for (int depth = 0; depth < 50; depth++) {
            Container next = Container.of(store.newId(), above, ContainerType.SECTION, "d" + depth, null, null, 0, 0, null, Map.of());
            changes.put(next);
            path.add(0, above = next.id());
        }
        store.apply(changes);
        assertEquals(path.subList(1, 50), store.ancestors(path.getFirst()));
    }

    @Test
    public void whatHasNoParentOrLiesBelowItselfIsRefused() throws ZseiException {
        Container above = text(0);
        Container below = text(above.id());
        store.apply(new Changes().put(above).put(below));
        refused(new Changes().put(text(9999)));
        refused(new Changes().put(moved(above, below.id())));
        refused(new Changes().put(moved(above, above.id())));
        Container x = text(0);
        Container y = text(x.id());
        refused(new Changes().put(moved(x, y.id())).put(y));
        refused(new Changes().put(Container.of(0, 0, ContainerType.TEXT, "root", null, null, 0, 0, null, Map.of())));
        refused(new Changes().remove(0));
        refused(new Changes().remove(above.id()).put(text(above.id())));
        refused(new Changes().remove(above.id()).put(text(below.id())));
        assertEquals(1, store.sequence());
        assertEquals(List.of(above.id()), ids(store.children(0)));
    }

    @Test
    public void aRefusedCommitWritesNothing() throws ZseiException {
        Container good = document(0, "/good");
        refused(new Changes().put(good).relate(edge(good.id(), 4711, RelationType.SIMILAR)));
        assertTrue(store.get(good.id()).isEmpty());
        assertTrue(store.find("/good", null).isEmpty());
        assertEquals(0, store.sequence());
        assertEquals(List.of(), told);
    }

    @Test
    public void anEdgeHasAnInverse() throws ZseiException {
        Container a = text(0);
        Container b = text(0);
        Relation edge = new Relation(a.id(), b.id(), RelationType.DEPENDS_ON, 0.75, Relation.Discovery.CODE_ANALYSIS);
        store.apply(new Changes().put(a).put(b).relate(edge));
        assertEquals(List.of(edge), store.relations(a.id()));
        assertEquals(List.of(edge.inverse()), store.relations(b.id()));
        assertEquals(1, store.stats().relations());
        Relation stronger = new Relation(b.id(), a.id(), RelationType.DEPENDED_ON_BY, 1, Relation.Discovery.MANUAL);
        store.apply(new Changes().relate(stronger));
        assertEquals(List.of(stronger.inverse()), store.relations(a.id()));
        assertEquals(1, store.stats().relations());
        Relation self = edge(a.id(), a.id(), RelationType.SIMILAR);
        store.apply(new Changes().relate(self));
        assertEquals(2, store.stats().relations());
        Set<Relation> all = new LinkedHashSet<>();
        store.scanRelations(all::add);
        assertEquals(Set.of(stronger, stronger.inverse(), self), all);
        Commit commit = store.apply(new Changes().unrelate(stronger.inverse()).unrelate(self).unrelate(edge(a.id(), b.id(), RelationType.PART_OF)));
        assertEquals(List.of(stronger.inverse(), self), commit.unrelated());
        assertEquals(List.of(), store.relations(a.id()));
        assertEquals(List.of(), store.relations(b.id()));
        assertEquals(0, store.stats().relations());
    }

    @Test
    public void linksHaveTheTimeOfTheirContainer() throws ZseiException {
        Container one = text(0);
        store.apply(new Changes().put(one));
        store.apply(new Changes().put(one));
        List<Long> times = new ArrayList<>();
        store.scanLinks(new ContainerStore.Links() {
            @Override
            public void container(long id, long parent, int type, long updated) {
                times.add(updated);
            }

            @Override
            public void edge(long from, int type, long to, double confidence) {
                throw new AssertionError("There is no edge");
            }
        });
        assertEquals(List.of(store.get(0).orElseThrow().updated().toEpochMilli(), store.get(one.id()).orElseThrow().updated().toEpochMilli()), times);
    }

    @Test
    public void removalTakesEverythingBelowAlong() throws ZseiException {
        Container folder = text(0);
        Container document = document(folder.id(), "/d");
        Container chunk = text(document.id());
        Container elsewhere = text(0);
        Relation edge = edge(elsewhere.id(), chunk.id(), RelationType.REFERENCES);
        store.apply(new Changes().put(folder).put(document).put(chunk).put(elsewhere).relate(edge));
        store.putEmbeddings("m", Map.of(chunk.id(), new float[] { 1 }, elsewhere.id(), new float[] { 2 }));
        Commit commit = store.apply(new Changes().remove(folder.id()).remove(chunk.id()).remove(99));
        assertEquals(List.of(folder.id(), document.id(), chunk.id()), commit.removed());
        assertEquals(1, commit.unrelated().size());
        assertTrue(Set.of(edge, edge.inverse()).containsAll(commit.unrelated()));
        for (Container gone : List.of(folder, document, chunk)) {
            assertTrue(store.get(gone.id()).isEmpty());
            assertEquals(List.of(), store.children(gone.id()));
            assertEquals(List.of(), store.relations(gone.id()));
        }
        assertTrue(store.embedding(chunk.id(), "m").isEmpty());
        assertEquals(List.of(), store.relations(elsewhere.id()));
        assertArrayEquals(new float[] { 2 }, store.embedding(elsewhere.id(), "m").orElseThrow(), 0);
        assertEquals(Map.of(ContainerType.TEXT, 1L), store.stats().containers());
        assertEquals(0, store.stats().relations());
    }

    @Test
    public void vectorsLieBesideTheirContainers() throws ZseiException {
        Container chunk = chunk("a");
        float[] vector = { 0.25f, -1e-30f, Float.MIN_VALUE, 0 };
        store.apply(new Changes().put(chunk));
        long sequence = store.sequence();
        store.putEmbeddings("m1", Map.of(chunk.id(), vector, 4711L, vector, 0L, vector));
        store.putEmbeddings("m2", Map.of(chunk.id(), new float[384]));
        store.putEmbeddings("m2", Map.of());
        assertEquals("no commit", sequence, store.sequence());
        reopen();
        assertArrayEquals(vector, store.embedding(chunk.id(), "m1").orElseThrow(), 0);
        assertEquals(384, store.embedding(chunk.id(), "m2").orElseThrow().length);
        assertTrue(store.embedding(chunk.id(), "m").isEmpty());
        assertTrue(store.embedding(4711, "m1").isEmpty());
        store.apply(new Changes().put(chunk));
        assertTrue("the same text", store.embedding(chunk.id(), "m1").isPresent());
        store.apply(new Changes().put(Container.of(chunk.id(), 0, ContainerType.CHUNK, "", null, null, 0, 1, "b", Map.of())));
        assertTrue("another text has another vector", store.embedding(chunk.id(), "m1").isEmpty());
        assertTrue(store.embedding(chunk.id(), "m2").isEmpty());
    }

    @Test
    public void commitsAreNumberedWithoutGapsAndTold() throws ZseiException {
        List<Commit> returned = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            returned.add(store.apply(new Changes().put(chunk("h" + i), "text " + i)));
            refused(new Changes().put(text(9999)));
            store.apply(new Changes());
            store.apply(new Changes().remove(12345));
        }
        assertEquals(List.of(1L, 2L, 3L, 4L, 5L), returned.stream().map(Commit::sequence).toList());
        assertEquals(returned, told);
        for (Commit commit : told) {
            assertEquals(Map.of(commit.written().getFirst().id(), "text " + (commit.sequence() - 1)), commit.texts());
        }
        assertEquals(5, store.sequence());
        reopen();
        assertEquals(5, store.sequence());
        assertEquals(6, store.apply(new Changes().put(chunk("x"))).sequence());
    }

    @Test
    public void changesAreReadPageByPageEachIdOnce() throws ZseiException {
        List<Container> chunks = LongStream.range(0, 10).mapToObj(i -> chunk("h" + i)).toList();
        for (Container chunk : chunks) {
            store.apply(new Changes().put(chunk));
        }
        store.apply(new Changes().put(chunks.get(0)).put(chunks.get(1)));
        store.apply(new Changes().remove(chunks.get(2).id()).remove(chunks.get(3).id()));
        ContainerStore.ChangePage all = store.changesAfter(0, 100);
        assertEquals(ids(List.of(chunks.get(4), chunks.get(5), chunks.get(6), chunks.get(7), chunks.get(8), chunks.get(9), chunks.get(0),
                chunks.get(1))), all.written());
        assertEquals(ids(chunks.subList(2, 4)), all.removed());
        assertEquals(12, all.sequence());
        assertFalse(all.more());

        ContainerStore.ChangePage first = store.changesAfter(0, 3);
        assertEquals(ids(chunks.subList(4, 7)), first.written());
        assertTrue(first.more());
        ContainerStore.ChangePage second = store.changesAfter(first.sequence(), 4);
        assertEquals(ids(chunks.subList(7, 10)), second.written());
        assertTrue(second.more());
        ContainerStore.ChangePage third = store.changesAfter(second.sequence(), 1);
        assertEquals("a commit is not torn apart", 2, third.written().size());
        ContainerStore.ChangePage last = store.changesAfter(third.sequence(), 2);
        assertEquals(ids(chunks.subList(2, 4)), last.removed());
        assertFalse(last.more());
        assertEquals(List.of(), store.changesAfter(12, 5).written());
        assertEquals(12, store.changesAfter(12, 5).sequence());
        reopen();
        assertEquals(all, store.changesAfter(0, 100));
    }

    @Test
    public void aScanSeesOneStateInTheOrderOfTheIds() throws Exception {
        List<Long> before = new ArrayList<>();
        Changes changes = new Changes();
        for (int i = 0; i < 500; i++) {
            Container chunk = chunk("h" + i);
            changes.put(chunk);
            before.add(chunk.id());
        }
        store.apply(changes);
        List<Long> seen = new ArrayList<>();
        store.scan(container -> {
            seen.add(container.id());
            if (seen.size() == 10) {
                try {
                    inAnotherThread(() -> store.apply(new Changes().remove(before.get(400)).put(chunk("new"))));
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }
        });
        assertEquals(before, seen);
        RuntimeException enough = new RuntimeException("enough");
        assertSame(enough, assertThrows(RuntimeException.class, () -> store.scan(container -> {
            throw enough;
        })));
    }

    @Test
    public void whatIsSubmittedIsDurableInItsOrder() throws Exception {
        List<CompletableFuture<Commit>> answers = new ArrayList<>();
        List<Container> chunks = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            Container chunk = chunk("h" + i);
            chunks.add(chunk);
            answers.add(store.submit(new Changes().put(chunk)));
            if (i % 100 == 50) {
                CompletableFuture<Commit> refused = store.submit(new Changes().put(text(1L << 40)));
                store.apply(new Changes());
                assertEquals(ZseiException.Code.INVALID, ((ZseiException) assertThrows(ExecutionException.class, refused::get).getCause()).code());
                assertEquals("an apply takes along what came before it", i + 1, store.sequence());
            }
        }
        for (int i = 0; i < answers.size(); i++) {
            Commit commit = answers.get(i).get(30, TimeUnit.SECONDS);
            assertEquals(i + 1, commit.sequence());
            assertEquals(chunks.get(i).id(), commit.written().getFirst().id());
            assertEquals(commit.written().getFirst(), store.get(chunks.get(i).id()).orElseThrow());
        }
        assertEquals(250, told.size());
        CompletableFuture<Commit> last = store.submit(new Changes().put(chunk("last")));
        reopen();
        assertEquals("closing loses nothing", 251, last.get(30, TimeUnit.SECONDS).sequence());
        assertEquals(251, store.sequence());
    }

    @Test
    public void concurrentWritersAllSucceedAndReadWhatTheyWrote() throws Exception {
        int threads = 8;
        int writes = 40;
        Map<Long, Long> sequences = new HashMap<>();
        CountDownLatch start = new CountDownLatch(1);
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<List<Commit>>> all = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int thread = t;
                all.add(pool.submit(() -> {
                    start.await();
                    List<Commit> mine = new ArrayList<>();
                    for (int i = 0; i < writes; i++) {
                        Container chunk = chunk(thread + "/" + i);
                        if (i % 10 == 9) {
                            refused(new Changes().put(chunk).put(text(1L << 40)));
                        }
                        Commit commit = store.apply(new Changes().put(chunk));
                        assertEquals(commit.written().getFirst(), store.get(chunk.id()).orElseThrow());
                        mine.add(commit);
                    }
                    return mine;
                }));
            }
            start.countDown();
            for (Future<List<Commit>> each : all) {
                each.get().forEach(commit -> sequences.put(commit.sequence(), commit.written().getFirst().id()));
            }
        }
        assertEquals(threads * writes, sequences.size());
        assertEquals(LongStream.rangeClosed(1, threads * writes).boxed().toList(), told.stream().map(Commit::sequence).toList());
        assertEquals(sequences, told.stream().collect(Collectors.toMap(Commit::sequence, commit -> commit.written().getFirst().id())));
    }

    @Test
    public void randomChangesDoWhatTheyDoToPlainMaps() throws ZseiException {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("randomChangesDoWhatTheyDoToPlainMaps: -Dseed=" + seed);
        RandomChanges random = new RandomChanges(seed);
        List<Commit> expected = new ArrayList<>();
        MemoryStore model = new MemoryStore(expected::add);
        int refused = 0;
        for (int round = 0; round < 400; round++) {
            Changes changes = random.next(model);
            boolean valid = true;
            try {
                model.apply(changes);
            } catch (ZseiException e) {
                valid = false;
                refused++;
                assertEquals(e.code(), assertThrows("seed " + seed + ": " + e.getMessage(), ZseiException.class, () -> store.apply(changes)).code());
            }
            if (valid) {
                store.apply(changes);
            }
            if (round % 3 == 0) {
                rollBack("seed " + seed + ", round " + round, model, random);
            }
            if (round % 20 == 0) {
                float[] vector = { round };
                Map<Long, float[]> vectors = random.ids().stream().filter(id -> id % 3 == 0).collect(Collectors.toMap(id -> id, id -> vector));
                store.putEmbeddings("m", vectors);
                model.putEmbeddings("m", vectors);
            }
            if (round % 50 == 49) {
                reopen();
                same("seed " + seed + ", round " + round, model, random.ids());
            }
        }
        assertEquals("seed " + seed, timeless(expected), timeless(told));
        assertTrue("seed " + seed + ": " + refused + " of 400 were refused", refused < 300 && expected.size() > 50);
    }

    private void rollBack(String where, MemoryStore model, RandomChanges random) throws ZseiException {
        long id = random.idWithVersions(model);
        int version = random.version(model, id);
        try {
            ContainerStore.Rollback planned = model.rollback(id, version, true);
            ContainerStore.Rollback done = model.rollback(id, version, false);
            assertEquals(where, timeless(planned), timeless(store.rollback(id, version, true)));
            assertEquals(where, timeless(done), timeless(store.rollback(id, version, false)));
        } catch (ZseiException e) {
            for (boolean dryRun : new boolean[] { true, false }) {
                assertEquals(where, e.code(), refusedRollback(id, version, dryRun));
            }
        }
    }

    private static List<Object> timeless(ContainerStore.Rollback rollback) {
        return List.of(timeless(rollback.before()), timeless(rollback.after()), rollback.lost(), rollback.commit() != null);
    }

    private static ContainerStore.Version timeless(ContainerStore.Version version) {
        return new ContainerStore.Version(timeless(version.container()), version.relations(), version.relationsKept());
    }

    private void same(String where, MemoryStore model, List<Long> ids) throws ZseiException {
        for (long id : ids) {
            assertEquals(where, model.get(id).map(StoreContract::timeless), store.get(id).map(StoreContract::timeless));
            assertEquals(where, ids(model.children(id)), ids(store.children(id)));
            assertEquals(where, model.ancestors(id), store.ancestors(id));
            assertEquals(where, model.history(id).stream().map(StoreContract::timeless).toList(), store.history(id).stream().map(StoreContract::timeless).toList());
            assertEquals(where, model.relations(id), store.relations(id));
            assertArrayEquals(where, model.embedding(id, "m").orElse(null), store.embedding(id, "m").orElse(null), 0);
            Container container = model.get(id).orElse(null);
            if (container != null && container.source() != null) {
                assertEquals(where, model.find(container.source(), container.record()).map(Container::id),
                        store.find(container.source(), container.record()).map(Container::id));
            }
        }
        List<Container> all = new ArrayList<>();
        model.scan(container -> all.add(timeless(container)));
        List<Container> scanned = new ArrayList<>();
        store.scan(container -> scanned.add(timeless(container)));
        assertEquals(where, all, scanned);
        List<Relation> edges = new ArrayList<>();
        model.scanRelations(edges::add);
        List<Relation> scannedEdges = new ArrayList<>();
        store.scanRelations(scannedEdges::add);
        assertEquals(where, edges, scannedEdges);
        List<List<Object>> links = new ArrayList<>();
        links.add(List.of(0L, 0L, ContainerType.SYSTEM.code()));
        all.forEach(each -> links.add(List.of(each.id(), each.parent(), each.type().code())));
        edges.forEach(edge -> links.add(List.of(edge.from(), edge.type().code(), edge.to(), edge.confidence())));
        List<List<Object>> scannedLinks = new ArrayList<>();
        store.scanLinks(new ContainerStore.Links() {
            @Override
            public void container(long id, long parent, int type, long updated) {
                scannedLinks.add(List.of(id, parent, type));
            }

            @Override
            public void edge(long from, int type, long to, double confidence) {
                scannedLinks.add(List.of(from, type, to, confidence));
            }
        });
        assertEquals(where, links, scannedLinks);
        assertEquals(where, model.stats().containers(), store.stats().containers());
        assertEquals(where, model.stats().relations(), store.stats().relations());
        for (long after = 0; after <= model.sequence(); after += 7) {
            assertEquals(where, model.changesAfter(after, 10), store.changesAfter(after, 10));
        }
    }

    private static Container timeless(Container container) {
        return with(container, container.version(), null, null);
    }

    /** Edges that a removal takes along may be named from either end. */
    private static List<List<Object>> timeless(List<Commit> commits) {
        return commits.stream().map(commit -> List.<Object>of(commit.sequence(), commit.written().stream().map(StoreContract::timeless).toList(),
                commit.removed(), commit.related(), commit.unrelated().stream().map(StoreContract::end).collect(Collectors.toSet()))).toList();
    }

    private static Object end(Relation edge) {
        boolean turn = edge.from() > edge.to() || edge.from() == edge.to() && edge.type().code() > edge.inverse().type().code();
        return turn ? edge.inverse() : edge;
    }

    @Test
    public void eachWriteKeepsTheVersionBeforeWithItsEdges() throws ZseiException {
        Container left = document(0, "/left");
        Container right = document(0, "/right");
        store.apply(new Changes().put(left).put(right));
        Container term = text(0);
        store.apply(new Changes().put(term).relate(edge(left.id(), term.id(), RelationType.MENTIONS)));
        assertEquals(1, store.history(left.id()).size());
        Container first = store.get(left.id()).orElseThrow();
        Container renamed = Container.of(left.id(), right.id(), ContainerType.SECTION, "renamed", null, "r", 1, 9, "h", Map.of("k", "v"));
        store.apply(new Changes().put(renamed).unrelate(edge(left.id(), term.id(), RelationType.MENTIONS))
                .relate(edge(left.id(), right.id(), RelationType.SIMILAR)));
        reopen();
        List<ContainerStore.Version> history = store.history(left.id());
        assertEquals(2, history.size());
        assertEquals(new ContainerStore.Version(store.get(left.id()).orElseThrow(), List.of(edge(left.id(), right.id(), RelationType.SIMILAR)), true),
                history.get(0));
        assertEquals(new ContainerStore.Version(first, List.of(edge(left.id(), term.id(), RelationType.MENTIONS)), true), history.get(1));
        assertEquals("what was only connected was not written", 1, store.history(right.id()).size());
        assertEquals(List.of(), store.history(0));
        assertEquals(List.of(), store.history(4711));
    }

    @Test
    public void tenVersionsAreKept() throws ZseiException {
        Container document = document(0, "/a");
        for (int i = 1; i <= 15; i++) {
            store.apply(new Changes().put(Container.of(document.id(), 0, ContainerType.DOCUMENT, "name " + i, "/a", null, 0, 0, null, Map.of())));
        }
        assertEquals(LongStream.rangeClosed(5, 15).mapToObj(i -> "name " + i).toList().reversed(),
                store.history(document.id()).stream().map(each -> each.container().name()).toList());
        assertEquals(List.of(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5), store.history(document.id()).stream().map(each -> each.container().version()).toList());
    }

    @Test
    public void aRollbackIsAWriteAndCanBeUndone() throws ZseiException {
        Container above = document(0, "/above");
        Container document = document(above.id(), "/a");
        Container term = text(0);
        Container other = text(0);
        Relation weak = new Relation(document.id(), term.id(), RelationType.MENTIONS, 0.25, Relation.Discovery.ML);
        Relation strong = new Relation(document.id(), term.id(), RelationType.MENTIONS, 1, Relation.Discovery.MANUAL);
        store.apply(new Changes().put(above).put(document).put(term).put(other).relate(weak).relate(edge(document.id(), other.id(), RelationType.SIMILAR)));
        store.putEmbeddings("m", Map.of(document.id(), new float[] { 1 }));
        Container first = store.get(document.id()).orElseThrow();
        store.apply(new Changes().put(Container.of(document.id(), 0, ContainerType.DATASET, "b", "/b", null, 2, 3, "x", Map.of("a", "b"))).relate(strong)
                .unrelate(edge(document.id(), other.id(), RelationType.SIMILAR)).relate(edge(document.id(), above.id(), RelationType.REFERENCES)));
        ContainerStore.Version second = store.history(document.id()).getFirst();
        told.clear();
        ContainerStore.Rollback back = store.rollback(document.id(), 1, false);
        Container now = store.get(document.id()).orElseThrow();
        assertEquals(with(first, 3, first.created(), now.updated()), now);
        assertEquals(List.of(weak, edge(document.id(), other.id(), RelationType.SIMILAR)), sorted(store.relations(document.id())));
        assertEquals(List.of(weak.inverse()), store.relations(term.id()));
        assertEquals(List.of(), store.relations(above.id()));
        assertEquals(List.of(document.id()), ids(store.children(above.id())));
        assertEquals(document.id(), store.find("/a", null).orElseThrow().id());
        assertTrue(store.find("/b", null).isEmpty());
        assertEquals(Map.of(ContainerType.DOCUMENT, 2L, ContainerType.TEXT, 2L), store.stats().containers());
        assertEquals(second, back.before());
        assertEquals(store.history(document.id()).getFirst(), sorted(back.after()));
        assertEquals(List.of(), back.lost());
        assertEquals("those who follow are told", List.of(back.commit()), told);
        assertEquals(List.of(now), back.commit().written());
        assertEquals(Set.of(weak, edge(document.id(), other.id(), RelationType.SIMILAR)), Set.copyOf(back.commit().related()));
        assertEquals(List.of(edge(document.id(), above.id(), RelationType.REFERENCES)), back.commit().unrelated());
        assertTrue("a vector is of one text", store.embedding(document.id(), "m").isEmpty());
        store.rollback(document.id(), 2, false);
        ContainerStore.Version undone = store.history(document.id()).getFirst();
        assertEquals(with(second.container(), 4, first.created(), undone.container().updated()), undone.container());
        assertEquals(second.relations(), undone.relations());
        assertEquals(List.of(4, 3, 2, 1), store.history(document.id()).stream().map(each -> each.container().version()).toList());
        reopen();
        assertEquals(undone, store.history(document.id()).getFirst());
    }

    private static List<Relation> sorted(List<Relation> edges) {
        return edges.stream().sorted((a, b) -> b.type().code() - a.type().code()).toList();
    }

    private static ContainerStore.Version sorted(ContainerStore.Version version) {
        return new ContainerStore.Version(version.container(), version.relations().stream().sorted((a, b) -> a.type().code() - b.type().code()).toList(),
                version.relationsKept());
    }

    @Test
    public void whatCannotComeBackIsSaid() throws ZseiException {
        Container above = document(0, "/above");
        Container document = document(above.id(), "/a");
        Container term = text(0);
        store.apply(new Changes().put(above).put(document).put(term).relate(edge(document.id(), term.id(), RelationType.MENTIONS)));
        store.apply(new Changes().put(document(document.id(), 0, "/b")).remove(term.id()));
        store.apply(new Changes().put(document(document.id(), 0, "/c")));
        assertEquals(List.of(edge(document.id(), term.id(), RelationType.MENTIONS)), store.history(document.id()).getLast().relations());
        ContainerStore.Rollback planned = store.rollback(document.id(), 1, true);
        assertEquals(List.of(edge(document.id(), term.id(), RelationType.MENTIONS)), planned.lost());
        assertEquals(List.of(), planned.after().relations());
        assertEquals("/a", planned.after().container().source());
        assertEquals(4, planned.after().container().version());
        assertEquals(null, planned.commit());
        assertEquals("a dry run writes nothing", "/c", store.get(document.id()).orElseThrow().source());
        assertEquals(3, store.sequence());
        store.apply(new Changes().put(document(0, "/b")));
        for (boolean dryRun : new boolean[] { true, false }) {
            assertEquals("its place is taken", ZseiException.Code.INVALID, refusedRollback(document.id(), 2, dryRun));
            assertEquals(ZseiException.Code.INVALID, refusedRollback(document.id(), 3, dryRun));
            assertEquals(ZseiException.Code.NOT_FOUND, refusedRollback(document.id(), 4, dryRun));
            assertEquals(ZseiException.Code.NOT_FOUND, refusedRollback(document.id(), 0, dryRun));
            assertEquals(ZseiException.Code.NOT_FOUND, refusedRollback(4711, 1, dryRun));
            assertEquals(ZseiException.Code.NOT_FOUND, refusedRollback(0, 1, dryRun));
        }
        store.apply(new Changes().remove(above.id()));
        assertEquals("its parent is gone", ZseiException.Code.INVALID, refusedRollback(document.id(), 1, false));
        assertEquals(3, store.history(document.id()).size());
    }

    private ZseiException.Code refusedRollback(long id, int version, boolean dryRun) {
        return assertThrows(ZseiException.class, () -> store.rollback(id, version, dryRun)).code();
    }

    @Test
    public void versionsGoWithTheirContainer() throws ZseiException {
        Container above = document(0, "/above");
        Container below = document(above.id(), "/below");
        store.apply(new Changes().put(above).put(below));
        store.apply(new Changes().put(above).put(below));
        store.apply(new Changes().put(above).put(below));
        store.apply(new Changes().remove(above.id()).put(document(below.id(), 0, "/again")));
        assertEquals(List.of(), store.history(above.id()));
        assertEquals("it is a new one", List.of(1), store.history(below.id()).stream().map(each -> each.container().version()).toList());
        store.apply(new Changes().put(document(above.id(), 0, "/above")));
        assertEquals(1, store.history(above.id()).size());
    }

    @Test
    public void aClosedStoreSaysSo() throws ZseiException {
        ContainerStore closed = store;
        close(store);
        store = null;
        ZseiException refused = assertThrows(ZseiException.class, () -> closed.get(1));
        assertEquals(ZseiException.Code.CLOSED, refused.code());
        assertEquals(ZseiException.Code.CLOSED, assertThrows(ZseiException.class, () -> closed.apply(new Changes().remove(1))).code());
    }

    private interface Action {
        void run() throws Exception;
    }

    private static void inAnotherThread(Action action) throws Exception {
        try (ExecutorService one = Executors.newSingleThreadExecutor()) {
            one.submit(() -> {
                action.run();
                return null;
            }).get();
        }
    }

    private void refused(Changes changes) {
        ZseiException refused = assertThrows(ZseiException.class, () -> store.apply(changes));
        assertEquals(refused.getMessage(), ZseiException.Code.INVALID, refused.code());
    }

    private Container document(long parent, String source) {
        return document(store.newId(), parent, source);
    }

    private static Container document(long id, long parent, String source) {
        return Container.of(id, parent, ContainerType.DOCUMENT, source, source, null, 0, 0, null, Map.of());
    }

    private Container text(long parent) {
        return Container.of(store.newId(), parent, ContainerType.TEXT, "text", null, null, 0, 0, null, Map.of());
    }

    private Container chunk(String hash) {
        return Container.of(store.newId(), 0, ContainerType.CHUNK, "", null, null, 0, 1, hash, Map.of());
    }

    private static Container moved(Container c, long parent) {
        return Container.of(c.id(), parent, c.type(), c.name(), c.source(), c.record(), c.start(), c.end(), c.contentHash(), c.attributes());
    }

    private static Relation edge(long from, long to, RelationType type) {
        return new Relation(from, to, type, 1, Relation.Discovery.MANUAL);
    }

    private static List<Long> ids(List<Container> containers) {
        return containers.stream().map(Container::id).toList();
    }
}
