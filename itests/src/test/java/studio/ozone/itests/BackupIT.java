package studio.ozone.itests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.Timeout;

import studio.ozone.runtime.json.Json;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;

/** Backups are taken, verified and put back while the distribution is used, and it may be killed in the middle of it. */
public class BackupIT {

    private static final int KILLS = 3;
    private static final int LATEST_MS = 250;

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Rule
    public final Timeout timeout = Timeout.seconds(300);

    private Distribution distribution;
    private Path files;

    @Before
    public void start() throws IOException {
        distribution = new Distribution(folder.newFolder("it").toPath());
        // Words are enough to find a passage; vectors would only make it longer.
        Files.writeString(distribution.home().resolve("etc/words.toml"), "[zsei.embeddings]\nenabled = false\n");
        distribution.start();
        files = folder.newFolder("files").toPath().toRealPath();
        ingest("lamp", "The lamp was built in 1887 by Ottoline Fenwick.");
    }

    @After
    public void stop() throws InterruptedException {
        distribution.close();
    }

    private void ingest(String name, String text) throws IOException {
        Files.writeString(files.resolve(name + ".md"), "# " + name + "\n\n" + text + "\n");
        ok("ingest", files.toString());
    }

    private String ok(String... command) throws IOException {
        Distribution.Answer answer = distribution.run(command);
        assertEquals(String.join(" ", command) + ": " + answer.out() + answer.error(), 0, answer.exit());
        return answer.out();
    }

    private String backup() throws IOException {
        return (String) Json.readObject(ok("backup", "--json")).get("name");
    }

    private boolean finds(String words, String file) throws IOException {
        return ok("search", "--json", "--mode", "keyword", words).contains(file);
    }

    private void assertWhole() throws IOException {
        Map<?, ?> scan = (Map<?, ?>) Json.readObject(ok("integrity", "--full", "--json")).get("scan");
        for (Object each : (List<?>) scan.get("left")) {
            Object kind = ((Map<?, ?>) each).get("kind");
            assertTrue(each.toString(), kind.equals("source_gone") || kind.equals("source_changed"));
        }
    }

    @Test
    public void aBackupComesBackWhileItIsReadAndWrittenAndTheUndoTakesThatBack() throws Exception {
        String state = ok("export");
        String name = backup();
        assertEquals(0, distribution.run("backup", "verify", name).exit());
        ingest("harbour", "The harbour freezes in March, says Ottoline.");
        String later = ok("export");
        assertNotEquals(state, later);
        assertEquals(2, distribution.run("restore", name).exit());
        ok("restore", name, "--dry-run");
        assertEquals(later, ok("export"));

        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Integer> using = CompletableFuture.supplyAsync(() -> {
            int answered = 0;
            try {
                while (!stop.get()) {
                    assertEquals(0, distribution.run("search", "--json", "--mode", "keyword", "Ottoline").exit());
                    answered++;
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            return answered;
        });
        for (int i = 0; i < 3; i++) {
            ok("restore", name, "--yes");
            assertEquals(state, ok("export"));
            ok("restore", "--undo", "--yes");
            assertEquals(later, ok("export"));
        }
        ok("restore", name, "--yes");
        stop.set(true);
        assertTrue(using.get(60, TimeUnit.SECONDS) > 0);
        assertEquals(state, ok("export"));
        Distribution.await("the index follows", () -> finds("Ottoline", "lamp.md") && !finds("harbour", "harbour.md"));
        assertWhole();
        ingest("harbour", "The harbour freezes in April.");
        Distribution.await("what is written afterwards is found", () -> finds("April", "harbour.md"));
        assertWhole();
        ok("restore", "--forget", "--yes");
        assertEquals(1, distribution.run("restore", "--undo", "--yes").exit());

        // Another instance takes the export in, and says the same of it.
        Path export = folder.getRoot().toPath().resolve("all.jsonl.gz");
        ok("export", export.toString());
        Map<String, Object> imported = Json.readObject(ok("import", export.toString(), "--json"));
        assertEquals(0, imported.get("containers"));
        assertEquals(0, imported.get("left"));
    }

    @Test
    public void aKillInABackupOrARestoreLeavesTheOldOrTheNewState() throws Exception {
        long seed = Long.getLong("ozone.seed", System.nanoTime());
        System.out.println("BackupIT: -Dozone.seed=" + seed);
        Random random = new Random(seed);
        List<String> states = new ArrayList<>(List.of(ok("export")));
        List<String> backups = new ArrayList<>(List.of(backup()));
        ingest("harbour", "The harbour freezes in March.");
        states.add(ok("export"));
        backups.add(backup());
        int done = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            String before = ok("export");
            int wanted = 1 - states.indexOf(before);
            boolean restore = kill % 2 == 0;
            CompletableFuture<Distribution.Answer> work = CompletableFuture.supplyAsync(() -> {
                try {
                    return restore ? distribution.run("restore", backups.get(wanted), "--yes") : distribution.run("backup");
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            try {
                assertEquals(0, work.get(random.nextInt(LATEST_MS), TimeUnit.MILLISECONDS).exit());
                done++;
            } catch (TimeoutException e) {
                // It is in the middle of it.
            }
            distribution.kill();
            try {
                work.get(30, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                assertTrue(e.toString(), e.getCause() instanceof IllegalStateException);
            }

            distribution.start();

            String after = ok("export");
            assertTrue("kill " + kill, after.equals(before) || restore && after.equals(states.get(wanted)));
            boolean both = states.indexOf(after) == 1;
            Distribution.await("the index has what the store has", () -> finds("Ottoline", "lamp.md") && finds("harbour", "harbour.md") == both);
            for (Object each : (List<?>) Json.read(ok("backup", "list", "--json"))) {
                assertEquals(null, ((Map<?, ?>) each).get("problem"));
            }
        }
        System.out.println("BackupIT: " + KILLS + " kills, " + done + " of them came too late");
        assertWhole();
        String last = backup();
        assertEquals(0, distribution.run("backup", "verify", last).exit());
        try (var left = Files.list(distribution.data().resolve("backups"))) {
            assertFalse(left.anyMatch(entry -> entry.getFileName().toString().endsWith(".part")));
        }
    }
}
