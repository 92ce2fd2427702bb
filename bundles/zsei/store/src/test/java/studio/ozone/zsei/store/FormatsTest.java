package studio.ozone.zsei.store;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

import jetbrains.exodus.env.Transaction;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.care.Inspection.Finding;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

/** A store that an earlier version wrote is opened, goes on, and is brought into the present format. */
public class FormatsTest {

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private Path stored(int format) throws Exception {
        Path folder = temporary.newFolder().toPath();
        try (InputStream file = getClass().getResourceAsStream("/studio/ozone/zsei/store/format-" + format + ".zip");
                ZipInputStream zip = new ZipInputStream(file)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Files.copy(zip, folder.resolve(Path.of(entry.getName()).getFileName()));
            }
        }
        return folder;
    }

    private static int layouts(Database database, int layout) {
        int[] counted = new int[1];
        Transaction transaction = database.environment.beginReadonlyTransaction();
        new View(database, transaction).page(database.containers, Keys.of(0), Integer.MAX_VALUE, (key, value) -> {
            if (value.getBytesUnsafe()[0] == layout) {
                counted[0]++;
            }
        });
        transaction.abort();
        return counted[0];
    }

    @Test
    public void aStoreOfFormatOneIsReadWrittenAndBroughtUpToDate() throws Exception {
        Path folder = stored(1);
        List<Finding> findings = new ArrayList<>();
        int containers = 4 + (StoredStore.DOCUMENTS - 1) * (StoredStore.CHUNKS + 1);
        Database database = Database.open(folder, Clock.systemUTC());
        try (XodusStore store = new XodusStore(database, Clock.systemUTC(), commit -> { }, Tuning.DEFAULT, Figures.NONE, Alarm.ofTheJvm())) {
            StoredStore.expect(store, 0);
            assertEquals(containers, layouts(database, 1));
            assertEquals("what was before is not known", 1, store.history(StoredStore.document(0)).size());
            long second = StoredStore.document(2);
            store.apply(new Changes().put(Container.of(second, 1, ContainerType.DOCUMENT, "renamed", "/data/übung/2", null, 0, 1, null, Map.of())));
            assertEquals(List.of("renamed", "d2"), store.history(second).stream().map(each -> each.container().name()).toList());
            assertEquals("both kinds stand side by side", 1, layouts(database, 2));
            StoredStore.expect(store, 3);
            new StoreInspection(() -> store).inspect(findings::add, Progress.NONE);
            assertEquals(List.of(), findings);
        }
        database = Database.open(folder, Clock.systemUTC());
        try (XodusStore store = new XodusStore(database, Clock.systemUTC(), commit -> { }, Tuning.DEFAULT, Figures.NONE, Alarm.ofTheJvm())) {
            StoredStore.expect(store, 3);
            assertEquals(1, store.versions());
            XodusStore.Recoded planned = store.recode(true, Progress.NONE);
            assertEquals(containers - 1, layouts(database, 1));
            assertEquals(planned, store.recode(false, Progress.NONE));
            assertTrue(planned.values() > containers);
            assertEquals(0, layouts(database, 1));
            assertEquals("a second run finds nothing", 0, store.recode(false, Progress.NONE).values());
            StoredStore.expect(store, 3);
            store.rollback(StoredStore.document(2), 1, false);
            StoredStore.expect(store, 2);
            new StoreInspection(() -> store).inspect(findings::add, Progress.NONE);
            assertEquals(List.of(), findings);
        }
    }

    @Test
    public void thePresentFormatIsTheOneThatIsKept() throws Exception {
        try (XodusStore store = XodusStore.open(stored(2), Clock.systemUTC(), commit -> { })) {
            StoredStore.expect(store, 0);
            assertEquals("written twice", store.get(StoredStore.document(0)).orElseThrow().name());
            assertEquals("d0", store.history(StoredStore.document(0)).getLast().container().name());
            assertEquals(0, store.recode(true, Progress.NONE).values());
        }
    }
}
