package studio.ozone.zsei.store;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import jetbrains.exodus.env.Transaction;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.care.CareException;
import studio.ozone.api.care.Chore;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore.Version;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.ZseiException;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** {@code zsei.integrity.max_versions_retained}, live, and what gc and zsei-optimize do. */
public class VersionsTest {

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private final List<Commit> told = new ArrayList<>();
    private Database database;
    private XodusStore store;

    @Before
    public void open() throws Exception {
        database = Database.open(temporary.newFolder().toPath(), Clock.systemUTC());
        store = new XodusStore(database, Clock.systemUTC(), told::add, Tuning.DEFAULT, Figures.NONE, Alarm.ofTheJvm());
    }

    @After
    public void close() {
        store.close();
    }

    private void write(long id, int times) throws ZseiException {
        for (int i = 0; i < times; i++) {
            store.submit(new Changes().put(Container.of(id, 0, ContainerType.TEXT, "t" + i, null, null, 0, 0, null, Map.of())));
        }
        if (id % 50 <= 2) {
            store.apply(new Changes());
        }
    }

    private List<Integer> kept(long id) throws ZseiException {
        return store.history(id).stream().map(each -> each.container().version()).toList();
    }

    private long entries() {
        Transaction transaction = database.environment.beginReadonlyTransaction();
        long count = database.versions.count(transaction);
        transaction.abort();
        return count;
    }

    private void limit(int versions) {
        store.tune(Tuning.DEFAULT.withVersions(versions));
    }

    @Test
    public void zeroKeepsNone() throws Exception {
        limit(0);
        write(1, 5);
        assertEquals(List.of(5), kept(1));
        assertEquals(0, entries());
        ZseiException refused = assertThrows(ZseiException.class, () -> store.rollback(1, 4, false));
        assertEquals(ZseiException.Code.NOT_FOUND, refused.code());
        assertTrue(refused.getMessage(), refused.getMessage().contains("zsei.integrity.max_versions_retained = 0"));
    }

    @Test
    public void aLowerLimitCountsAtTheNextWrite() throws Exception {
        write(1, 8);
        write(2, 8);
        assertEquals(14, store.versions());
        limit(3);
        assertEquals(List.of(8, 7, 6, 5, 4, 3, 2, 1), kept(1));
        write(1, 1);
        assertEquals(List.of(9, 8, 7, 6), kept(1));
        assertEquals(8, kept(2).size());
        limit(0);
        write(1, 1);
        assertEquals(List.of(10), kept(1));
        limit(5);
        write(1, 2);
        assertEquals("what was not kept leaves a gap", List.of(12, 11, 10), kept(1));
        assertEquals(7 + 2, store.versions());
        assertEquals(7 + 2, entries());
    }

    @Test
    public void gcDropsTheSurplus() throws Exception {
        for (long id = 1; id <= 300; id++) {
            write(id, id % 3 == 0 ? 9 : 3);
        }
        store.apply(new Changes());
        VersionsChore chore = new VersionsChore(() -> store);
        assertEquals(List.of(), chore.run(Chore.Kind.GC, false, Progress.NONE));
        limit(4);
        List<Chore.Figure> planned = chore.run(Chore.Kind.GC, true, Progress.NONE);
        assertEquals(List.of(new Chore.Figure("versions", "", 200 * 2 + 100 * 8, 200 * 2 + 100 * 4)), planned);
        assertEquals("a dry run drops nothing", 1200, entries());
        long sequence = store.sequence();
        assertEquals(planned, chore.run(Chore.Kind.GC, false, Progress.NONE));
        assertEquals(800, entries());
        assertEquals(800, store.versions());
        assertEquals(List.of(9, 8, 7, 6, 5), kept(3));
        assertEquals(List.of(3, 2, 1), kept(1));
        assertEquals("nobody who follows has anything to do", sequence, store.sequence());
        assertEquals(List.of(), chore.run(Chore.Kind.GC, false, Progress.NONE));
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> chore.run(Chore.Kind.GC, false, Progress.NONE));
        store.close();
        assertThrows(CareException.class, () -> chore.run(Chore.Kind.GC, false, Progress.NONE));
    }

    @Test
    public void veryManyEdgesAreNotKeptAndThatIsSaid() throws Exception {
        int many = Records.MOST_EDGES + 1;
        Changes changes = new Changes().put(Container.of(1, 0, ContainerType.TERM, "hub", null, null, 0, 0, null, Map.of()));
        for (int i = 2; i < 2 + many; i++) {
            changes.put(Container.of(i, 0, ContainerType.TEXT, "t", null, null, 0, 0, null, Map.of()));
            if (i < 1 + many) {
                changes.relate(new Relation(1, i, RelationType.SIMILAR, 1, Relation.Discovery.MANUAL));
            }
        }
        store.apply(changes);
        write(1, 1);
        store.apply(new Changes().relate(new Relation(1, 1 + many, RelationType.SIMILAR, 1, Relation.Discovery.MANUAL)));
        write(1, 1);
        List<Version> history = store.history(1);
        assertEquals(Records.MOST_EDGES, history.get(2).relations().size());
        assertTrue(history.get(2).relationsKept());
        assertFalse(history.get(1).relationsKept());
        assertEquals(List.of(), history.get(1).relations());
        store.rollback(1, 2, false);
        assertEquals("they stay as they are", many, store.relations(1).size());
        store.rollback(1, 1, false);
        assertEquals("hub", store.get(1).orElseThrow().name());
        assertEquals(Records.MOST_EDGES, store.relations(1).size());
    }

    @Test
    public void packingIsLiveAndOptimizeBringsTheRestIntoItsKind() throws Exception {
        StoredStore.fill(store);
        RecordsChore chore = new RecordsChore(() -> store);
        assertEquals(List.of(), chore.run(Chore.Kind.OPTIMIZE, false, Progress.NONE));
        for (Codec codec : List.of(Codec.LZ4, Codec.ZSTD, Codec.NONE)) {
            store.tune(Tuning.DEFAULT.withCodec(codec));
            StoredStore.expect(store, 0);
            List<Chore.Figure> planned = chore.run(Chore.Kind.OPTIMIZE, true, Progress.NONE);
            assertEquals(planned, chore.run(Chore.Kind.OPTIMIZE, false, Progress.NONE));
            System.out.println(codec + ": " + planned);
            Chore.Figure size = planned.getLast();
            assertTrue(planned.toString(), codec == Codec.NONE ? size.after() > size.before() : size.after() < size.before());
            StoredStore.expect(store, 0);
            assertEquals("the second time there is nothing to do", List.of(), chore.run(Chore.Kind.OPTIMIZE, false, Progress.NONE));
        }
        assertEquals("d0", store.history(StoredStore.document(0)).getLast().container().name());
    }

    @Test
    public void aSettingThatIsWrongNamesItsKey() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Codec.of("gzip")).getMessage().contains("zsei.compression is gzip"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Tuning.of(1, 0, -1, Codec.NONE)).getMessage().contains("zsei.integrity.max_versions_retained"));
        assertThrows(IllegalArgumentException.class, () -> Tuning.of(1, 0, 10_001, Codec.NONE));
    }
}
