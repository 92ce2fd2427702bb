package studio.ozone.zsei.store;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.care.Inspection.Finding;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.ZseiException;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** A process that writes is killed at any moment: what it was told is durable is there, and nothing is there by half. */
public class KilledStoreTest {

    /** 500 and more in a soak: {@code mvn -Psoak -pl bundles/zsei/store -am verify}. */
    private static final int KILLS = Integer.getInteger("kills", 20);
    /** Then the folder would grow too large to be looked through each time. */
    private static final int KILLS_A_FOLDER = 25;
    private static final long REOPENED_MILLIS = 2000;
    private static final int BELOW = 5;

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    /**
     * Writes documents with chunks, edges and vectors, writes them again, goes back to versions, and prints each step when it is acknowledged; meanwhile
     * versions are dropped and records packed in other ways.
     */
    public static final class Writer {

        private Writer() { }

        public static void main(String[] arguments) throws Exception {
            XodusStore store = XodusStore.open(Path.of(arguments[0]), Clock.systemUTC(), commit -> { });
            System.out.println("open");
            for (int thread = 0; thread < 3; thread++) {
                new Thread(() -> write(store)).start();
            }
            new Thread(() -> care(store)).start();
        }

        private static void care(XodusStore store) {
            Random random = new Random();
            try {
                for (;;) {
                    store.tune(Tuning.of(1 + random.nextInt(20), 10, random.nextInt(4), Codec.values()[random.nextInt(3)]));
                    store.trim(false, Progress.NONE);
                    store.recode(false, Progress.NONE);
                    LockSupport.parkNanos(5_000_000);
                }
            } catch (ZseiException e) {
                throw new IllegalStateException(e);
            }
        }

        private static void again(XodusStore store, long id, Random random) throws ZseiException {
            for (int times = random.nextInt(4); times > 0; times--) {
                Container now = store.get(id).orElseThrow();
                Commit commit = store.apply(new Changes().put(Container.of(id, 0, ContainerType.DOCUMENT, now.name() + "'", "/d/" + id, null, 0, (int) id, null,
                        Map.of("id", "" + id, "fill", "x".repeat(random.nextInt(2000))))));
                say("w" + id + " " + commit.written().getFirst().version() + " " + commit.written().getFirst().name());
            }
            List<ContainerStore.Version> history = store.history(id);
            if (history.size() > 1 && random.nextBoolean()) {
                try {
                    Container back = store.rollback(id, history.getLast().container().version(), false).after().container();
                    say("w" + id + " " + back.version() + " " + back.name());
                } catch (ZseiException e) {
                    if (e.code() != ZseiException.Code.NOT_FOUND) { // it was dropped meanwhile
                        throw e;
                    }
                }
            }
        }

        private static void write(XodusStore store) {
            Random random = new Random();
            try {
                for (;;) {
                    long id = store.newId();
                    Changes changes = new Changes().put(document(id, 0));
                    Map<Long, float[]> vectors = new HashMap<>();
                    for (int i = 0; i < BELOW; i++) {
                        long chunk = store.newId();
                        changes.put(document(chunk, id)).relate(new Relation(chunk, id, RelationType.PART_OF, 1, Relation.Discovery.MANUAL));
                        vectors.put(chunk, vector(chunk));
                    }
                    store.apply(changes);
                    say("+" + id);
                    store.putEmbeddings("m", vectors);
                    say("v" + id);
                    again(store, id, random);
                    if (random.nextInt(4) == 0) {
                        store.apply(new Changes().remove(id));
                        say("-" + id);
                    }
                }
            } catch (ZseiException e) {
                throw new IllegalStateException(e);
            }
        }

        private static synchronized void say(String line) {
            System.out.println(line);
            System.out.flush();
        }
    }

    private static Container document(long id, long parent) {
        return Container.of(id, parent, ContainerType.DOCUMENT, "d" + id, "/d/" + id, null, 0, (int) id, null, Map.of("id", "" + id));
    }

    private static float[] vector(long id) {
        float[] vector = new float[384];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = id + i;
        }
        return vector;
    }

    private Process start(Path folder, File output) throws Exception {
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp", System.getProperty("java.class.path"),
                Writer.class.getName(), folder.toString()).redirectError(temporary.newFile()).redirectOutput(output).start();
    }

    @Test
    public void everyAcknowledgedWriteOutlivesTheProcess() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("everyAcknowledgedWriteOutlivesTheProcess: -Dseed=" + seed);
        Random random = new Random(seed);
        Map<Long, String> acknowledged = new TreeMap<>();
        Map<Long, Map<Integer, String>> versions = new HashMap<>();
        Path folder = null;
        long writes = 0;
        long[] opened = new long[KILLS];
        for (int kill = 0; kill < KILLS; kill++) {
            if (kill % KILLS_A_FOLDER == 0) {
                folder = temporary.newFolder().toPath().resolve("store");
                acknowledged.clear();
                versions.clear();
            }
            File output = temporary.newFile();
            Process writer = start(folder, output);
            waitFor(output, 6 + random.nextInt(3000), writer);
            writer.destroyForcibly();
            assertTrue("killed", writer.waitFor(30, TimeUnit.SECONDS));
            String said = Files.readString(output.toPath());
            // The last line may be cut off.
            for (String line : said.substring(0, said.lastIndexOf('\n')).lines().skip(1).toList()) {
                String[] words = line.substring(1).split(" ");
                acknowledged.merge(Long.valueOf(words[0]), line.substring(0, 1), String::concat);
                if (words.length == 3) {
                    versions.computeIfAbsent(Long.valueOf(words[0]), id -> new TreeMap<>()).put(Integer.valueOf(words[1]), words[2]);
                }
                writes++;
            }
            opened[kill] = verify("seed " + seed + ", kill " + kill, folder, acknowledged, versions);
        }
        assertTrue("Only " + writes + " writes", writes > KILLS);
        Arrays.sort(opened);
        System.out.printf("%d kills, %d acknowledged steps, opened again in %d ms (median), %d ms (p95)%n", KILLS, writes, opened[KILLS / 2], opened[KILLS * 95 / 100]);
        assertTrue("opened again in " + opened[KILLS * 95 / 100] + " ms", opened[KILLS * 95 / 100] < REOPENED_MILLIS);
    }

    private static void waitFor(File output, int bytes, Process writer) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (output.length() < bytes) {
            assertTrue("It writes", writer.isAlive() && System.nanoTime() < deadline);
            LockSupport.parkNanos(500_000);
        }
    }

    /** @return milliseconds that opening took */
    private static long verify(String when, Path folder, Map<Long, String> acknowledged, Map<Long, Map<Integer, String>> versions) throws Exception {
        long began = System.nanoTime();
        try (XodusStore store = XodusStore.open(folder, Clock.systemUTC(), commit -> { })) {
            store.get(1);
            long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
            for (Map.Entry<Long, String> each : acknowledged.entrySet()) {
                long id = each.getKey();
                String where = when + ", " + each.getValue() + " of " + id;
                Optional<Container> document = store.get(id);
                List<Container> below = store.children(id);
                if (document.isEmpty()) {
                    assertTrue(where, each.getValue().startsWith("+v")); // only then it may have been removed, told or not
                    assertEquals(where, List.of(), below);
                    assertEquals(where, List.of(), store.relations(id));
                    assertTrue(where, store.find("/d/" + id, null).isEmpty());
                    continue;
                }
                assertTrue(where, !each.getValue().contains("-"));
                assertEquals(where, "" + id, document.get().attributes().get("id"));
                versions(where, store.history(id), versions.getOrDefault(id, Map.of()));
                assertEquals(where, BELOW, below.size());
                assertEquals(where, BELOW, store.relations(id).size());
                assertEquals(where, id, store.find("/d/" + id, null).orElseThrow().id());
                for (Container chunk : below) {
                    if (each.getValue().contains("v")) {
                        assertArrayEquals(where, vector(chunk.id()), store.embedding(chunk.id(), "m").orElseThrow(), 0);
                    }
                }
            }
            int[] counted = new int[1];
            store.scan(container -> counted[0]++);
            assertEquals(when, counted[0], store.stats().containers().values().stream().mapToLong(Long::longValue).sum());
            assertEquals(when + ": each document whole or not at all", 0, counted[0] % (BELOW + 1));
            assertEquals(when, counted[0], store.changesAfter(0, Integer.MAX_VALUE).written().size());
            List<Finding> findings = new ArrayList<>();
            new StoreInspection(() -> store).inspect(findings::add, Progress.NONE);
            assertEquals(when, List.of(), findings);
            return took;
        }
    }

    private static void versions(String where, List<ContainerStore.Version> history, Map<Integer, String> acknowledged) {
        int last = acknowledged.keySet().stream().max(Integer::compare).orElse(1);
        assertTrue(where + ": version " + last + " was acknowledged", history.getFirst().container().version() >= last);
        for (ContainerStore.Version version : history) {
            String name = acknowledged.get(version.container().version());
            assertTrue(where + ": " + version, name == null || name.equals(version.container().name()));
            assertEquals(where, BELOW, version.relations().size());
        }
    }

    @Test
    public void aStoreOfALivingProcessIsRefusedAndOneOfADeadIsNot() throws Exception {
        Path folder = temporary.getRoot().toPath().resolve("store");
        File output = temporary.newFile();
        Process writer = start(folder, output);
        try {
            waitFor(output, 5, writer);
            ZseiException refused = assertThrows(ZseiException.class, () -> XodusStore.open(folder, Clock.systemUTC(), commit -> { }));
            assertEquals(ZseiException.Code.STORE_UNAVAILABLE, refused.code());
            assertTrue(refused.getMessage() + ", not " + writer.pid(), refused.getMessage().contains("in use by process " + writer.pid())
                    && refused.getMessage().contains(folder.toString()));
        } finally {
            writer.destroyForcibly().waitFor();
        }
        assertTrue("the lock file is left over", Files.exists(folder.resolve("lock")));
        XodusStore.open(folder, Clock.systemUTC(), commit -> { }).close();
    }
}
