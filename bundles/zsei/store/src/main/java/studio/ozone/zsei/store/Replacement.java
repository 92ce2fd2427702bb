package studio.ozone.zsei.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

import jetbrains.exodus.ExodusException;
import jetbrains.exodus.env.Transaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Snapshots;
import studio.ozone.api.zsei.ZseiException;

/**
 * Puts the files of another store in the place of the open one. They are copied into a new folder, synced, opened and made to go on where
 * the open one ends ({@link Continuation}), and only then named in the file {@code place}: whoever is killed before that starts with the old
 * state, and after it with the new one.
 */
final class Replacement {

    private static final Logger LOG = LoggerFactory.getLogger(Replacement.class);
    private static final int BUFFER_BYTES = 1 << 20;
    private static final long SPARE_BYTES = 32L << 20;
    /** How long whoever reads the old state may go on. */
    private static final long RETIRE_MILLIS = 30_000;

    /** What is done to the disk. */
    interface Disk {

        Database open(Path folder, Clock clock) throws ZseiException;

        default void write(FileChannel to, ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                to.write(bytes);
            }
        }

        default void force(FileChannel file) throws IOException {
            file.force(true);
        }

        default void write(Place place, Path root) throws IOException {
            place.write(root);
        }
    }

    static final Disk DISK = Database::open;

    private final Path root;
    private final Clock clock;
    private final Disk disk;
    private final Progress progress;
    private int written;
    private int gone;

    Replacement(Path root, Clock clock, Disk disk, Progress progress) {
        this.root = root;
        this.clock = clock;
        this.disk = disk;
        this.progress = progress;
    }

    /** @param told of the last commit, before anybody else writes */
    Snapshots.Replaced run(XodusStore store, Path from, boolean dryRun, LongConsumer told) throws ZseiException, InterruptedException {
        Place now = Place.read(root);
        String name;
        try {
            now.clean(root);
            name = Place.fresh(root);
        } catch (IOException e) {
            throw failed("what an earlier replacement left there cannot be removed", e);
        }
        Path folder = root.resolve(name);
        Database fresh = null;
        boolean taken = false;
        try {
            copy(from, folder);
            fresh = disk.open(folder, clock);
            Snapshots.Totals totals = totals(fresh);
            if (dryRun) {
                Database compared = fresh;
                store.inView((view, going) -> {
                    compare(view, compared, going);
                    return null;
                });
                return new Snapshots.Replaced(totals, written, gone, store.sequence());
            }
            Database ready = fresh;
            Place next = new Place(name, now.current(), clock.instant());
            taken = store.replace((view, highestId, going) -> {
                State state = compare(view, ready, going).write(ready, highestId, store.tuning().codec());
                take(next);
                return new XodusStore.Ready(ready, state);
            }, told, RETIRE_MILLIS);
            cleaned(next);
            return new Snapshots.Replaced(totals, written, gone, store.sequence());
        } catch (ExodusException | Bytes.MalformedException e) {
            throw Problems.of(e, folder);
        } finally {
            if (!taken && isNot(name)) {
                drop(fresh, folder);
            }
        }
    }

    /** Whether the store is certainly in another folder. */
    private boolean isNot(String name) {
        try {
            return !Place.read(root).current().equals(name);
        } catch (ZseiException e) {
            LOG.error("{}", e.getMessage());
            return false;
        }
    }

    static Snapshots.Totals totals(Database database) throws ZseiException {
        Transaction transaction = database.environment.beginReadonlyTransaction();
        try {
            return new ViewSnapshot(new View(database, transaction), () -> { }).totals();
        } finally {
            transaction.abort();
        }
    }

    private Continuation compare(View now, Database fresh, Runnable going) throws InterruptedException {
        Continuation continuation = new Continuation(now, going, progress);
        Transaction transaction = fresh.environment.beginReadonlyTransaction();
        try {
            continuation.compare(new View(fresh, transaction));
        } finally {
            transaction.abort();
        }
        written = continuation.written();
        gone = continuation.gone();
        return continuation;
    }

    /** When this returns, the new one is the store; when it throws, the old one is. */
    private void take(Place next) throws ZseiException {
        try {
            disk.write(next, root);
        } catch (IOException e) {
            if (next.equals(Place.read(root))) {
                LOG.warn("The store is replaced; whether that outlives a power failure is not sure: {}", Problems.reason(e));
                return;
            }
            throw failed("the file " + Place.FILE + " cannot be written", e);
        }
    }

    private void cleaned(Place place) {
        try {
            place.clean(root);
        } catch (IOException e) {
            LOG.warn("What was replaced earlier is still in {}: {}", root, Problems.reason(e));
        }
    }

    private void drop(Database fresh, Path folder) {
        try {
            if (fresh != null) {
                fresh.close();
            }
            if (Files.exists(folder)) {
                Place.delete(folder);
            }
        } catch (IOException | ExodusException e) {
            LOG.warn("{} is left over and is removed at the next start: {}", folder, e.toString());
        }
    }

    private void copy(Path from, Path to) throws ZseiException, InterruptedException {
        try (Stream<Path> entries = Files.list(from)) {
            List<Path> files = entries.filter(file -> Place.ofAStore(file) && !file.endsWith("lock") && !file.endsWith("new")).sorted().toList();
            if (files.stream().noneMatch(file -> file.getFileName().toString().endsWith(".xd"))) {
                throw new ZseiException(ZseiException.Code.NOT_FOUND, "There are no files of a store in " + from);
            }
            long total = 0;
            for (Path file : files) {
                total += Files.size(file);
            }
            long needed = total + total / 4 + SPARE_BYTES;
            long free = Files.getFileStore(root).getUsableSpace();
            if (free < needed) {
                throw new ZseiException(ZseiException.Code.DISK_FULL, "The store in " + root + " was not replaced: that needs " + (needed >> 20) + " MiB there, and "
                        + (free >> 20) + " MiB are free. Free some space and try again");
            }
            Files.createDirectory(to, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            long done = 0;
            for (Path file : files) {
                done = copy(file, to.resolve(file.getFileName()), done, total);
            }
            TreeCopy.sync(to);
        } catch (IOException e) {
            throw failed(from + " cannot be copied there", e);
        }
    }

    private long copy(Path file, Path to, long before, long total) throws IOException, InterruptedException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        long done = before;
        try (FileChannel in = FileChannel.open(file); FileChannel out = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (in.read(buffer.clear()) >= 0) {
                done += buffer.position();
                disk.write(out, buffer.flip());
                progress.report("copying", done, total, file.getFileName().toString());
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
            disk.force(out);
        } catch (ClosedByInterruptException e) {
            Thread.interrupted();
            throw new InterruptedException();
        }
        return done;
    }

    private ZseiException failed(String what, IOException e) {
        boolean full = Problems.isFull(e);
        return new ZseiException(full ? ZseiException.Code.DISK_FULL : ZseiException.Code.STORE_UNAVAILABLE, "The store in " + root + " was not replaced, and is "
                + "as before: " + what + ": " + (full ? "the disk is full. Free some space" : Problems.reason(e)) + (full ? " and try again" : ""), e);
    }
}
