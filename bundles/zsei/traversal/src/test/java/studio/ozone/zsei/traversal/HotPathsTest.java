package studio.ozone.zsei.traversal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

import com.codahale.metrics.MetricRegistry;
import org.junit.After;
import org.junit.Test;

import studio.ozone.api.care.Chore;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.Traversal.Filter;
import studio.ozone.api.zsei.Traversal.Mode;
import studio.ozone.api.zsei.Traversal.Request;
import studio.ozone.api.zsei.Traversal.Result;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.zsei.store.kit.MemoryStore;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** What is remembered is what would be found. */
public class HotPathsTest {

    private final MetricRegistry metrics = new MetricRegistry();
    private final ExecutorService loader = Executors.newSingleThreadExecutor();
    private final List<GraphTraversal> both = new ArrayList<>();
    private final MemoryStore store = new MemoryStore(commit -> both.forEach(each -> each.committed(commit)));
    private final ExactIndex index = new ExactIndex(store);
    private final GraphTraversal cached = traversal(metrics, 1000);

    private GraphTraversal traversal(MetricRegistry registry, int hotPaths) {
        GraphTraversal traversal = new GraphTraversal(store, loader, registry, new Limits(10, 100, hotPaths, GraphTraversalTest.WEIGHTS), 4000);
        traversal.bindIndex(index);
        both.add(traversal);
        GraphTraversalTest.load(traversal);
        return traversal;
    }

    @After
    public void close() {
        both.forEach(GraphTraversal::close);
        loader.shutdownNow();
    }

    private long put(long parent, ContainerType type) throws ZseiException {
        long id = store.newId();
        store.apply(new Changes().put(Container.of(id, parent, type, "n", null, null, 0, 0, "h", Map.of())));
        return id;
    }

    private int hits(Request request) throws ZseiException {
        return cached.walk(request).cacheHits();
    }

    @Test
    public void theSecondTimeItIsRememberedUntilSomethingOnItsWayIsWritten() throws Exception {
        long top = put(0, ContainerType.DIRECTORY);
        long child = put(top, ContainerType.DOCUMENT);
        long elsewhere = put(0, ContainerType.DIRECTORY);
        Request request = Request.of(top, Mode.STRUCTURAL);
        assertEquals(0, hits(request));
        assertEquals(1, hits(request));
        assertEquals(GraphTraversalTest.timeless(cached.walk(request)), GraphTraversalTest.timeless(cached.walk(request.atMost(10, 100))));
        put(elsewhere, ContainerType.DOCUMENT);
        assertEquals("written elsewhere", 1, hits(request));
        long grandchild = put(child, ContainerType.CHUNK);
        assertEquals("written below", 0, hits(request));
        assertEquals(1, hits(request));
        store.apply(new Changes().relate(new Relation(grandchild, elsewhere, RelationType.SIMILAR, 1, Relation.Discovery.MANUAL)));
        assertEquals("an edge on the way", 0, hits(request));
        assertEquals(1, hits(request));
        store.apply(new Changes().remove(grandchild));
        assertEquals("removed", 0, hits(request));
        assertEquals(2, cached.walk(request).containers().size());
        assertEquals(7, metrics.counter(HotPaths.HITS).getCount());
        assertEquals(4, metrics.counter(HotPaths.MISSES).getCount());
    }

    @Test
    public void meaningIsForgottenWithTheStateOfTheIndex() throws Exception {
        long chunk = put(0, ContainerType.CHUNK);
        store.putEmbeddings(ExactIndex.MODEL, Map.of(chunk, ExactIndex.random(new Random(1))));
        for (Mode mode : List.of(Mode.SEMANTIC, Mode.HYBRID)) {
            Request request = Request.of(chunk, mode);
            assertEquals(0, hits(request));
            assertEquals(1, hits(request));
            index.changed();
            assertEquals(0, hits(request));
            assertEquals(1, hits(request));
            ExactIndex other = new ExactIndex(store);
            other.changed();
            cached.bindIndex(other);
            assertEquals("another index", 0, hits(request));
            cached.bindIndex(index);
            assertEquals(0, hits(request));
        }
        index.changed();
        Request structural = Request.of(chunk, Mode.STRUCTURAL);
        hits(structural);
        index.changed();
        assertEquals("a walk does not ask the index", 1, hits(structural));
        assertEquals("the truth is never remembered", 0, hits(structural.bruteForce()) + hits(structural.bruteForce()));
    }

    @Test
    public void aNameThatComesOrGoesCounts() throws Exception {
        long document = put(0, ContainerType.DOCUMENT);
        Request request = Request.of(0, Mode.STRUCTURAL).only(new Filter(Set.of(), Set.of("lamp"), Set.of(), Set.of(), null, null)).atMost(1, 10);
        assertEquals(0, cached.walk(request).containers().size());
        assertEquals(1, hits(request));
        long category = put(document, ContainerType.DIRECTORY);
        hits(request);
        long term = store.newId();
        store.apply(new Changes().put(Container.of(term, category, ContainerType.TERM, "Lamp", null, null, 0, 0, null, Map.of()))
            .relate(new Relation(document, term, RelationType.HAS_KEYWORD, 1, Relation.Discovery.MANUAL)));
        Result result = cached.walk(request);
        assertEquals(0, result.cacheHits());
        assertEquals(1, result.containers().size());
    }

    @Test
    public void noMoreThanAreConfiguredAndTheOldestGoes() throws Exception {
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            ids.add(put(0, ContainerType.DOCUMENT));
        }
        cached.reconfigure(GraphTraversalTest.config(Map.of("hot__path__cache__size", 10)));
        for (long id : ids) {
            hits(Request.of(id, Mode.STRUCTURAL));
            hits(Request.of(ids.getFirst(), Mode.STRUCTURAL));
        }
        assertEquals(10, cached.remembered());
        assertEquals("it was asked for again and again", 1, hits(Request.of(ids.getFirst(), Mode.STRUCTURAL)));
        assertEquals(1, hits(Request.of(ids.getLast(), Mode.STRUCTURAL)));
        assertEquals(0, hits(Request.of(ids.get(1), Mode.STRUCTURAL)));
        cached.reconfigure(GraphTraversalTest.config(Map.of("hot__path__cache__size", 3)));
        assertEquals(3, cached.remembered());
        cached.reconfigure(GraphTraversalTest.config(Map.of("cache__hot__paths", false)));
        assertEquals(0, cached.remembered());
        assertEquals(0, hits(Request.of(ids.getLast(), Mode.STRUCTURAL)) + hits(Request.of(ids.getLast(), Mode.STRUCTURAL)));
        cached.reconfigure(GraphTraversalTest.config(Map.of("hot__path__cache__size", 0)));
        assertEquals(0, hits(Request.of(ids.getLast(), Mode.STRUCTURAL)) + hits(Request.of(ids.getLast(), Mode.STRUCTURAL)));
        cached.reconfigure(GraphTraversalTest.config(Map.of()));
        assertEquals(1, hits(Request.of(ids.getLast(), Mode.STRUCTURAL)) + hits(Request.of(ids.getLast(), Mode.STRUCTURAL)));
    }

    @Test
    public void otherWeightsAreAnotherQuestion() throws Exception {
        long id = put(0, ContainerType.DOCUMENT);
        Request request = Request.of(id, Mode.CONTEXTUAL);
        hits(request);
        assertEquals(1, hits(request));
        cached.reconfigure(GraphTraversalTest.config(Map.of("contextual__decay", 0.5)));
        assertEquals(0, hits(request));
        assertEquals(0.5 * 0.5, 1 - cached.walk(request).containers().get(1).distance(), 1e-9);
    }

    @Test
    public void housekeepingDropsWhatDoesNotHold() throws Exception {
        long a = put(0, ContainerType.DOCUMENT);
        long b = put(0, ContainerType.DOCUMENT);
        hits(Request.of(a, Mode.STRUCTURAL));
        hits(Request.of(b, Mode.STRUCTURAL));
        put(a, ContainerType.CHUNK);
        HotPathChore chore = new HotPathChore(cached);
        assertEquals(List.of(new Chore.Figure("entries", "", 2, 1)), chore.run(Chore.Kind.GC, true, Progress.NONE));
        assertEquals(2, cached.remembered());
        assertEquals(List.of(new Chore.Figure("entries", "", 2, 1)), chore.run(Chore.Kind.GC, false, Progress.NONE));
        assertEquals(List.of(), chore.run(Chore.Kind.GC, false, Progress.NONE));
        assertEquals(1, hits(Request.of(b, Mode.STRUCTURAL)));
        assertEquals(List.of(new Chore.Figure("entries", "", 1, 0)), chore.run(Chore.Kind.GC_AGGRESSIVE, false, Progress.NONE));
        assertEquals(0, cached.remembered());
    }

    @Test
    public void nothingIsEverStale() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("nothingIsEverStale: -Dseed=" + seed);
        GraphTraversal twin = traversal(new MetricRegistry(), 0);
        RandomWorld world = new RandomWorld(store, index, seed, 150);
        Random random = new Random(seed);
        List<Request> requests = new ArrayList<>();
        long hits = 0;
        for (int round = 0; round < 1500; round++) {
            world.change();
            if (round % 50 == 0) {
                requests.clear();
                for (int i = 0; i < 12; i++) {
                    requests.add(world.request());
                }
            }
            for (int i = 0; i < 5; i++) {
                Request request = requests.get(random.nextInt(requests.size()));
                String where = "seed " + seed + ", round " + round + ", " + request;
                try {
                    Result expected = twin.walk(request);
                    Result result = cached.walk(request);
                    hits += result.cacheHits();
                    assertEquals(where, GraphTraversalTest.timeless(expected), GraphTraversalTest.timeless(result));
                } catch (ZseiException e) {
                    assertThrows(where, ZseiException.class, () -> cached.walk(request));
                }
            }
        }
        assertTrue("something was remembered: " + hits, hits > 300);
    }

    @Test
    public void writersWalkersAndSwitchesAtOnce() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("writersWalkersAndSwitchesAtOnce: -Dseed=" + seed);
        GraphTraversal twin = traversal(new MetricRegistry(), 0);
        RandomWorld world = new RandomWorld(store, index, seed, 150);
        for (int i = 0; i < 100; i++) {
            world.change();
        }
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            requests.add(world.request());
        }
        AtomicBoolean enough = new AtomicBoolean();
        try (ExecutorService walkers = Executors.newFixedThreadPool(3)) {
            List<Future<Integer>> walking = new ArrayList<>();
            for (int thread = 0; thread < 3; thread++) {
                Random random = new Random(seed + thread);
                walking.add(walkers.submit(() -> {
                    int walks = 0;
                    for (; walks < 500 || !enough.get(); walks++) {
                        try {
                            cached.walk(requests.get(random.nextInt(requests.size())));
                        } catch (ZseiException e) {
                            assertTrue(e.getMessage(), e.code() == ZseiException.Code.NOT_FOUND || e.code() == ZseiException.Code.INVALID);
                        }
                    }
                    return walks;
                }));
            }
            for (int i = 0; i < 400; i++) {
                world.change();
                if (i % 40 == 0) {
                    cached.reconfigure(GraphTraversalTest.config(Map.of("cache__hot__paths", i % 80 == 0)));
                }
                if (i % 100 == 50) {
                    cached.graph().reload();
                }
            }
            cached.reconfigure(GraphTraversalTest.config(Map.of()));
            enough.set(true);
            for (Future<Integer> each : walking) {
                assertTrue(each.get() >= 500);
            }
        }
        for (Request request : requests) {
            try {
                assertEquals("seed " + seed, GraphTraversalTest.timeless(twin.walk(request)), GraphTraversalTest.timeless(cached.walk(request)));
            } catch (ZseiException e) {
                assertTrue(e.getMessage(), e.code() == ZseiException.Code.NOT_FOUND || e.code() == ZseiException.Code.INVALID);
            }
        }
    }
}
