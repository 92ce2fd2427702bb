package studio.ozone.zsei.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantReadWriteLock;

import jetbrains.exodus.ArrayByteIterable;
import jetbrains.exodus.ByteIterable;
import jetbrains.exodus.ExodusException;
import jetbrains.exodus.env.Environment;
import jetbrains.exodus.env.EnvironmentConfig;
import jetbrains.exodus.env.EnvironmentImpl;
import jetbrains.exodus.env.Environments;
import jetbrains.exodus.env.Store;
import jetbrains.exodus.env.StoreConfig;
import jetbrains.exodus.env.Transaction;
import jetbrains.exodus.io.FileDataReader;
import jetbrains.exodus.log.Log;
import jetbrains.exodus.log.LogConfig;
import jetbrains.exodus.log.LogTip;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.zsei.ZseiException;

/**
 * The Xodus environment of a store and the trees in it. {@code docs/formats/store.md} describes what they hold.
 *
 * <p>Memory: at most {@link #CACHE_BYTES} of the log's pages. Threads: those of Xodus, see {@link XodusThreads}.
 */
final class Database implements AutoCloseable {

    /** The layout of trees, keys and values. A store that says more is refused; one that says less is taken over when it is opened. */
    static final int FORMAT = 2;

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final long CACHE_BYTES = 16L << 20;
    private static final int CACHE_PAGE_BYTES = 16 << 10;
    /** Part of the format: Xodus reads a log only with the file size that it was written with. */
    private static final int FILE_KILOBYTES = 4096;
    private static final ByteIterable FORMAT_KEY = new ArrayByteIterable(new byte[] { 'f', 'm', 't' });
    private static final ByteIterable STATE_KEY = new ArrayByteIterable(new byte[] { 's', 't', 'a' });

    final Path folder;
    final Environment environment;
    final Store containers;
    final Store places;
    final Store children;
    final Store relations;
    final Store embeddings;
    final Store written;
    final Store gone;
    final Store versions;
    private final Store meta;
    private final LogFiles files;
    private final ReentrantReadWriteLock uses = new ReentrantReadWriteLock();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean retired;

    /**
     * Opens the store in a folder, or makes one.
     *
     * @throws ZseiException STORE_UNAVAILABLE if the folder cannot be used: the message says why
     */
    static Database open(Path folder, Clock clock) throws ZseiException {
        try {
            prepare(folder);
            return new Database(folder, new LogFiles(folder, new FileDataReader(folder.toFile())), clock);
        } catch (ExodusException | Bytes.MalformedException e) {
            throw Problems.of(e, folder);
        }
    }

    Database(Path folder, LogFiles files, Clock clock) throws ZseiException {
        this.folder = folder;
        this.files = files;
        boolean locked = false;
        try {
            locked = files.lock(0);
        } finally {
            if (!locked) {
                files.release();
            }
        }
        if (!locked) {
            String holder = files.lockInfo();
            throw new ZseiException(ZseiException.Code.STORE_UNAVAILABLE, "The store in " + folder + " is in use by " + holder
                    + ". Stop that one, or name another folder in zsei.local_storage_path");
        }
        Environment opened = null;
        try {
            XodusThreads.start();
            files.making();
            opened = environment(folder, files);
            environment = opened;
            files.recovered();
            Transaction transaction = environment.beginExclusiveTransaction();
            try {
                int format = format(transaction);
                containers = tree("containers", transaction);
                places = tree("places", transaction);
                children = tree("children", transaction);
                relations = tree("relations", transaction);
                embeddings = tree("embeddings", transaction);
                written = tree("written", transaction);
                gone = tree("gone", transaction);
                versions = tree("versions", transaction);
                meta = tree("meta", transaction);
                if (format < FORMAT) {
                    ByteIterable state = meta.get(transaction, STATE_KEY);
                    meta.put(transaction, FORMAT_KEY, new Bytes().number(FORMAT).written());
                    write(state == null ? new State(clock.millis()) : new State(state, format), transaction);
                }
                flush(transaction);
            } finally {
                transaction.abort();
            }
            files.made();
        } catch (ExodusException | ZseiException | Bytes.MalformedException e) {
            if (opened != null) {
                opened.close();
            }
            XodusThreads.end();
            files.release();
            throw e;
        }
    }

    /** The environment alone, without trees; {@link XodusThreads} are the caller's. */
    static Environment environment(Path folder, LogFiles files) {
        return Environments.newInstance(log(folder, files), configuration());
    }

    private static LogConfig log(Path folder, LogFiles files) {
        LogConfig config = new LogConfig().setLocation(folder.toString()).setReaderWriter(files.reader(), files);
        config.setLockIgnored(true); // the lock is taken above
        return config;
    }

    private static EnvironmentConfig configuration() {
        return new EnvironmentConfig()
                .setLogDurableWrite(true)
                .setLogFileSize(FILE_KILOBYTES)
                .setLogCacheShared(false)
                .setLogCachePageSize(CACHE_PAGE_BYTES)
                .setMemoryUsage(CACHE_BYTES)
                .setLogAllowRemovable(true)
                .setLogAllowRemote(true)
                .setLogAllowRamDisk(true)
                .setEnvCloseForcedly(false)
                .setEnvGatherStatistics(false)
                .setEnvMonitorTxnsTimeout(0)
                .setEnvMonitorTxnsExpirationTimeout(0)
                .setManagementEnabled(false)
                .setGcTransactionTimeout(100)
                .setGcFilesDeletionDelay(0);
    }

    /** The format of what is there; 0 where there is nothing. */
    private int format(Transaction transaction) throws ZseiException {
        List<String> names = environment.getAllStoreNames(transaction);
        names.removeIf(name -> name.startsWith("exodus."));
        if (names.isEmpty()) {
            return 0;
        }
        Store present = names.contains("meta") ? tree("meta", transaction) : null;
        ByteIterable value = present == null ? null : present.get(transaction, FORMAT_KEY);
        if (value == null) {
            throw new ZseiException(ZseiException.Code.STORE_UNAVAILABLE, "The files in " + folder + " are a Xodus database of another "
                    + "program. Name another folder in zsei.local_storage_path");
        }
        long format = new Bytes(value).number();
        if (format < 1 || format > FORMAT) {
            throw new ZseiException(ZseiException.Code.STORE_UNAVAILABLE, "The store in " + folder + " has format " + format
                    + ", this version of Ozone Studio reads format 1 to " + FORMAT + ". Use the version that wrote it, or a newer one");
        }
        return (int) format;
    }

    private Store tree(String name, Transaction transaction) {
        return environment.openStore(name, StoreConfig.WITHOUT_DUPLICATES, transaction);
    }

    State state(Transaction transaction) {
        return new State(meta.get(transaction, STATE_KEY), FORMAT);
    }

    void write(State state, Transaction transaction) {
        meta.put(transaction, STATE_KEY, state.written());
    }

    private Log log() {
        return ((EnvironmentImpl) environment).getLog();
    }

    /**
     * Forces a transaction that excludes others to the disk.
     *
     * <p>Where that fails, Xodus goes back to the end of the log before. It misses one case: if the first thing that was written did not get
     * through, and runs over the end of a page, it takes the end for unchanged, while a part is in the file, and the page that it has in memory is
     * the one behind: what it writes next would tear the log. So here both are put back.
     */
    void flush(Transaction transaction) {
        LogTip end = log().getTip();
        try {
            if (!transaction.flush()) {
                throw new ExodusException("An exclusive transaction was overtaken");
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            LogTip now = log().getTip();
            if (now.highAddress == end.highAddress && now != end) {
                files.rewind(end.highAddress);
                log().compareAndSetTip(now, end);
            }
            throw e;
        }
    }

    /** Remembers that everything written so far is about to be acknowledged. */
    void acknowledge() {
        try {
            files.acknowledge(log().getHighAddress());
        } catch (IOException e) {
            // The writes are durable all the same: only a later check of damaged files knows less.
            LOG.warn("The end of the acknowledged writes could not be noted in {}: {}", folder, Problems.reason(e));
        }
    }

    /** Forced writes of log files since it was opened. */
    long forced() {
        return files.forced();
    }

    /** Keeps it open until {@link #leave}. @return false where another one has taken its place */
    boolean enter() {
        uses.readLock().lock();
        if (retired) {
            uses.readLock().unlock();
        }
        return !retired;
    }

    void leave() {
        uses.readLock().unlock();
    }

    /** Another one has taken its place: closes it when whoever is in it has left, or by force when that takes too long. */
    void retire(long millis) {
        retired = true;
        boolean alone = false;
        try {
            alone = uses.writeLock().tryLock(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            environment.getEnvironmentConfig().setEnvCloseForcedly(!alone);
            close();
        } catch (ExodusException e) {
            LOG.warn("What was replaced, in {}, was not closed cleanly: {}", folder, e.getMessage());
        } finally {
            if (alone) {
                uses.writeLock().unlock();
            }
        }
    }

    /** Bytes on disk. */
    long bytes() throws IOException {
        long bytes = 0;
        try (var entries = Files.newDirectoryStream(folder, "*.xd")) {
            for (Path each : entries) {
                bytes += Files.size(each);
            }
        }
        return bytes;
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            environment.close();
        } finally {
            XodusThreads.end();
            files.release();
        }
    }

    private static void prepare(Path folder) throws ZseiException {
        try {
            if (!Files.isDirectory(folder)) {
                if (folder.getParent() != null) {
                    Files.createDirectories(folder.getParent());
                }
                Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
        } catch (IOException e) {
            throw new ZseiException(ZseiException.Code.STORE_UNAVAILABLE, "The folder " + folder + " of the store cannot be made: "
                    + Problems.reason(e) + ". Make it, or name another folder in zsei.local_storage_path", e);
        }
        if (!Files.isWritable(folder)) {
            throw new ZseiException(ZseiException.Code.STORE_UNAVAILABLE, "The folder " + folder + " of the store cannot be written: "
                    + "permission denied. Make it writable, or name another folder in zsei.local_storage_path");
        }
    }
}
