package studio.ozone.zsei.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import jetbrains.exodus.ArrayByteIterable;
import jetbrains.exodus.ByteIterable;
import jetbrains.exodus.ExodusException;
import jetbrains.exodus.env.Cursor;
import jetbrains.exodus.env.Environment;
import jetbrains.exodus.env.EnvironmentImpl;
import jetbrains.exodus.env.Store;
import jetbrains.exodus.env.StoreConfig;
import jetbrains.exodus.env.Transaction;
import jetbrains.exodus.io.FileDataReader;

import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.ZseiException;

/**
 * Copies all that a transaction sees, tree by tree and key by key, into the files of another store. It knows nothing of what is in the
 * trees. The copy has no garbage in it; and since every entry is read, a copy is also a check that all can be read.
 */
final class TreeCopy {

    /** Between two forced writes; what is copied stays in memory until then. */
    private static final long BATCH_BYTES = 4L << 20;
    private static final String OF_XODUS_ITSELF = "exodus.";

    private final View from;
    private final Path folder;
    private final Runnable going;
    private final Progress progress;
    private long total;
    private long done;

    /** @param going throws where the store is being closed */
    TreeCopy(View from, Path folder, Runnable going, Progress progress) {
        this.from = from;
        this.folder = folder;
        this.going = going;
        this.progress = progress;
    }

    /** @throws ZseiException DISK_FULL, or what cannot be read or written */
    void run() throws ZseiException, InterruptedException {
        List<String> names = from.database().environment.getAllStoreNames(from.transaction()).stream()
                .filter(name -> !name.startsWith(OF_XODUS_ITSELF)).toList();
        for (String name : names) {
            total += source(name).count(from.transaction());
        }
        LogFiles files = new LogFiles(folder, new FileDataReader(folder.toFile()));
        boolean started = false;
        Environment to = null;
        try {
            if (!files.lock(0)) {
                throw new ZseiException(ZseiException.Code.STORE_UNAVAILABLE, "The folder " + folder + " is in use by " + files.lockInfo());
            }
            XodusThreads.start();
            started = true;
            to = Database.environment(folder, files);
            to.getEnvironmentConfig().setGcEnabled(false);
            files.recovered();
            for (String name : names) {
                copy(name, to);
            }
            files.made();
            files.acknowledge(((EnvironmentImpl) to).getLog().getHighAddress());
        } catch (IOException | ExodusException e) {
            throw Problems.of(e, folder);
        } finally {
            close(to, started, files);
        }
        try {
            Files.deleteIfExists(folder.resolve("lock"));
            sync(folder.resolve("acknowledged"));
            sync(folder);
        } catch (IOException e) {
            throw Problems.of(e, folder);
        }
    }

    private static void close(Environment to, boolean started, LogFiles files) throws ZseiException {
        try {
            if (to != null) {
                to.getEnvironmentConfig().setEnvCloseForcedly(true);
                to.close();
            }
        } finally {
            if (started) {
                XodusThreads.end();
            }
            files.release();
        }
    }

    /** Forces a file or a folder to the disk. */
    static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path)) {
            channel.force(true);
        }
    }

    private Store source(String name) {
        return from.database().environment.openStore(name, StoreConfig.USE_EXISTING, from.transaction());
    }

    private void copy(String name, Environment to) throws InterruptedException {
        Store source = source(name);
        Transaction transaction = to.beginExclusiveTransaction();
        try (Cursor cursor = source.openCursor(from.transaction())) {
            Store target = to.openStore(name, source.getConfig(), transaction);
            long waiting = 0;
            while (cursor.getNext()) {
                ByteIterable key = own(cursor.getKey());
                ByteIterable value = own(cursor.getValue());
                target.putRight(transaction, key, value);
                waiting += key.getLength() + value.getLength() + Long.BYTES;
                done++;
                if (waiting > BATCH_BYTES) {
                    transaction.flush();
                    waiting = 0;
                }
                if (done % 1024 == 0) {
                    progress.report("copying", done, total, name);
                    going.run();
                    if (Thread.interrupted()) {
                        throw new InterruptedException();
                    }
                }
            }
            transaction.flush();
        } finally {
            transaction.abort();
        }
        progress.report("copying", done, total, name);
    }

    /** Bytes that stay what they are when the page that they were read from is gone. */
    private static ByteIterable own(ByteIterable read) {
        return new ArrayByteIterable(Arrays.copyOf(read.getBytesUnsafe(), read.getLength()));
    }
}
