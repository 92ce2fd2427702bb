package studio.ozone.zsei.store;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import jetbrains.exodus.ArrayByteIterable;
import jetbrains.exodus.ExodusException;
import jetbrains.exodus.OutOfDiskSpaceException;
import jetbrains.exodus.env.Environment;
import jetbrains.exodus.env.EnvironmentConfig;
import jetbrains.exodus.env.Environments;
import jetbrains.exodus.env.Store;
import jetbrains.exodus.env.StoreConfig;
import jetbrains.exodus.io.FileDataReader;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.ZseiException;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** Full disks, failing disks, and folders with something wrong in them. */
public class DamagedStoreTest {

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    /** Files of which the n-th write or force from now on fails. */
    private static final class FailingFiles extends LogFiles {

        private int left = Integer.MAX_VALUE;
        private IOException failure = new IOException("No space left on device");

        FailingFiles(Path folder) {
            super(folder, new FileDataReader(folder.toFile()));
        }

        private void count() throws IOException {
            if (left-- == 0) {
                throw failure;
            }
        }

        @Override
        void put(RandomAccessFile to, byte[] octets, int offset, int length) throws IOException {
            if (left == 0) {
                super.put(to, octets, offset, length / 2); // a full disk takes a part
            }
            count();
            super.put(to, octets, offset, length);
        }

        @Override
        protected void syncImpl() {
            try {
                count();
            } catch (IOException e) {
                throw e.getMessage().startsWith("No space") ? new OutOfDiskSpaceException(e) : new ExodusException(e);
            }
            super.syncImpl();
        }
    }

    private static Changes large(XodusStore store, int number) {
        Changes changes = new Changes();
        for (int i = 0; i < 200; i++) {
            changes.put(Container.of(store.newId(), 0, ContainerType.TEXT, "t" + number, null, null, 0, 0, null, Map.of("fill", "x".repeat(1000))));
        }
        return changes;
    }

    @Test
    public void aWriteThatFailsAtAnyPlaceLeavesWhatWasThere() throws Exception {
        for (String reason : List.of("No space left on device", "Input/output error")) {
            Path folder = temporary.newFolder().toPath();
            FailingFiles files = new FailingFiles(folder);
            files.failure = new IOException(reason);
            List<Long> told = new ArrayList<>();
            int failures = 0;
            int written = 0;
            try (XodusStore store = new XodusStore(new Database(folder, files, Clock.systemUTC()), Clock.systemUTC(), commit -> told.add(commit.sequence()), Tuning.DEFAULT,
                    Figures.NONE, Alarm.ofTheJvm())) {
                for (int at = 0; at < 40; at++) {
                    files.left = at % 20;
                    try {
                        store.apply(large(store, at));
                        written++;
                    } catch (ZseiException e) {
                        failures++;
                        assertEquals(e.getMessage(), reason.startsWith("No") ? ZseiException.Code.DISK_FULL : ZseiException.Code.STORE_UNAVAILABLE,
                                e.code());
                        assertTrue(e.getMessage(), e.getMessage().contains(folder.toString()));
                    }
                    files.left = Integer.MAX_VALUE;
                    assertEquals(written, store.sequence());
                    assertEquals(200 * written, store.children(0).size());
                }
                store.apply(large(store, 99));
                written++;
            }
            assertTrue(failures + " failures", failures > 10);
            try (XodusStore store = XodusStore.open(folder, Clock.systemUTC(), commit -> { })) {
                assertEquals(200 * written, store.children(0).size());
                assertEquals(written, store.sequence());
                assertEquals(written, told.size());
            }
        }
    }

    private Path filled(int commits) throws Exception {
        Path folder = temporary.newFolder().toPath();
        try (XodusStore store = XodusStore.open(folder, Clock.systemUTC(), commit -> { })) {
            for (int i = 0; i < commits; i++) {
                store.apply(large(store, i));
            }
        }
        return folder;
    }

    private static List<Path> logs(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".xd")).sorted().toList();
        }
    }

    private static String refused(Path folder) {
        ZseiException refused = assertThrows(ZseiException.class, () -> XodusStore.open(folder, Clock.systemUTC(), commit -> { }));
        assertEquals(ZseiException.Code.STORE_UNAVAILABLE, refused.code());
        assertTrue(refused.getMessage(), refused.getMessage().contains(folder.toString()));
        return refused.getMessage();
    }

    @Test
    public void aDamagedEndIsNotCutOff() throws Exception {
        Path folder = filled(3);
        Path last = logs(folder).getLast();
        byte[] whole = Files.readAllBytes(last);
        int acknowledged;
        try (RandomAccessFile mark = new RandomAccessFile(folder.resolve("acknowledged").toFile(), "r")) {
            acknowledged = (int) mark.readLong();
        }
        for (int length : new int[] { acknowledged - 1, acknowledged - 100, acknowledged / 2, 0 }) {
            try (RandomAccessFile file = new RandomAccessFile(last.toFile(), "rw")) {
                file.setLength(length);
            }
            assertTrue(refused(folder).contains("acknowledged writes end at"));
            Files.write(last, whole);
        }
        byte[] scratched = whole.clone();
        for (int i = whole.length / 2; i < whole.length; i++) {
            scratched[i] = (byte) (i * 31);
        }
        Files.write(last, scratched);
        refused(folder);
        assertEquals("nothing was changed", whole.length, Files.size(last));
        Files.write(last, whole);
        try (XodusStore store = XodusStore.open(folder, Clock.systemUTC(), commit -> { })) {
            assertEquals(600, store.children(0).size());
        }
    }

    @Test
    public void aMissingFileIsNotAnEmptyStore() throws Exception {
        Path folder = filled(1);
        for (Path file : logs(folder)) {
            Files.delete(file);
        }
        assertTrue(refused(folder).contains("backup"));
    }

    @Test
    public void whatWasNotMadeToTheEndIsMadeAnewAndNothingElse() throws Exception {
        Path folder = temporary.newFolder().toPath();
        Files.createFile(folder.resolve("new"));
        Files.write(folder.resolve("00000000000.xd"), new byte[] { 1, 2, 3 });
        try (XodusStore store = XodusStore.open(folder, Clock.systemUTC(), commit -> { })) {
            assertTrue("the mark is gone before anything is written", Files.notExists(folder.resolve("new")));
            store.apply(large(store, 1));
        }
        Files.createFile(folder.resolve("new"));
        try (XodusStore store = XodusStore.open(folder, Clock.systemUTC(), commit -> { })) {
            assertEquals("what was acknowledged stays", 200, store.children(0).size());
        }
        assertTrue(Files.notExists(folder.resolve("new")));
    }

    @Test
    public void whatACrashLeftBehindTheLastCommitGoes() throws Exception {
        Path folder = filled(1);
        Path last = logs(folder).getLast();
        Files.write(last, new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, StandardOpenOption.APPEND);
        try (XodusStore store = XodusStore.open(folder, Clock.systemUTC(), commit -> { })) {
            assertEquals(200, store.children(0).size());
            store.apply(large(store, 2));
        }
        try (XodusStore store = XodusStore.open(folder, Clock.systemUTC(), commit -> { })) {
            assertEquals(400, store.children(0).size());
        }
    }

    @Test
    public void aDatabaseOfAnotherProgramIsLeftAlone() throws Exception {
        Path folder = temporary.newFolder().toPath();
        tree(folder, "theirs", "key", "value");
        assertTrue(refused(folder).contains("another program"));
    }

    @Test
    public void aFormatOfTheFutureIsNamed() throws Exception {
        Path folder = temporary.newFolder().toPath();
        tree(folder, "meta", "fmt", "\u0007");
        String message = refused(folder);
        assertTrue(message, message.contains("has format 7") && message.contains("reads format 1 to " + Database.FORMAT));
    }

    private static void tree(Path folder, String tree, String key, String value) {
        XodusThreads.start();
        EnvironmentConfig config = new EnvironmentConfig().setLogFileSize(4096).setLogCachePageSize(16 << 10).setLogCacheShared(false)
                .setManagementEnabled(false).setEnvMonitorTxnsExpirationTimeout(0);
        Environment environment = Environments.newInstance(folder.toFile(), config);
        environment.executeInTransaction(transaction -> {
            Store store = environment.openStore(tree, StoreConfig.WITHOUT_DUPLICATES, transaction);
            store.put(transaction, new ArrayByteIterable(key.getBytes()), new ArrayByteIterable(value.getBytes()));
        });
        environment.close();
    }

    @Test
    public void filesOfOtherNamesDoNoHarm() throws Exception {
        Path folder = filled(1);
        Files.writeString(folder.resolve("notes.txt"), "mine");
        try (XodusStore store = XodusStore.open(folder, Clock.systemUTC(), commit -> { })) {
            assertEquals(200, store.children(0).size());
        }
        assertEquals("mine", Files.readString(folder.resolve("notes.txt")));
    }
}
