package studio.ozone.zsei.index;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.zsei.Index.Mode;
import studio.ozone.api.zsei.ZseiException;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

/** Whichever call to the disk fails: what was shown goes on being shown, and once the disk is well again so is the index. */
public class FailingDiskTest {

    /** More than there are. */
    private static final int ENOUGH = 2_000;
    /** One call in so many, from a random one on; 1 takes the time for all of them. */
    private static final int EVERY = Integer.getInteger("ozone.calls.every", 4);

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void theNthCallFailsInTheIndexThatAnswers() throws Exception {
        int n = first();
        while (n < ENOUGH && answers(n)) {
            n += EVERY;
        }
        System.out.println("FailingDiskTest: one in " + EVERY + " of about " + n + " calls of an index that answers failed in turn");
        assertTrue("calls: " + n, n > 20 && n < ENOUGH);
    }

    @Test
    public void theNthCallFailsInTheIndexThatIsBuilt() throws Exception {
        int n = first();
        while (n < ENOUGH && builds(n)) {
            n += EVERY;
        }
        System.out.println("FailingDiskTest: one in " + EVERY + " of about " + n + " calls of an index that is built failed in turn");
        assertTrue("calls: " + n, n > 20 && n < ENOUGH);
    }

    private static int first() {
        int first = Integer.getInteger("ozone.calls.first", 1 + new Random().nextInt(EVERY));
        System.out.println("FailingDiskTest: -Dozone.calls.first=" + first);
        return first;
    }

    /** @return whether the call came */
    private boolean answers(int n) throws Exception {
        Path home = folder.newFolder("answers" + n).toPath();
        ChunkStore store = new ChunkStore();
        FailingDisk disk = new FailingDisk();
        boolean failed;
        try (Fixture on = open(home, store, disk)) {
            store.document(0, "first", "alpha particle", "beta decay");
            on.level();
        }
        disk.failAt(n);
        try (Fixture on = open(home, store, disk)) {
            boolean first = found(on, "alpha");
            write(on, store, "second", "gamma ray");
            assertTrue("call " + n + ": what was found is found no more", !first || found(on, "alpha"));
            write(on, store, "third", "delta wing");
            failed = disk.heal();
            on.level();
            assertAll(on, n, "alpha", "beta", "gamma", "delta");
            String health = on.index.check().message();
            assertFalse("call " + n + ": " + health, health.contains("Input/output error"));
        }
        try (Fixture on = open(home, store, disk)) {
            on.level();
            assertAll(on, n, "alpha", "beta", "gamma", "delta");
        }
        return failed;
    }

    /** @return whether the call came */
    private boolean builds(int n) throws Exception {
        Path home = folder.newFolder("builds" + n).toPath();
        ChunkStore store = new ChunkStore();
        FailingDisk disk = new FailingDisk();
        try (Fixture on = open(home, store, disk)) {
            store.document(0, "first", "alpha particle", "beta decay");
            on.level();
            disk.failAt(n);
            on.reconfigure(Map.of("m", 8), Map.of());
            while (on.index.follower().rebuildProblem() == null && on.index.follower().failure() == null
                    && (on.index.follower().index().manifest().shape().m() != 8 || on.index.follower().rebuilding() != null)) {
                assertTrue("call " + n, found(on, "alpha"));
            }
            assertTrue("call " + n, found(on, "alpha"));
            boolean failed = disk.heal();
            write(on, store, "second", "gamma ray");
            on.reconfigure(Map.of("m", 4), Map.of());       // at once, and not when it would be tried again
            on.rebuilt(manifest -> manifest.shape().m() == 4);
            on.level();
            assertAll(on, n, "alpha", "beta", "gamma");
            assertTrue("call " + n + ": read again were " + store.textsRead + ", and only what came meanwhile may be", store.textsRead <= 1);
            return failed;
        }
    }

    private static Fixture open(Path home, ChunkStore store, FailingDisk disk) {
        return new Fixture(home, store, null, disk, Fixture.config(LuceneIndex.HnswConfig.class, Map.of()),
            Fixture.config(LuceneIndex.ShardingConfig.class, Map.of()));
    }

    /** The store has it; the index may say that it has not. */
    private static void write(Fixture on, ChunkStore store, String title, String text) throws ZseiException, InterruptedException {
        store.document(0, title, text);
        try {
            on.level();
        } catch (ZseiException e) {
            assertEquals(e.getMessage(), ZseiException.Code.INDEX_UNAVAILABLE, e.code());
            assertTrue(e.getMessage(), e.getMessage().contains("Input/output error") && e.getMessage().contains(on.folder().toString()));
        }
    }

    private static boolean found(Fixture on, String word) {
        try {
            return !on.ids(word, Mode.KEYWORD).isEmpty();
        } catch (ZseiException e) {
            assertEquals(e.getMessage(), ZseiException.Code.INDEX_UNAVAILABLE, e.code());
            return false;
        }
    }

    private static void assertAll(Fixture on, int n, String... words) throws ZseiException {
        Set<String> missing = new HashSet<>(List.of(words));
        missing.removeIf(word -> found(on, word));
        assertEquals("call " + n, Set.of(), missing);
    }
}
