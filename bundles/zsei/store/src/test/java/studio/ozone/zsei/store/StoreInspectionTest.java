package studio.ozone.zsei.store;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

import jetbrains.exodus.ArrayByteIterable;
import jetbrains.exodus.ByteIterable;
import jetbrains.exodus.env.Store;
import jetbrains.exodus.env.Transaction;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.care.CareException;
import studio.ozone.api.care.Inspection.Finding;
import studio.ozone.api.care.Inspection.Kind;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.ZseiException;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** Stores that are damaged on purpose: container 1 is a folder, 2 a document in it, 3 and 4 texts in that, 3 similar to 4. */
public class StoreInspectionTest {

    private static final Relation EDGE = new Relation(2, 3, RelationType.MENTIONS, 0.5, Relation.Discovery.MANUAL);

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private final List<Commit> told = new ArrayList<>();
    private Database database;
    private XodusStore store;
    private StoreInspection inspection;

    @Before
    public void fill() throws Exception {
        database = Database.open(temporary.newFolder().toPath(), Clock.systemUTC());
        store = new XodusStore(database, Clock.systemUTC(), told::add, Tuning.DEFAULT, Figures.NONE, Alarm.ofTheJvm());
        inspection = new StoreInspection(() -> store);
        store.apply(new Changes().put(Container.of(1, 0, ContainerType.DIRECTORY, "d", "/d", null, 0, 0, null, Map.of()))
                .put(Container.of(2, 1, ContainerType.DOCUMENT, "f", "/d/f", null, 0, 9, "h", Map.of()))
                .put(text(3)).put(text(4)).relate(EDGE)
                .relate(new Relation(3, 4, RelationType.SIMILAR, 1, Relation.Discovery.ML)));
        store.putEmbeddings("m", Map.of(3L, new float[] { 1, 2 }));
        told.clear();
    }

    @After
    public void close() {
        store.close();
    }

    private static Container text(long id) {
        return Container.of(id, 2, ContainerType.TEXT, "t" + id, null, null, 0, 4, null, Map.of());
    }

    private void damage(BiConsumer<Database, Transaction> how) {
        Transaction transaction = database.environment.beginExclusiveTransaction();
        how.accept(database, transaction);
        assertTrue(transaction.flush());
        transaction.abort();
    }

    private List<Finding> found() throws Exception {
        List<Finding> findings = new ArrayList<>();
        assertTrue(inspection.inspect(findings::add, Progress.NONE) > 10);
        return findings;
    }

    private static Set<Kind> kinds(List<Finding> findings) {
        return findings.stream().map(Finding::kind).collect(Collectors.toSet());
    }

    private void mends(Set<Kind> kinds, BiConsumer<Database, Transaction> how) throws Exception {
        long before = store.sequence();
        damage(how);
        List<Finding> findings = found();
        assertEquals(findings.toString(), kinds, kinds(findings));
        assertTrue(findings.toString(), findings.stream().allMatch(Finding::repairable));
        assertEquals(findings.size(), inspection.repair(findings, Progress.NONE));
        assertEquals(List.of(), found());
        assertEquals(before + 1, store.sequence());
        assertEquals("nothing is there to mend", 0, inspection.repair(findings, Progress.NONE));
        assertEquals(Map.of(ContainerType.DIRECTORY, 1L, ContainerType.DOCUMENT, 1L, ContainerType.TEXT, 2L), store.stats().containers());
        assertEquals(2, store.stats().relations());
        assertEquals(2, store.find("/d/f", null).orElseThrow().id());
        assertEquals(List.of(3L, 4L), store.children(2).stream().map(Container::id).toList());
        assertEquals(List.of(1L, 2L, 3L, 4L), store.changesAfter(0, 100).written().stream().sorted().toList());
    }

    @Test
    public void findsNothingInAWholeStoreAndAfterChanges() throws Exception {
        assertEquals(List.of(), found());
        store.apply(new Changes().put(text(3)).unrelate(EDGE).put(Container.of(2, 1, ContainerType.DOCUMENT, "g", "/d/g", null, 0, 1, "i", Map.of())));
        store.apply(new Changes().remove(4));
        assertEquals(List.of(), found());
        store.apply(new Changes().remove(1));
        store.apply(new Changes().put(Container.of(9, 0, ContainerType.TEXT, "t", null, null, 0, 0, null, Map.of())));
        List<Finding> findings = new ArrayList<>();
        inspection.inspect(findings::add, Progress.NONE);
        assertEquals(List.of(), findings);
    }

    @Test
    public void childrenAreThoseOfTheRecords() throws Exception {
        mends(Set.of(Kind.GRAPH_MISMATCH), (d, t) -> d.children.delete(t, Keys.of(2, 3)));
        mends(Set.of(Kind.GRAPH_MISMATCH), (d, t) -> d.children.put(t, Keys.of(1, 3), ByteIterable.EMPTY));
        mends(Set.of(Kind.GRAPH_MISMATCH), (d, t) -> d.children.put(t, Keys.of(2, 77), ByteIterable.EMPTY));
    }

    @Test
    public void placesAreThoseOfTheRecords() throws Exception {
        mends(Set.of(Kind.GRAPH_MISMATCH), (d, t) -> d.places.delete(t, Keys.place("/d/f", null)));
        mends(Set.of(Kind.GRAPH_MISMATCH), (d, t) -> d.places.put(t, Keys.place("/d/f", null), Keys.of(1)));
        mends(Set.of(Kind.GRAPH_MISMATCH), (d, t) -> d.places.put(t, Keys.place("/gone", null), Keys.of(77)));
    }

    @Test
    public void theLogOfChangesHasEachContainerOnce() throws Exception {
        mends(Set.of(Kind.VERSION_MISMATCH), (d, t) -> d.written.delete(t, Keys.of(1, 3)));
        mends(Set.of(Kind.VERSION_MISMATCH), (d, t) -> d.written.put(t, Keys.of(1, 77), ByteIterable.EMPTY));
    }

    @Test
    public void edgesHaveTheirInverse() throws Exception {
        mends(Set.of(Kind.BROKEN_RELATION), (d, t) -> d.relations.delete(t, Keys.edge(EDGE.inverse())));
        assertEquals(List.of(EDGE), told.getLast().related());
        assertTrue(store.relations(3).contains(EDGE.inverse()));
        Relation dangling = new Relation(3, 77, RelationType.REFERENCES, 1, Relation.Discovery.MANUAL);
        mends(Set.of(Kind.BROKEN_RELATION, Kind.VERSION_MISMATCH), (d, t) -> d.relations.put(t, Keys.edge(dangling), Records.relation(Keys.edge(dangling), dangling)));
        assertEquals(List.of(dangling), told.getLast().unrelated());
        assertFalse(store.relations(3).contains(dangling));
    }

    @Test
    public void vectorsOfWhatIsGoneGo() throws Exception {
        mends(Set.of(Kind.ORPHAN), (d, t) -> d.embeddings.put(t, Keys.embedding(77, "m"), Records.vector(Keys.embedding(77, "m"), new float[] { 1 }, Codec.NONE)));
        assertEquals(2, store.embedding(3, "m").orElseThrow().length);
    }

    @Test
    public void countsAreTakenAnewAndNoIdIsGivenTwice() throws Exception {
        mends(Set.of(Kind.VERSION_MISMATCH), (d, t) -> {
            State wrong = d.state(t);
            wrong.count(ContainerType.TEXT, 5);
            wrong.relations = 40;
            wrong.highestId = 1;
            d.write(wrong, t);
        });
        assertTrue(store.newId() > 4);
    }

    @Test
    public void whatCannotBeReadIsNamedAndTheRestIsMended() throws Exception {
        damage((d, t) -> {
            d.containers.put(t, Keys.of(3), new ArrayByteIterable(new byte[] { 1, 2, 3 }));
            d.relations.put(t, Keys.edge(EDGE), new ArrayByteIterable(new byte[] { 9 }));
            d.relations.delete(t, Keys.edge(EDGE.inverse()));
            d.children.delete(t, Keys.of(2, 4));
        });
        List<Finding> findings = found();
        assertEquals(findings.toString(), Set.of(Kind.HASH_MISMATCH, Kind.GRAPH_MISMATCH), kinds(findings));
        assertEquals(3, findings.size());
        assertEquals(Set.of(3L, 2L), findings.stream().filter(each -> !each.repairable()).map(Finding::container).collect(Collectors.toSet()));
        assertEquals(1, inspection.repair(findings, Progress.NONE));
        assertEquals(Set.of(Kind.HASH_MISMATCH), kinds(found()));
    }

    @Test
    public void aParentThatIsGoneIsNoGuess() throws Exception {
        damage((d, t) -> d.containers.delete(t, Keys.of(2)));
        List<Finding> findings = found();
        Set<Long> orphans = new HashSet<>();
        findings.stream().filter(each -> each.kind() == Kind.ORPHAN && !each.repairable()).forEach(each -> orphans.add(each.container()));
        assertEquals(Set.of(3L, 4L), orphans);
        inspection.repair(findings, Progress.NONE);
        assertEquals(Set.of(Kind.ORPHAN), kinds(found()));
    }

    private static ByteIterable flipped(Store tree, Transaction transaction, ByteIterable key) {
        ByteIterable value = tree.get(transaction, key);
        byte[] bytes = Arrays.copyOf(value.getBytesUnsafe(), value.getLength());
        bytes[bytes.length / 2] ^= 4;
        return new ArrayByteIterable(bytes);
    }

    @Test
    public void aFlippedBitIsFoundByItsChecksumAndMendedWhereItCanBeDerived() throws Exception {
        store.apply(new Changes().put(text(4)));
        mends(Set.of(Kind.HASH_MISMATCH), (d, t) -> d.relations.put(t, Keys.edge(EDGE), flipped(d.relations, t, Keys.edge(EDGE))));
        assertTrue("from the edge back", store.relations(2).contains(EDGE));
        assertEquals(2, store.history(4).size());
        mends(Set.of(Kind.HASH_MISMATCH), (d, t) -> d.versions.put(t, Keys.of(4, 1), flipped(d.versions, t, Keys.of(4, 1))));
        assertEquals("dropped", 1, store.history(4).size());
        assertEquals(0, store.versions());
        mends(Set.of(Kind.HASH_MISMATCH), (d, t) -> d.embeddings.put(t, Keys.embedding(3, "m"), flipped(d.embeddings, t, Keys.embedding(3, "m"))));
        assertTrue("dropped", store.embedding(3, "m").isEmpty());
        store.putEmbeddings("m", Map.of(3L, new float[] { 1, 2 }));
        assertEquals(List.of(), found());
    }

    @Test
    public void aDamagedRecordIsNamedToWhoReadsItAndHoldsUpNobodyElse() throws Exception {
        damage((d, t) -> d.containers.put(t, Keys.of(3), flipped(d.containers, t, Keys.of(3))));
        ZseiException refused = assertThrows(ZseiException.class, () -> store.get(3));
        assertTrue(refused.getMessage(), refused.getMessage().contains("container 3 is damaged"));
        assertEquals(ZseiException.Code.STORE_UNAVAILABLE, refused.code());
        List<Finding> findings = found();
        assertEquals(findings.toString(), List.of(3L), findings.stream().map(Finding::container).toList());
        assertEquals(Kind.HASH_MISMATCH, findings.getFirst().kind());
        store.tune(Tuning.of(3, 60_000));
        CompletableFuture<Commit> first = store.submit(new Changes().put(text(8)));
        CompletableFuture<Commit> second = store.submit(new Changes().put(text(3)));
        CompletableFuture<Commit> third = store.submit(new Changes().put(text(9)));
        assertTrue(assertThrows(ExecutionException.class, second::get).getCause().getMessage().contains("container 3 is damaged"));
        assertEquals(first.get().sequence() + 1, third.get().sequence());
        assertEquals(null, store.broken());
        assertTrue(store.get(8).isPresent() && store.get(9).isPresent());
    }

    @Test
    public void versionsOfWhatIsGoneGo() throws Exception {
        store.apply(new Changes().put(text(4)));
        mends(Set.of(Kind.VERSION_MISMATCH), (d, t) -> d.versions.put(t, Keys.of(77, 1), d.versions.get(t, Keys.of(4, 1))));
        mends(Set.of(Kind.VERSION_MISMATCH), (d, t) -> d.versions.put(t, Keys.of(4, 2), d.versions.get(t, Keys.of(4, 1))));
        assertEquals(2, store.history(4).size());
    }

    @Test
    public void itEndsWhenItIsInterruptedOrTheStoreIsClosed() {
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> inspection.inspect(each -> { }, Progress.NONE));
        store.close();
        assertTrue(assertThrows(CareException.class, () -> inspection.inspect(each -> { }, Progress.NONE))
                .getCause() instanceof ZseiException);
    }
}
