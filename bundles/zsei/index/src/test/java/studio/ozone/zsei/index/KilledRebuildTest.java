package studio.ozone.zsei.index;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.Index.Mode;
import studio.ozone.api.zsei.ZseiException;

import static org.junit.Assert.assertEquals;

/** A process that builds the index in one shape after another is killed again and again: there is a whole index each time. */
public class KilledRebuildTest {

    private static final int CHUNKS = 2_500;

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void killedWhileItBuildsAWholeIndexIsThere() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Path home = folder.getRoot().toPath();
        try (Fixture on = new Fixture(home, filled(), new TopicEmbedder("topics"))) {
            on.level();
        }
        int kills = Integer.getInteger("kills", 20);
        for (int i = 0; i < kills; i++) {
            Process child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-Xshare:auto", "-XX:TieredStopAtLevel=1",
                "-cp", System.getProperty("java.class.path"), KilledRebuildTest.class.getName(), home.toString()).redirectError(
                ProcessBuilder.Redirect.DISCARD).start();
            try (BufferedReader out = new BufferedReader(new InputStreamReader(child.getInputStream()))) {
                String line = out.readLine();
                while (line != null && !line.startsWith("whole") && !line.startsWith("broken")) {
                    line = out.readLine();
                }
                assertEquals("after " + i + " kills, seed " + seed, "whole", line);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(900)));
            } finally {
                child.destroyForcibly();
                child.waitFor();
            }
        }
        ChunkStore store = filled();
        try (Fixture on = new Fixture(home, store, new TopicEmbedder("topics"))) {
            on.level();
            assertEquals(CHUNKS, on.index.query(new Index.Query("common", Mode.KEYWORD, 10_000, Set.of())).matches().size());
            on.rebuilt(manifest -> manifest.shape().m() == 16 && manifest.shards().size() == 1);
            assertEquals(CHUNKS, on.index.query(new Index.Query("common", Mode.KEYWORD, 10_000, Set.of())).matches().size());
            assertEquals("nothing was read again", 0, store.textsRead);
        }
    }

    /** The process that is killed. */
    public static void main(String[] arguments) throws Exception {
        ChunkStore store = filled();
        Fixture on = new Fixture(Path.of(arguments[0]), store, new TopicEmbedder("topics"));
        on.level();
        int found = on.index.query(new Index.Query("common", Mode.KEYWORD, 10_000, Set.of())).matches().size();
        System.out.println(found == CHUNKS && store.textsRead == 0 && on.ids("topic7 common 207", Mode.SEMANTIC).size() == 10 ? "whole"
            : "broken: " + found + " chunks, " + store.textsRead + " read again");
        Random random = new Random();
        while (true) {
            int m = 4 + random.nextInt(8);
            boolean shards = random.nextInt(3) == 0;
            on.reconfigure(Map.of("m", m, "quantization", List.of("none", "int8").get(random.nextInt(2))),
                Map.of("enabled", shards, "shard_size", 1_000));
            on.rebuilt(manifest -> manifest.shape().m() == m && manifest.shards().size() == (shards ? 3 : 1));
        }
    }

    /** The same each time. */
    private static ChunkStore filled() throws ZseiException {
        ChunkStore store = new ChunkStore();
        long document = store.newId();
        Changes changes = new Changes().put(Container.of(document, 0, ContainerType.DOCUMENT, "d", "/d", null, 0, 0, null, Map.of()));
        for (int i = 0; i < CHUNKS; i++) {
            String text = "topic" + i % 20 + " common " + i;
            changes.put(Container.of(store.newId(), document, ContainerType.CHUNK, "d", "/d", null, 0, text.length(), "h" + i, Map.of()), text);
        }
        store.apply(changes);
        return store;
    }
}
