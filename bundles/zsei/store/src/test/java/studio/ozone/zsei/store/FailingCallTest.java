package studio.ozone.zsei.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import jetbrains.exodus.ExodusException;
import jetbrains.exodus.io.FileDataReader;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.care.Inspection.Finding;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.zsei.store.kit.MemoryStore;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/**
 * The n-th call that writes a file fails, for n = 1, 2, 3 and so on until a whole run needs fewer: what was acknowledged is there, what was
 * refused is not, at once and after the store is opened again.
 */
public class FailingCallTest {

    private static final int LARGE = 25;
    /** The first calls are made to fail one by one, of those behind every so many; 1 in a soak. */
    private static final int STRIDE = Integer.getInteger("stride", 25);
    private static final int ONE_BY_ONE = 40;

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private interface Step {
        void on(ContainerStore store) throws ZseiException;
    }

    private static Container text(long id, String name, int fill) {
        return Container.of(id, 0, ContainerType.TEXT, name, null, null, 0, 0, null, Map.of("fill", (name + " ").repeat(fill)));
    }

    private static Changes many(int from, int count, String name, int fill) {
        Changes changes = new Changes();
        for (int i = from; i < from + count; i++) {
            changes.put(text(i, name, fill)).relate(new Relation(i, from, RelationType.SIMILAR, 0.5, Relation.Discovery.ML));
        }
        return changes;
    }

    private static float[] vector() {
        return StoredStore.vector(5);
    }

    private static void tune(ContainerStore store, Tuning tuning) {
        if (store instanceof XodusStore real) {
            real.tune(tuning);
        }
    }

    private static final List<Step> STEPS = List.of(
            store -> store.apply(many(1, 20, "a", 1)),
            store -> store.apply(many(1, 10, "b", 100)),
            store -> store.putEmbeddings("m", Map.of(3L, vector(), 4L, vector())),
            store -> store.apply(many(1, 5, "c", 1)),
            store -> store.rollback(2, 1, false),
            store -> store.apply(new Changes().remove(5).remove(15)),
            store -> store.apply(many(100, LARGE, "large", 40_000)),        // more than a file of the log
            store -> tune(store, Tuning.DEFAULT.withCodec(Codec.ZSTD)),
            store -> store.rollback(1, 2, false),
            store -> tune(store, Tuning.DEFAULT.withCodec(Codec.LZ4)),
            store -> recode(store),
            store -> tune(store, Tuning.DEFAULT.withVersions(2)),
            store -> trim(store),
            store -> store.apply(many(1, 3, "d", 1)));

    private static void recode(ContainerStore store) throws ZseiException {
        if (store instanceof XodusStore real) {
            real.recode(false, Progress.NONE);
        }
    }

    private static void trim(ContainerStore store) throws ZseiException {
        if (store instanceof XodusStore real) {
            real.trim(false, Progress.NONE);
        }
    }

    /** What a store holds, without times; of earlier versions the newest two. */
    private static List<Object> dump(ContainerStore store) throws ZseiException {
        List<Object> all = new ArrayList<>();
        List<Long> ids = new ArrayList<>();
        store.scan(container -> ids.add(container.id()));
        for (long id : ids) {
            for (ContainerStore.Version version : store.history(id).stream().limit(3).toList()) {
                Container c = version.container();
                all.add(List.of(c.id(), c.version(), c.name(), c.attributes(), version.relations()));
            }
            store.embedding(id, "m").ifPresent(vector -> all.add(vector.length));
        }
        store.scanRelations(all::add);
        all.add(store.stats().containers());
        all.add(store.stats().relations());
        return all;
    }

    private static XodusStore store(Path folder, LogFiles files) throws ZseiException {
        try {
            return new XodusStore(new Database(folder, files, Clock.systemUTC()), Clock.systemUTC(), commit -> { }, Tuning.DEFAULT, Figures.NONE, Alarm.ofTheJvm());
        } catch (ExodusException e) {
            throw Problems.of(e, folder);
        }
    }

    /** @return whether a call failed */
    private boolean run(long at, boolean stays, String reason) throws Exception {
        String where = "call " + at + (stays ? " and all after it" : "") + ": " + reason;
        Path folder = temporary.newFolder().toPath();
        MemoryStore model = new MemoryStore();
        FailingCalls files = new FailingCalls(folder, at, stays, reason);
        List<Object> expected;
        try (XodusStore store = store(folder, files)) {
            for (Step step : STEPS) {
                try {
                    step.on(store);
                } catch (ZseiException e) {
                    if (e.code() == ZseiException.Code.NOT_FOUND || e.code() == ZseiException.Code.INVALID) {
                        assertEquals(where, e.code(), assertThrows(ZseiException.class, () -> step.on(model)).code()); // a step before it failed
                    } else {
                        assertEquals(where + ": " + e.getMessage(), reason.startsWith("No") ? ZseiException.Code.DISK_FULL : ZseiException.Code.STORE_UNAVAILABLE,
                                e.code());
                    }
                    continue;
                }
                step.on(model);
            }
            expected = dump(model);
            assertEquals(where, expected, dump(store));
            files.heal();
            store.apply(new Changes().put(text(900, "healed", 1)));
            model.apply(new Changes().put(text(900, "healed", 1)));
        } catch (ZseiException e) {
            assertTrue(where + ": " + e.getMessage(), e.getMessage().contains(folder.toString()));
        }
        expected = dump(model);
        try (XodusStore store = store(folder, new LogFiles(folder, new FileDataReader(folder.toFile())))) {
            assertEquals(where, expected, dump(store));
            List<Finding> findings = new ArrayList<>();
            new StoreInspection(() -> store).inspect(findings::add, Progress.NONE);
            assertEquals(where, List.of(), findings);
            store.apply(new Changes().put(text(901, "again", 1)));
        } catch (ZseiException e) {
            throw new AssertionError(where + ": " + e.getMessage(), e);
        }
        delete(folder);
        return files.failed();
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (Path each : files.toList()) {
                Files.delete(each);
            }
        }
    }

    @Test
    public void whicheverCallFailsNothingIsLost() throws Exception {
        for (String reason : List.of("No space left on device", "Input/output error")) {
            for (boolean stays : new boolean[] { false, true }) {
                int at = 1;
                int runs = 0;
                while (run(at, stays, reason)) {
                    at += at < ONE_BY_ONE && !stays && reason.startsWith("No") ? 1 : STRIDE;
                    runs++;
                }
                System.out.println(reason + (stays ? ", for good" : ", once") + ": " + runs + " runs, up to call " + at);
                assertTrue("Only " + at + " calls", at > ONE_BY_ONE);
            }
        }
    }
}
