package studio.ozone.zsei.traversal;

import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import com.codahale.metrics.MetricRegistry;
import org.junit.After;
import org.junit.Test;

import studio.ozone.api.care.Chore;
import studio.ozone.api.care.Inspection;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.Traversal.Request;
import studio.ozone.api.zsei.Traversal.Step;
import studio.ozone.api.zsei.Traversal.Walk;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.zsei.store.kit.MemoryStore;
import studio.ozone.zsei.store.kit.RandomChanges;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

public class GraphTraversalTest {

    private final MetricRegistry metrics = new MetricRegistry();
    private final ExecutorService loader = Executors.newSingleThreadExecutor();
    private GraphTraversal traversal;
    private final MemoryStore store = new MemoryStore(commit -> traversal.committed(commit));

    public GraphTraversalTest() {
        traversal = new GraphTraversal(store, loader, metrics, new Limits(10, 100), 30);
    }

    @After
    public void close() {
        traversal.close();
        loader.shutdownNow();
    }

    private long put(long parent, ContainerType type) throws ZseiException {
        long id = store.newId();
        store.apply(new Changes().put(Container.of(id, parent, type, "n", null, null, 0, 0, null, Map.of())));
        return id;
    }

    private void load() throws ZseiException, InterruptedException {
        traversal.walk(new Request(0, Set.of(), Set.of(), 1, 1));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!traversal.loaded()) {
            assertTrue("The graph is read in time", System.nanoTime() < deadline);
            Thread.onSpinWait();
        }
    }

    /** Each walk from the store, then from the graph. */
    private List<Walk> both(Request request) throws Exception {
        Walk slow = new StoreWalk(store, request, request.maxDepth() == 0 ? 10 : request.maxDepth(),
                request.maxResults() == 0 ? 100 : request.maxResults()).run(request.start(), System.nanoTime());
        load();
        return List.of(slow, traversal.walk(request));
    }

    @Test
    public void aChainStopsAtTheDepth() throws Exception {
        List<Long> chain = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            chain.add(put(i == 0 ? 0 : chain.get(i - 1), ContainerType.SECTION));
        }
        for (Walk walk : both(new Request(chain.getFirst(), Set.of(), Set.of(), 0, 0))) {
            assertEquals(chain.subList(0, 11), walk.steps().stream().map(Step::id).toList());
            assertEquals(new Step(chain.get(10), 10, chain.get(9)), walk.steps().getLast());
            assertFalse(walk.complete());
            assertEquals(10, walk.hops());
            assertEquals(11, walk.visited());
        }
        for (Walk walk : both(new Request(chain.getFirst(), Set.of(), Set.of(), 19, 0))) {
            assertEquals(20, walk.steps().size());
            assertTrue(walk.complete());
        }
    }

    @Test
    public void exactlyAsManyResultsAsWanted() throws Exception {
        long top = put(0, ContainerType.DIRECTORY);
        for (int i = 0; i < 150; i++) {
            put(top, i % 2 == 0 ? ContainerType.DOCUMENT : ContainerType.DIRECTORY);
        }
        for (Walk walk : both(new Request(top, Set.of(), Set.of(), 0, 0))) {
            assertEquals(100, walk.steps().size());
            assertFalse(walk.complete());
        }
        for (Walk walk : both(new Request(top, Set.of(), Set.of(ContainerType.DOCUMENT), 0, 76))) {
            assertEquals(76, walk.steps().size());
            assertTrue("the start and 75 documents are all there is", walk.complete());
        }
        for (Walk walk : both(new Request(top, Set.of(), Set.of(), 1, 151))) {
            assertEquals(151, walk.steps().size());
            assertTrue(walk.complete());
        }
    }

    @Test
    public void relationsAreFollowedWhereTheyAreWanted() throws Exception {
        long a = put(0, ContainerType.DOCUMENT);
        long b = put(0, ContainerType.DOCUMENT);
        long below = put(b, ContainerType.CHUNK);
        store.apply(new Changes().relate(new Relation(a, b, RelationType.REFERENCES, 1, Relation.Discovery.MANUAL)));
        for (Walk walk : both(new Request(a, Set.of(RelationType.REFERENCES), Set.of(), 0, 0))) {
            assertEquals(List.of(new Step(a, 0, a), new Step(b, 1, a), new Step(below, 2, b)), walk.steps());
        }
        for (Walk walk : both(new Request(a, Set.of(RelationType.SIMILAR), Set.of(), 0, 0))) {
            assertEquals(List.of(new Step(a, 0, a)), walk.steps());
            assertTrue(walk.complete());
        }
    }

    @Test
    public void refusesWhatCannotBeWalked() throws Exception {
        for (boolean loaded : new boolean[] { false, true }) {
            if (loaded) {
                load();
            }
            assertEquals(ZseiException.Code.NOT_FOUND,
                    assertThrows(ZseiException.class, () -> traversal.walk(new Request(77, Set.of(), Set.of(), 0, 0))).code());
            assertEquals(ZseiException.Code.INVALID,
                    assertThrows(ZseiException.class, () -> traversal.walk(new Request(0, Set.of(), Set.of(), 65_536, 0))).code());
            assertEquals(ZseiException.Code.INVALID,
                    assertThrows(ZseiException.class, () -> traversal.walk(new Request(0, Set.of(), Set.of(), 0, -1))).code());
        }
    }

    @Test
    public void limitsChangeWhileItRuns() throws Exception {
        for (int i = 0; i < 20; i++) {
            put(0, ContainerType.TEXT);
        }
        traversal.reconfigure(config(10, 7));
        assertEquals(7, traversal.walk(new Request(0, Set.of(), Set.of(), 0, 0)).steps().size());
        for (GraphTraversal.Config wrong : List.of(config(0, 7), config(65_536, 7), config(5, 0), config(5, 100_001))) {
            String message = assertThrows(IllegalArgumentException.class, () -> traversal.reconfigure(wrong)).getMessage();
            assertTrue(message, message.startsWith("zsei.traversal.default_max_"));
        }
        assertEquals(7, traversal.walk(new Request(0, Set.of(), Set.of(), 0, 0)).steps().size());
    }

    private static GraphTraversal.Config config(int depth, int results) {
        return new GraphTraversal.Config() {
            @Override
            public int default__max__depth() {
                return depth;
            }

            @Override
            public int default__max__results() {
                return results;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return GraphTraversal.Config.class;
            }
        };
    }

    @Test
    public void leavesNoFigureBehind() throws Exception {
        load();
        assertEquals(1, metrics.timer(GraphTraversal.WALKS).getCount());
        traversal.close();
        assertEquals(Set.of(), metrics.getNames());
    }

    @Test
    public void walksAsTheStoreDoesAfterRandomCommits() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("walksAsTheStoreDoesAfterRandomCommits: -Dseed=" + seed);
        RandomChanges changes = new RandomChanges(seed);
        Random random = new Random(seed);
        apply(changes, 30);
        load();
        for (int round = 0; round < 60; round++) {
            apply(changes, 5);
            compare(seed, changes, random, 10);
            assertNoMismatch(seed);
        }
    }

    @Test
    public void readsTheGraphBesideCommits() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("readsTheGraphBesideCommits: -Dseed=" + seed);
        RandomChanges changes = new RandomChanges(seed);
        Random random = new Random(seed);
        for (int round = 0; round < 30; round++) {
            traversal.close();
            traversal = new GraphTraversal(store, loader, metrics, new Limits(10, 100), 30);
            apply(changes, 10);
            AtomicBoolean enough = new AtomicBoolean();
            try (ExecutorService writer = Executors.newSingleThreadExecutor()) {
                Future<Integer> writing = writer.submit(() -> {
                    int commits = 0;
                    for (; commits < 3 || !enough.get(); commits++) {
                        apply(changes, 1);
                    }
                    return commits;
                });
                load();
                enough.set(true);
                assertTrue(writing.get() >= 3);
            }
            compare(seed, changes, random, 30);
            assertNoMismatch(seed);
        }
    }

    @Test
    public void compactsTheGraph() throws Exception {
        load();
        long id = put(0, ContainerType.TEXT);
        GraphChore chore = new GraphChore(traversal);
        assertEquals(2, traversal.overlaid());
        assertEquals(List.of(new Chore.Figure("containers beside the rows", "", 2, 0)), chore.run(Chore.Kind.OPTIMIZE, true, Progress.NONE));
        assertEquals("a dry run changes nothing", 2, traversal.overlaid());
        assertEquals(List.of(new Chore.Figure("containers beside the rows", "", 2, 0)), chore.run(Chore.Kind.OPTIMIZE, false, Progress.NONE));
        assertEquals(List.of(), chore.run(Chore.Kind.OPTIMIZE, false, Progress.NONE));
        assertEquals(List.of(new Step(0, 0, 0), new Step(id, 1, 0)), traversal.walk(new Request(0, Set.of(), Set.of(), 0, 0)).steps());
        put(id, ContainerType.TEXT);
        assertEquals(3, traversal.walk(new Request(0, Set.of(), Set.of(), 0, 0)).steps().size());
    }

    @Test
    public void findsAndMendsWhatDiffersFromTheStore() throws Exception {
        GraphInspection inspection = new GraphInspection(traversal);
        List<Inspection.Finding> findings = new ArrayList<>();
        assertEquals("no graph yet", 0, inspection.inspect(findings::add, Progress.NONE));
        long parent = put(0, ContainerType.DIRECTORY);
        long child = put(parent, ContainerType.TEXT);
        load();
        assertEquals(3, inspection.inspect(findings::add, Progress.NONE));
        assertEquals(List.of(), findings);
        traversal.committed(new Commit(store.sequence() + 1, List.of(), List.of(child), List.of(), List.of(), Map.of()));
        traversal.committed(new Commit(store.sequence() + 2, List.of(Container.of(99, 0, ContainerType.TEXT, "n", null, null, 0, 0, null, Map.of())),
                List.of(), List.of(), List.of(), Map.of()));
        inspection.inspect(findings::add, Progress.NONE);
        assertEquals(Set.of(0L, parent, child, 99L), new HashSet<>(findings.stream().map(Inspection.Finding::container).toList()));
        assertEquals(4, inspection.repair(findings, Progress.NONE));
        findings.clear();
        assertEquals(3, inspection.inspect(findings::add, Progress.NONE));
        assertEquals(List.of(), findings);
    }

    @Test
    public void aCommitThatNeverCameIsRead() throws Exception {
        load();
        GraphTraversal deaf = traversal;
        traversal = new GraphTraversal(store, loader, new MetricRegistry(), new Limits(10, 100), 30);
        put(0, ContainerType.TEXT);
        traversal = deaf;
        put(0, ContainerType.TEXT);
        load();
        assertEquals(3, traversal.walk(new Request(0, Set.of(), Set.of(), 0, 0)).steps().size());
        List<Inspection.Finding> findings = new ArrayList<>();
        assertEquals(3, new GraphInspection(traversal).inspect(findings::add, Progress.NONE));
        assertEquals(List.of(), findings);
    }

    private void apply(RandomChanges changes, int count) {
        for (int i = 0; i < count; i++) {
            try {
                store.apply(changes.next(store));
            } catch (ZseiException e) {
                assertEquals(ZseiException.Code.INVALID, e.code());
            }
        }
    }

    private void compare(long seed, RandomChanges changes, Random random, int walks) throws ZseiException {
        for (int i = 0; i < walks; i++) {
            long start = changes.ids().get(random.nextInt(changes.ids().size()));
            Set<RelationType> relations = new HashSet<>();
            for (RelationType type : List.of(RelationType.SIMILAR, RelationType.DEPENDS_ON, RelationType.REFERENCED_BY)) {
                if (random.nextBoolean()) {
                    relations.add(type);
                }
            }
            Set<ContainerType> types = random.nextBoolean() ? Set.of() : Set.of(ContainerType.CHUNK, ContainerType.SECTION);
            Request request = new Request(start, relations, types, 1 + random.nextInt(6), 1 + random.nextInt(50));
            if (store.get(start).isEmpty()) {
                assertThrows("seed " + seed, ZseiException.class, () -> traversal.walk(request));
                continue;
            }
            Walk expected = new StoreWalk(store, request, request.maxDepth(), request.maxResults()).run(start, System.nanoTime());
            Walk walk = traversal.walk(request);
            assertEquals("seed " + seed + " " + request, timeless(expected), timeless(walk));
        }
    }

    private void assertNoMismatch(long seed) throws Exception {
        List<Long> wrong = new ArrayList<>();
        assertTrue(traversal.compare(wrong::add) > 0);
        assertEquals("seed " + seed, List.of(), wrong);
    }

    private static Walk timeless(Walk walk) {
        return new Walk(walk.steps(), walk.visited(), walk.hops(), 0, walk.complete());
    }
}
