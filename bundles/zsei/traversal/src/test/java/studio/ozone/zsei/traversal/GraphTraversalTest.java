package studio.ozone.zsei.traversal;

import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
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
import studio.ozone.api.zsei.Traversal.Budget;
import studio.ozone.api.zsei.Traversal.Filter;
import studio.ozone.api.zsei.Traversal.Found;
import studio.ozone.api.zsei.Traversal.Mode;
import studio.ozone.api.zsei.Traversal.Request;
import studio.ozone.api.zsei.Traversal.Result;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.zsei.store.kit.MemoryStore;
import studio.ozone.zsei.store.kit.RandomChanges;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

public class GraphTraversalTest {

    static final Weights WEIGHTS = new Weights(0.8, 0.5, 0.3, 0.35, 0.4, 0.25);
    private static final Limits LIMITS = new Limits(10, 100, 0, WEIGHTS);

    private final MetricRegistry metrics = new MetricRegistry();
    private final ExecutorService loader = Executors.newSingleThreadExecutor();
    private GraphTraversal traversal;
    private final MemoryStore store = new MemoryStore(commit -> traversal.committed(commit));

    public GraphTraversalTest() {
        traversal = new GraphTraversal(store, loader, metrics, LIMITS, 30);
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

    private void load() {
        load(traversal);
    }

    static void load(GraphTraversal traversal) {
        traversal.graph().load();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!traversal.graph().loaded()) {
            assertTrue("The graph is read in time", System.nanoTime() < deadline);
            Thread.onSpinWait();
        }
    }

    private Result walk(Request request) throws ZseiException {
        return traversal.walk(request);
    }

    private static Request from(long start, Set<RelationType> relations, Set<ContainerType> types, int depth, int results) {
        return new Request(start, Mode.STRUCTURAL, null, new Filter(types, Set.of(), Set.of(), relations, null, null), depth, results, Budget.NONE, null);
    }

    /** Each walk from the store, then from the graph. */
    private List<Result> both(Request request) throws Exception {
        GraphTraversal unread = new GraphTraversal(store, new Never(), new MetricRegistry(), LIMITS, 30);
        Result slow = unread.walk(request);
        assertFalse(unread.graph().loaded());
        load();
        return List.of(slow, walk(request));
    }

    private static List<Long> ids(Result result) {
        return result.containers().stream().map(Found::id).toList();
    }

    @Test
    public void aChainStopsAtTheDepth() throws Exception {
        List<Long> chain = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            chain.add(put(i == 0 ? 0 : chain.get(i - 1), ContainerType.SECTION));
        }
        for (Result walk : both(from(chain.getFirst(), Set.of(), Set.of(), 0, 0))) {
            assertEquals(chain.subList(0, 11), ids(walk));
            assertEquals(new Found(chain.get(10), 10, chain.subList(0, 11)), walk.containers().getLast());
            assertEquals("It ended at maxDepth 10", walk.why());
            assertFalse(walk.complete());
            assertEquals(10, walk.hops());
            assertEquals(11, walk.visited());
        }
        for (Result walk : both(from(chain.getFirst(), Set.of(), Set.of(), 19, 0))) {
            assertEquals(20, walk.containers().size());
            assertTrue(walk.complete());
        }
    }

    @Test
    public void exactlyAsManyResultsAsWanted() throws Exception {
        long top = put(0, ContainerType.DIRECTORY);
        for (int i = 0; i < 150; i++) {
            put(top, i % 2 == 0 ? ContainerType.DOCUMENT : ContainerType.DIRECTORY);
        }
        for (Result walk : both(from(top, Set.of(), Set.of(), 0, 0))) {
            assertEquals(100, walk.containers().size());
            assertFalse(walk.complete());
        }
        for (Result walk : both(from(top, Set.of(), Set.of(ContainerType.DOCUMENT), 0, 75))) {
            assertEquals("the start is no document", 75, walk.containers().size());
            assertTrue("75 documents are all there is", walk.complete());
        }
        for (Result walk : both(from(top, Set.of(), Set.of(), 1, 151))) {
            assertEquals(151, walk.containers().size());
            assertTrue(walk.complete());
        }
    }

    @Test
    public void relationsAreFollowedWhereTheyAreWanted() throws Exception {
        long a = put(0, ContainerType.DOCUMENT);
        long b = put(0, ContainerType.DOCUMENT);
        long below = put(b, ContainerType.CHUNK);
        store.apply(new Changes().relate(new Relation(a, b, RelationType.REFERENCES, 1, Relation.Discovery.MANUAL)));
        for (Result walk : both(from(a, Set.of(RelationType.REFERENCES), Set.of(), 0, 0))) {
            assertEquals(List.of(new Found(a, 0, List.of(a)), new Found(b, 1, List.of(a, b)), new Found(below, 2, List.of(a, b, below))), walk.containers());
        }
        for (Result walk : both(from(a, Set.of(RelationType.SIMILAR), Set.of(), 0, 0))) {
            assertEquals(List.of(a), ids(walk));
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
                    assertThrows(ZseiException.class, () -> traversal.walk(from(77, Set.of(), Set.of(), 0, 0))).code());
            assertEquals(ZseiException.Code.INVALID,
                    assertThrows(ZseiException.class, () -> traversal.walk(from(0, Set.of(), Set.of(), 65_536, 0))).code());
            assertEquals(ZseiException.Code.INVALID,
                    assertThrows(ZseiException.class, () -> traversal.walk(from(0, Set.of(), Set.of(), 0, -1))).code());
        }
    }

    @Test
    public void limitsChangeWhileItRuns() throws Exception {
        for (int i = 0; i < 20; i++) {
            put(0, ContainerType.TEXT);
        }
        traversal.reconfigure(config(Map.of("default__max__results", 7)));
        assertEquals(7, traversal.walk(from(0, Set.of(), Set.of(), 0, 0)).containers().size());
        for (Map<String, Object> wrong : List.of(Map.<String, Object>of("default__max__depth", 0), Map.<String, Object>of("default__max__depth", 65_536),
                Map.<String, Object>of("default__max__results", 0), Map.<String, Object>of("default__max__results", 100_001),
                Map.<String, Object>of("hot__path__cache__size", -1), Map.<String, Object>of("contextual__decay", 1.01),
                Map.<String, Object>of("hybrid__semantic__weight", Double.NaN))) {
            String message = assertThrows(IllegalArgumentException.class, () -> traversal.reconfigure(config(wrong))).getMessage();
            assertTrue(message, message.startsWith("zsei.traversal." + wrong.keySet().iterator().next().replace("__", "_") + " is "));
        }
        assertEquals(7, walk(from(0, Set.of(), Set.of(), 0, 0)).containers().size());
    }

    /** The defaults but for these. */
    static GraphTraversal.Config config(Map<String, Object> changed) {
        return (GraphTraversal.Config) Proxy.newProxyInstance(GraphTraversalTest.class.getClassLoader(), new Class<?>[] { GraphTraversal.Config.class },
            (proxy, method, arguments) -> changed.getOrDefault(method.getName(), method.getDefaultValue()));
    }

    @Test
    public void leavesNoFigureBehind() throws Exception {
        load();
        walk(from(0, Set.of(), Set.of(), 0, 0));
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
            traversal = new GraphTraversal(store, loader, metrics, LIMITS, 30);
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
        assertEquals(2, traversal.graph().overlaid());
        assertEquals(List.of(new Chore.Figure("containers beside the rows", "", 2, 0)), chore.run(Chore.Kind.OPTIMIZE, true, Progress.NONE));
        assertEquals("a dry run changes nothing", 2, traversal.graph().overlaid());
        assertEquals(List.of(new Chore.Figure("containers beside the rows", "", 2, 0)), chore.run(Chore.Kind.OPTIMIZE, false, Progress.NONE));
        assertEquals(List.of(), chore.run(Chore.Kind.OPTIMIZE, false, Progress.NONE));
        assertEquals(List.of(0L, id), ids(walk(from(0, Set.of(), Set.of(), 0, 0))));
        put(id, ContainerType.TEXT);
        assertEquals(3, traversal.walk(from(0, Set.of(), Set.of(), 0, 0)).containers().size());
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
        traversal.committed(new Commit(store.sequence() + 2, List.of(new Container(99, 0, 1, ContainerType.TEXT, "n", null, null, 0, 0, null, Instant.EPOCH, Instant.EPOCH, Map.of())),
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
        traversal = new GraphTraversal(store, loader, new MetricRegistry(), LIMITS, 30);
        put(0, ContainerType.TEXT);
        traversal = deaf;
        put(0, ContainerType.TEXT);
        load();
        assertEquals(3, traversal.walk(from(0, Set.of(), Set.of(), 0, 0)).containers().size());
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
            Request request = from(start, relations, types, 1 + random.nextInt(6), 1 + random.nextInt(50));
            if (store.get(start).isEmpty()) {
                assertThrows("seed " + seed, ZseiException.class, () -> traversal.walk(request));
                continue;
            }
            GraphTraversal unread = new GraphTraversal(store, new Never(), new MetricRegistry(), LIMITS, 30);
            assertEquals("seed " + seed + " " + request, timeless(unread.walk(request)), timeless(walk(request)));
        }
    }

    private void assertNoMismatch(long seed) throws Exception {
        List<Long> wrong = new ArrayList<>();
        assertTrue(traversal.graph().compare(wrong::add) > 0);
        assertEquals("seed " + seed, List.of(), wrong);
    }

    static Result timeless(Result result) {
        return new Result(result.containers(), result.visited(), result.hops(), 0, result.shardsSearched(), result.complete(), result.fallback(), result.why(), 0);
    }

    /** Runs nothing: with it, the graph is never read. */
    static final class Never extends AbstractExecutorService {

        @Override
        public void execute(Runnable command) {
            // Nothing is ever done.
        }

        @Override
        public void shutdown() {
            // Nothing runs.
        }

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }
}
