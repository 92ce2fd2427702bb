package studio.ozone.zsei.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.care.Backups;
import studio.ozone.api.care.CareException;
import studio.ozone.api.care.Chore;
import studio.ozone.api.kit.TestWorkers;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.zsei.store.OpenStore;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

public class LocalBackupsTest {

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private Path data;
    private OpenStore open;
    private LocalBackups backups;
    private Instant now = Instant.parse("2026-01-02T03:04:05Z");

    @Before
    public void open() throws Exception {
        data = temporary.getRoot().toPath().toRealPath();
        open = new OpenStore(data.resolve("zsei/local"));
        backups = new LocalBackups(open.snapshots(), () -> "[zsei]\n", TestWorkers.withoutPools(), data, () -> now);
    }

    @After
    public void close() {
        open.close();
    }

    private long put(String name) throws ZseiException {
        long document = open.store().newId();
        long chunk = open.store().newId();
        open.store().apply(new Changes()
                .put(Container.of(document, 0, ContainerType.DOCUMENT, name, "/files/" + name, null, 0, 0, "a".repeat(64), Map.of("title", "\u001b[31m\"" + name)))
                .put(Container.of(chunk, document, ContainerType.CHUNK, "", "/files/" + name, null, 0, 7, "b".repeat(64), Map.of()))
                .relate(new Relation(document, chunk, RelationType.REFERENCES, 0.25, Relation.Discovery.MANUAL)));
        open.store().putEmbeddings("m", Map.of(chunk, new float[] { 0.1f, -2 }));
        return document;
    }

    private List<String> exported() throws Exception {
        List<String> lines = new ArrayList<>();
        open.snapshots().now(snapshot -> {
            new Export(lines::add, Export.Selection.ALL, true, Progress.NONE).run(snapshot);
            return null;
        });
        return lines;
    }

    @Test
    public void aBackupIsVerifiedAndPutBackAndTheUndoTakesThatBack() throws Exception {
        put("a");
        List<String> state = exported();
        Backups.Backup backup = backups.create(null, Progress.NONE);
        assertEquals("20260102-030405", backup.name());
        assertEquals(2, backup.containers());
        assertEquals(1, backup.relations());
        assertEquals(1, backup.embeddings());
        put("b");
        List<String> later = exported();

        Backups.Verified verified = backups.verify(backup.name(), Progress.NONE);
        assertEquals(List.of(), verified.wrong());
        assertEquals(later, exported());
        Backups.Restored dry = backups.restore(backup.name(), true, Progress.NONE);
        assertEquals(2, dry.gone());
        assertEquals(later, exported());
        Backups.Restored restored = backups.restore(backup.name(), false, Progress.NONE);

        assertEquals(state, exported());
        assertEquals(2, restored.gone());
        assertEquals(0, restored.changed());
        assertTrue(backups.before().isPresent());
        backups.undo(false, Progress.NONE);
        assertEquals(later, exported());
        assertEquals("the clock gives a name once", "20260102-030405-2", backups.create(null, Progress.NONE).name());
        assertEquals(List.of("20260102-030405-2", "20260102-030405"), backups.list(null).stream().map(Backups.Backup::name).toList());
        backups.remove("20260102-030405");
        assertEquals(1, backups.list(null).size());
    }

    @Test
    public void onlyTheOwnerMayReadABackupAndNothingIsBesideIt() throws Exception {
        put("a");
        Path elsewhere = data.resolve("elsewhere");
        Backups.Backup backup = backups.create(elsewhere, Progress.NONE);
        assertEquals(elsewhere.resolve(backup.name()), backup.folder());
        try (Stream<Path> all = Files.walk(backup.folder())) {
            for (Path each : all.toList()) {
                assertEquals(each.toString(), Files.isDirectory(each) ? "rwx------" : "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(each)));
            }
        }
        assertEquals(List.of(".lock", backup.name()), entries(elsewhere));
        assertEquals(List.of(), backups.verify(backup.folder().toString(), Progress.NONE).wrong());
        assertEquals(List.of(), backups.list(null));
        assertEquals(1, backups.list(elsewhere).size());
    }

    private static List<String> entries(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    public void aBackupOrACheckThatIsCancelledLeavesNothing() throws Exception {
        for (int i = 0; i < 400; i++) {
            put("a" + i);
        }
        Backups.Backup whole = backups.create(null, Progress.NONE);
        for (String stage : List.of("copying", "exporting", "hashing")) {
            Progress cancelling = (now, done, total, detail) -> {
                if (now.equals(stage)) {
                    Thread.currentThread().interrupt();
                }
            };
            assertThrows(stage, InterruptedException.class, () -> backups.create(null, cancelling));
            Thread.interrupted();
            assertEquals(stage, List.of(".lock", whole.name()), entries(data.resolve("backups")));
        }
        assertThrows(InterruptedException.class, () -> backups.verify(whole.name(), (stage, done, total, detail) -> {
            if (stage.equals("exporting")) {
                Thread.currentThread().interrupt();
            }
        }));
        assertEquals(List.of(".lock", whole.name()), entries(data.resolve("backups")));
        // What a killed one left goes with the next.
        Files.createDirectories(data.resolve("backups/.20260101-000000.part/store"));
        now = now.plusSeconds(1);
        backups.create(null, Progress.NONE);
        assertFalse(Files.exists(data.resolve("backups/.20260101-000000.part")));
    }

    @Test
    public void everyFlippedByteMissingAndCutFileIsFoundAndNothingIsRestoredOfIt() throws Exception {
        put("a");
        Backups.Backup backup = backups.create(null, Progress.NONE);
        put("b");
        List<String> state = exported();
        List<Path> files;
        try (Stream<Path> all = Files.walk(backup.folder())) {
            files = all.filter(Files::isRegularFile).toList();
        }
        assertTrue(files.size() >= 5);
        for (Path file : files) {
            byte[] content = Files.readAllBytes(file);
            for (int damage = 0; damage < 3; damage++) {
                switch (damage) {
                    case 0 -> {
                        byte[] flipped = content.clone();
                        flipped[flipped.length / 2] ^= 4;
                        Files.write(file, flipped);
                    }
                    case 1 -> Files.write(file, Arrays.copyOf(content, content.length - 1));
                    default -> Files.delete(file);
                }
                String what = damage + " " + file;
                String name = file.getFileName().toString();
                try {
                    Backups.Verified verified = backups.verify(backup.name(), Progress.NONE);
                    assertEquals(what, 1, verified.wrong().size());
                    assertTrue(what + verified.wrong(), verified.wrong().getFirst().contains(name.startsWith("manifest") ? "manifest" : name));
                } catch (CareException e) {
                    assertTrue(what + e.getMessage(), name.equals("manifest.json") && e.getMessage().contains("There is no backup"));
                }
                CareException refused = assertThrows(what, CareException.class, () -> backups.restore(backup.name(), false, Progress.NONE));
                assertFalse(what, refused.getMessage().contains("null"));
                assertEquals(state, exported());
                Files.write(file, content);
            }
        }
        assertEquals(List.of(), backups.verify(backup.name(), Progress.NONE).wrong());
    }

    @Test
    public void aBackupOfANewerVersionIsRefusedAndNamed() throws Exception {
        put("a");
        Backups.Backup backup = backups.create(null, Progress.NONE);
        Path manifest = backup.folder().resolve(Manifest.FILE);
        String newer = Files.readString(manifest).replace("\"ozone_backup\" : 1", "\"ozone_backup\" : 2");
        Files.writeString(manifest, newer);
        Digest digest = new Digest();
        digest.add(Files.readAllBytes(manifest));
        Files.writeString(backup.folder().resolve(Manifest.CHECKSUM), digest.text() + "  manifest.json\n");
        CareException refused = assertThrows(CareException.class, () -> backups.restore(backup.name(), false, Progress.NONE));
        assertTrue(refused.getMessage(), refused.getMessage().contains("format 2"));
        assertTrue(backups.list(null).getFirst().problem().contains("format 2"));
    }

    @Test
    public void aStoreThatIsNotTheOneThatWasBackedUpIsToldByItsRecords() throws Exception {
        long document = put("a");
        Backups.Backup backup = backups.create(null, Progress.NONE);
        // Another state of the store, with sums that are right: as if the copy were wrong.
        open.store().apply(new Changes().put(open.store().get(document).orElseThrow()));
        put("c");
        now = now.plusSeconds(1);
        Backups.Backup other = backups.create(null, Progress.NONE);
        Files.delete(backup.folder().resolve(LocalBackups.EXPORT));
        Files.copy(other.folder().resolve(LocalBackups.EXPORT), backup.folder().resolve(LocalBackups.EXPORT));
        resum(backup.folder());

        List<String> wrong = backups.verify(backup.name(), Progress.NONE).wrong();

        assertEquals(wrong.toString(), 5, wrong.size()); // one version, two containers, an edge, the sum at the end
        assertTrue(wrong.toString(), wrong.get(0).contains("\"version\":2") && wrong.get(0).contains("\"version\":1"));
        assertTrue(wrong.toString(), wrong.get(1).startsWith("only in the backup's export: {\"container\":"));
    }

    private static void resum(Path folder) throws Exception {
        Manifest before = Manifest.read(folder);
        List<Manifest.Entry> entries = new ArrayList<>();
        for (Manifest.Entry entry : before.files()) {
            Path file = folder.resolve(entry.path());
            entries.add(new Manifest.Entry(entry.path(), Files.size(file), Digest.of(file, read -> { })));
        }
        new Manifest(before.created(), before.scheduled(), before.sequence(), before.containers(), before.relations(), before.embeddings(),
                before.embeddingsSha256(), entries).write(folder);
    }

    @Test
    public void onlyOneIsAtWorkAtATimeAndWhatIsNoBackupIsNeitherFoundNorRemoved() throws Exception {
        put("a");
        AtomicBoolean refused = new AtomicBoolean();
        backups.create(null, (stage, done, total, detail) -> {
            Thread other = new Thread(() -> {
                try {
                    backups.create(null, Progress.NONE);
                } catch (CareException | InterruptedException e) {
                    refused.set(e.getMessage().contains("under way"));
                }
            });
            other.start();
            try {
                other.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertTrue(refused.get());
        for (String name : List.of("", "..", "../zsei", "nothing", "\0", data.resolve("zsei").toString())) {
            assertThrows(name, CareException.class, () -> backups.remove(name));
        }
        Backups.Backup backup = backups.list(null).getFirst();
        Files.writeString(backup.folder().resolve("my notes"), "dear");
        assertThrows(CareException.class, () -> backups.remove(backup.name()));
        assertTrue(Files.exists(backup.folder().resolve("my notes")));
        assertEquals(List.of(), backups.verify(backup.name(), Progress.NONE).wrong());
    }

    @Test
    public void theClockKeepsSoManyOfItsOwnAndNeverTouchesOthers() throws Exception {
        put("a");
        String mine = backups.create(null, Progress.NONE).name();
        BackupChore chore = new BackupChore(backups, config(2));
        for (int day = 0; day < 4; day++) {
            now = now.plusSeconds(86_400);
            assertEquals(List.of(new Chore.Figure("backups by the clock", "", Math.min(day, 2), Math.min(day + 1, 2))), chore.run(Chore.Kind.BACKUP, true, Progress.NONE));
            assertEquals(List.of(new Chore.Figure("backups by the clock", "", Math.min(day, 2), Math.min(day + 1, 2))), chore.run(Chore.Kind.BACKUP, false, Progress.NONE));
        }
        assertEquals(List.of("20260106-030405-scheduled", "20260105-030405-scheduled", mine), backups.list(null).stream().map(Backups.Backup::name).toList());
        assertThrows(IllegalArgumentException.class, () -> chore.reconfigure(config(0)));
    }

    private static BackupChore.Config config(int keep) {
        return new BackupChore.Config() {
            @Override
            public int keep() {
                return keep;
            }

            @Override
            public Class<BackupChore.Config> annotationType() {
                return BackupChore.Config.class;
            }
        };
    }
}
