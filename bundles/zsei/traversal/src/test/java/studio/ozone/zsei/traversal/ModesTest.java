package studio.ozone.zsei.traversal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.codahale.metrics.MetricRegistry;
import org.junit.After;
import org.junit.Test;

import studio.ozone.api.zsei.Changes;
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

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** Every mode against brute force, and what each promises. */
public class ModesTest {

    private static final Limits LIMITS = new Limits(10, 100, 0, GraphTraversalTest.WEIGHTS);

    private final ExecutorService loader = Executors.newSingleThreadExecutor();
    private GraphTraversal traversal;
    private final MemoryStore store = new MemoryStore(commit -> traversal.committed(commit));
    private final ExactIndex index = new ExactIndex(store);

    public ModesTest() {
        traversal = new GraphTraversal(store, loader, new MetricRegistry(), LIMITS, 30);
        traversal.bindIndex(index);
    }

    @After
    public void close() {
        traversal.close();
        loader.shutdownNow();
    }

    private static List<Long> ids(Result result) {
        return result.containers().stream().map(Found::id).toList();
    }

    @Test
    public void theyFindWhatBruteForceFinds() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("theyFindWhatBruteForceFinds: -Dseed=" + seed);
        RandomWorld world = new RandomWorld(store, index, seed, 95);      // fewer than a mode tells a hybrid one: of equals, each cuts off others
        Random random = new Random(seed);
        GraphTraversalTest.load(traversal);
        GraphTraversal unread = new GraphTraversal(store, new GraphTraversalTest.Never(), new MetricRegistry(), LIMITS, 30);
        unread.bindIndex(index);
        int found = 0;
        for (int round = 0; round < 60; round++) {
            for (int i = 0; i < 8; i++) {
                world.change();
            }
            for (int i = 0; i < 25; i++) {
                Request request = world.request();
                String where = "seed " + seed + ", round " + round + ", " + request;
                Result result = traversal.walk(request);
                compare(where, request, traversal.walk(request.bruteForce()), result);
                found += result.containers().size();
                if (random.nextInt(5) == 0) {
                    assertEquals(where, GraphTraversalTest.timeless(result), GraphTraversalTest.timeless(unread.walk(request)));
                }
            }
        }
        assertTrue("results were compared: " + found, found > 3000);
    }

    private void compare(String where, Request request, Result truth, Result result) throws ZseiException {
        assertEquals(where, truth.containers().size(), result.containers().size());
        if (request.mode() == Mode.STRUCTURAL) {
            structural(where, request, truth, result);
        } else {
            assertEquals(where, ids(truth), ids(result));
        }
        for (int i = 0; i < truth.containers().size(); i++) {
            Found found = result.containers().get(i);
            assertEquals(where + " #" + i, truth.containers().get(i).distance(), found.distance(), 1e-6);
            assertEquals(where, found.id(), (long) found.path().getLast());
            assertEquals("once each", found.path().size(), new HashSet<>(found.path()).size());
            if (request.mode() == Mode.STRUCTURAL || request.mode() == Mode.CONTEXTUAL) {
                assertTrue(where, found.path().size() <= request.maxDepth() + 1);
                for (int hop = 1; hop < found.path().size(); hop++) {
                    assertTrue(where + " " + found.path(), linked(found.path().get(hop - 1), found.path().get(hop), request));
                }
            }
        }
    }

    /** Of the containers at the last distance, any may be told where not all can be. */
    private void structural(String where, Request request, Result truth, Result result) throws ZseiException {
        Result everything = traversal.walk(request.atMost(request.maxDepth(), 100_000).bruteForce());
        Map<Long, Double> distances = new HashMap<>();
        everything.containers().forEach(found -> distances.put(found.id(), found.distance()));
        for (Found found : result.containers()) {
            assertEquals(where, distances.get(found.id()), (Double) found.distance());
            assertEquals(where, (double) found.path().size() - 1, found.distance(), 0);
        }
        assertEquals("once each", result.containers().size(), new HashSet<>(ids(result)).size());
        assertEquals(where, everything.containers().size() > request.maxResults(), !truth.complete());
        if (result.complete()) {
            assertEquals(where, distances.keySet(), new HashSet<>(ids(result)));
        }
    }

    private boolean linked(long from, long to, Request request) throws ZseiException {
        boolean up = request.mode() == Mode.CONTEXTUAL && from != 0 && store.get(from).orElseThrow().parent() == to;
        return up || to != 0 && store.get(to).orElseThrow().parent() == from || store.relations(from).stream().anyMatch(edge -> edge.to() == to
            && (request.filter().relations().contains(edge.type()) || request.mode() == Mode.CONTEXTUAL && request.filter().relations().isEmpty()));
    }

    private long put(long parent, ContainerType type, String name) throws ZseiException {
        long id = store.newId();
        store.apply(new Changes().put(Container.of(id, parent, type, name, null, null, 0, 0, "h", Map.of())));
        return id;
    }

    private void relate(long from, RelationType type, long to, double confidence) throws ZseiException {
        store.apply(new Changes().relate(new Relation(from, to, type, confidence, Relation.Discovery.MANUAL)));
    }

    @Test
    public void confidencesCountAndChange() throws Exception {
        long a = put(0, ContainerType.DOCUMENT, "a");
        long sure = put(0, ContainerType.DOCUMENT, "sure");
        long unsure = put(0, ContainerType.DOCUMENT, "unsure");
        relate(a, RelationType.REFERENCES, sure, 1);
        relate(a, RelationType.REFERENCES, unsure, 0.5);
        GraphTraversalTest.load(traversal);
        Request request = Request.of(a, Mode.CONTEXTUAL).only(Filter.relations(RelationType.REFERENCES)).atMost(1, 4);
        assertEquals("the root is up the tree", List.of(a, sure, unsure, 0L), ids(traversal.walk(request)));
        assertEquals(0, traversal.walk(request).containers().get(0).distance(), 0);
        assertEquals("a hop leaves 0.8", 0.2, traversal.walk(request).containers().get(1).distance(), 1e-9);
        assertEquals("half of that", 1 - 0.8 * 128 / 255, traversal.walk(request).containers().get(2).distance(), 1e-9);
        relate(a, RelationType.REFERENCES, sure, 0.25);
        assertEquals(List.of(a, unsure, 0L, sure), ids(traversal.walk(request)));
        assertEquals(traversal.walk(request.bruteForce()).containers(), traversal.walk(request).containers());
    }

    @Test
    public void aLongerWayOfSurerEdgesIsBetterAndTheDepthMayForbidIt() throws Exception {
        long a = put(0, ContainerType.DOCUMENT, "a");
        long b = put(0, ContainerType.DOCUMENT, "b");
        long c = put(0, ContainerType.DOCUMENT, "c");
        long d = put(0, ContainerType.DOCUMENT, "d");
        relate(a, RelationType.REFERENCES, b, 1);
        relate(b, RelationType.REFERENCES, c, 1);
        relate(a, RelationType.REFERENCES, c, 0.5);
        relate(c, RelationType.REFERENCES, d, 1);
        GraphTraversalTest.load(traversal);
        Request request = Request.of(a, Mode.CONTEXTUAL).only(Filter.relations(RelationType.REFERENCES));
        assertEquals(List.of(a, b, c), traversal.walk(request).containers().stream().filter(found -> found.id() == c).findFirst().orElseThrow().path());
        assertEquals("with two hops, d is reached over the unsure edge", List.of(a, c, d),
            traversal.walk(request.atMost(2, 10)).containers().stream().filter(found -> found.id() == d).findFirst().orElseThrow().path());
        assertEquals(List.of(a, b, c, d), traversal.walk(request).containers().stream().filter(found -> found.id() == d).findFirst().orElseThrow().path());
    }

    @Test
    public void keywordsAndTopicsOfWhatIsAboveCount() throws Exception {
        long document = put(0, ContainerType.DOCUMENT, "lamp.md");
        long chunk = put(document, ContainerType.CHUNK, "");
        long other = put(put(0, ContainerType.DOCUMENT, "sea.md"), ContainerType.CHUNK, "");
        long words = put(0, ContainerType.CATEGORY, "Keywords");
        long oil = put(words, ContainerType.TERM, "Colza Oil");
        long seafaring = put(0, ContainerType.SUBCATEGORY, "Seafaring");
        relate(document, RelationType.HAS_KEYWORD, oil, 0.9);
        relate(document, RelationType.PART_OF, seafaring, 1);
        Filter keyword = new Filter(Set.of(ContainerType.CHUNK), Set.of("colza OIL"), Set.of(), Set.of(), null, null);
        Filter topic = new Filter(Set.of(), Set.of(), Set.of("SEAFARING"), Set.of(), null, null);
        for (boolean read : new boolean[] { false, true }) {
            if (read) {
                GraphTraversalTest.load(traversal);
            }
            assertEquals(List.of(chunk), ids(traversal.walk(Request.of(0, Mode.STRUCTURAL).only(keyword))));
            assertEquals(Set.of(document, chunk, seafaring), new HashSet<>(ids(traversal.walk(Request.of(0, Mode.STRUCTURAL).only(topic)))));
        }
        store.apply(new Changes().put(Container.of(oil, words, ContainerType.TERM, "Rape Oil", null, null, 0, 0, "h", Map.of())));
        assertEquals(List.of(), ids(traversal.walk(Request.of(0, Mode.STRUCTURAL).only(keyword))));
        relate(seafaring, RelationType.CONTAINS, other, 1);
        assertTrue(ids(traversal.walk(Request.of(0, Mode.STRUCTURAL).only(topic))).contains(other));
    }

    @Test
    public void aTextWithoutAPlaceBeginsAtWhatItNames() throws Exception {
        long document = put(0, ContainerType.DOCUMENT, "lamp.md");
        long oil = put(put(0, ContainerType.CATEGORY, "Keywords"), ContainerType.TERM, "Colza Oil");
        relate(document, RelationType.HAS_KEYWORD, oil, 0.9);
        GraphTraversalTest.load(traversal);
        Result result = traversal.walk(Request.of(0, Mode.CONTEXTUAL).about("What burns colza oil?").only(Filter.types(ContainerType.DOCUMENT)));
        assertEquals(List.of(new Found(document, result.containers().getFirst().distance(), List.of(oil, document))), result.containers());
        assertFalse(result.fallback());
        Result unnamed = traversal.walk(Request.of(0, Mode.CONTEXTUAL).about("nothing of that"));
        assertTrue(unnamed.fallback());
        assertTrue(unnamed.why(), unnamed.why().startsWith("The text names no keyword and no topic"));
    }

    @Test
    public void aFilterThatLetsFewThroughIsFilledByAskingForMore() throws Exception {
        long rare = put(0, ContainerType.DOCUMENT, "rare");
        long term = put(0, ContainerType.TERM, "rare");
        relate(rare, RelationType.HAS_KEYWORD, term, 1);
        Random random = new Random(5);
        List<Long> wanted = new ArrayList<>();
        for (int i = 0; i < 900; i++) {
            long chunk = put(i % 300 == 0 ? rare : 0, ContainerType.CHUNK, "");
            if (i % 300 == 0) {
                wanted.add(chunk);
            }
            store.putEmbeddings(ExactIndex.MODEL, Map.of(chunk, ExactIndex.random(random)));
        }
        GraphTraversalTest.load(traversal);
        Request request = Request.of(0, Mode.SEMANTIC).about("whatever").only(new Filter(Set.of(), Set.of("rare"), Set.of(), Set.of(), null, null)).atMost(0, 3);
        Result result = traversal.walk(request);
        assertEquals(new HashSet<>(wanted), new HashSet<>(ids(result)));
        assertEquals(ids(traversal.walk(request.bruteForce())), ids(result));
        assertTrue("more than once", index.asked() > 1);
        assertEquals(1, result.shardsSearched());
    }

    @Test
    public void aStartWithoutAVectorIsTheMeanOfItsChunks() throws Exception {
        long document = put(0, ContainerType.DOCUMENT, "d");
        long near = put(document, ContainerType.CHUNK, "");
        long far = put(0, ContainerType.CHUNK, "");
        float[] vector = new float[ExactIndex.DIMENSION];
        vector[0] = 1;
        store.putEmbeddings(ExactIndex.MODEL, Map.of(near, vector));
        float[] opposite = new float[ExactIndex.DIMENSION];
        opposite[0] = -1;
        store.putEmbeddings(ExactIndex.MODEL, Map.of(far, opposite));
        GraphTraversalTest.load(traversal);
        Result result = traversal.walk(Request.of(document, Mode.SEMANTIC));
        assertEquals(List.of(new Found(near, 0, List.of(document, near)), new Found(far, 2, List.of(document, far))), result.containers());
        long empty = put(0, ContainerType.DOCUMENT, "empty");
        assertEquals(ZseiException.Code.INVALID, assertThrows(ZseiException.class, () -> traversal.walk(Request.of(empty, Mode.SEMANTIC))).code());
        Result hybrid = traversal.walk(Request.of(empty, Mode.HYBRID));
        assertTrue(hybrid.fallback());
        assertTrue(hybrid.why(), hybrid.why().startsWith("Meaning was left out: Container " + empty));
        assertEquals(empty, hybrid.containers().getFirst().id());
    }

    @Test
    public void withoutAnIndexHybridFallsBackAndSemanticSaysWhy() throws Exception {
        long document = put(0, ContainerType.DOCUMENT, "d");
        GraphTraversalTest.load(traversal);
        traversal.unbindIndex(index);
        assertEquals(ZseiException.Code.INDEX_UNAVAILABLE, assertThrows(ZseiException.class, () -> traversal.walk(Request.of(document, Mode.SEMANTIC))).code());
        assertTrue(traversal.walk(Request.of(document, Mode.HYBRID)).fallback());
    }

    @Test
    public void budgetsEndEveryMode() throws Exception {
        long top = put(0, ContainerType.DIRECTORY, "top");
        for (int i = 0; i < 300; i++) {
            long chunk = put(top, ContainerType.CHUNK, "");
            store.putEmbeddings(ExactIndex.MODEL, Map.of(chunk, ExactIndex.random(new Random(i))));
        }
        GraphTraversalTest.load(traversal);
        for (Mode mode : List.of(Mode.STRUCTURAL, Mode.CONTEXTUAL, Mode.HYBRID)) {
            Result result = traversal.walk(Request.of(top, mode).atMost(0, 1000).within(new Budget(50, 0)));
            assertEquals(mode.name(), 50, result.hops());
            assertFalse(result.complete());
            assertTrue(result.why(), result.why().endsWith("the budget of 50 hops"));
            assertTrue(traversal.walk(Request.of(top, mode).atMost(0, 1000).within(new Budget(100_000, 60_000))).complete());
        }
        Meter late = new Meter(new Budget(0, 5), "", System.nanoTime() - 6_000_000);
        assertFalse(late.inTime());
        assertEquals("It ended at the budget of 5 ms", late.why());
        assertTrue(late.isFleeting());
        int hops = 0;
        while (late.hop()) {
            hops++;
        }
        assertTrue("the clock is looked at often enough: " + hops, hops < 20);
        assertThrows(ZseiException.class, () -> traversal.walk(Request.of(top, Mode.STRUCTURAL).within(new Budget(-1, 0))));
    }
}
