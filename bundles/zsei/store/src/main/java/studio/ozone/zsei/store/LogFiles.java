package studio.ozone.zsei.store;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import jetbrains.exodus.ExodusException;
import jetbrains.exodus.OutOfDiskSpaceException;
import jetbrains.exodus.io.AbstractDataWriter;
import jetbrains.exodus.io.Block;
import jetbrains.exodus.io.FileDataReader;
import jetbrains.exodus.io.RemoveBlockType;
import jetbrains.exodus.log.LogUtil;

/**
 * Writes the files of the Xodus log. It stands in for Xodus' own writer for three reasons:
 *
 * <ul>
 * <li>that one forces files through an interruptible channel and takes a channel that an interrupted thread has closed for a file
 * that was forced: here an interrupt changes nothing;
 * <li>that one forces the directory for the first new file only: here every new file's name is forced;
 * <li>the recovery of Xodus cuts the log off behind the last commit that it can read, however old. Here the end of the last
 * acknowledged commit is known ({@link #acknowledge}, the file {@code acknowledged}), and a recovery that would lose one is refused
 * before anything is cut off.
 * </ul>
 *
 * Called by one thread at a time, under the commit lock of Xodus.
 */
class LogFiles extends AbstractDataWriter {

    private static final String LOCK = "lock";
    private static final String ACKNOWLEDGED = "acknowledged";
    private static final String NEW = "new";

    private final Path folder;
    private final FileDataReader reader;
    private final FileChannel directory;
    private RandomAccessFile lockFile;
    private RandomAccessFile acknowledged;
    private long acknowledgedEnd;
    private volatile long forced;
    private boolean recovering = true;
    /** Whether a write failed, so that the file may be longer than Xodus knows. */
    private boolean torn;
    private RandomAccessFile file;
    private Block block;

    LogFiles(Path folder, FileDataReader reader) {
        this.folder = folder;
        this.reader = reader;
        try {
            directory = FileChannel.open(folder);
        } catch (IOException e) {
            throw new ExodusException("The folder " + folder + " cannot be read: " + Problems.reason(e), e);
        }
    }

    FileDataReader reader() {
        return reader;
    }

    /**
     * Takes the folder for this process.
     *
     * @return false if another one has it
     */
    @Override
    public boolean lock(long timeout) {
        try {
            lockFile = new RandomAccessFile(folder.resolve(LOCK).toFile(), "rw");
            FileLock lock = lockFile.getChannel().tryLock();
            if (lock == null) {
                return false;
            }
            lockFile.setLength(0);
            lockFile.write(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII));
            readAcknowledged();
            return true;
        } catch (OverlappingFileLockException e) {
            return false;
        } catch (IOException e) {
            throw failed("lock", folder.resolve(LOCK), e);
        }
    }

    @Override
    public String lockInfo() {
        try {
            String pid = Files.readString(folder.resolve(LOCK)).strip();
            return pid.isEmpty() ? "another process" : "process " + pid;
        } catch (IOException e) {
            return "another process";
        }
    }

    @Override
    public boolean release() {
        try (RandomAccessFile held = lockFile; RandomAccessFile mark = acknowledged; FileChannel entries = directory) {
            return held != null;
        } catch (IOException e) {
            throw failed("release", folder.resolve(LOCK), e);
        } finally {
            lockFile = null;
            acknowledged = null;
        }
    }

    /** Called before a store is opened or made: one that was begun and not finished, so that nothing was ever written to it, is made from the beginning. */
    void making() {
        Path mark = folder.resolve(NEW);
        File[] logs = LogUtil.listFiles(folder.toFile());
        try {
            if (Files.exists(mark)) {
                for (File each : acknowledgedEnd > 0 ? new File[0] : logs) {
                    Files.delete(each.toPath());
                }
            } else if (logs.length == 0 && acknowledgedEnd == 0) {
                Files.createFile(mark);
                directory.force(true);
            }
        } catch (IOException e) {
            throw failed("make", folder, e);
        }
    }

    /** Called when the store is made, before anything is written to it. */
    void made() {
        try {
            if (Files.deleteIfExists(folder.resolve(NEW))) {
                directory.force(true); // else a power failure could bring it back, beside acknowledged writes
            }
        } catch (IOException e) {
            throw failed("finish", folder, e);
        }
    }

    private void readAcknowledged() throws IOException {
        acknowledged = new RandomAccessFile(folder.resolve(ACKNOWLEDGED).toFile(), "rw");
        if (acknowledged.length() == Long.BYTES) {
            acknowledgedEnd = acknowledged.readLong();
        }
        long newest = -1;
        for (File each : LogUtil.listFiles(folder.toFile())) {
            newest = Math.max(newest, LogUtil.getAddress(each.getName()));
        }
        long end = newest < 0 ? 0 : newest + Files.size(path(newest));
        if (end < acknowledgedEnd) {
            throw lost(end);
        }
        if (newest >= 0) {
            // What a killed process wrote may be in the system's memory only: nobody may read what a power failure could still undo.
            try (RandomAccessFile last = new RandomAccessFile(path(newest).toFile(), "rw")) {
                last.getFD().sync();
            }
            directory.force(true);
        }
    }

    /** From here on the log may be cut: whatever is cut off was never acknowledged. Called when recovery is over. */
    void recovered() {
        recovering = false;
    }

    /**
     * Remembers the end of the last commit whose writer is about to be told that it is durable. Not forced: after a power failure an
     * older mark only weakens the check.
     */
    void acknowledge(long end) throws IOException {
        acknowledged.seek(0);
        acknowledged.writeLong(end);
        acknowledgedEnd = end;
    }

    private ExodusException lost(long end) {
        return new ExodusException("The files of the store in " + folder + " are damaged or incomplete: acknowledged writes end at byte "
                + acknowledgedEnd + " of the log, what can be read ends at " + end + ". Nothing was changed. Put back a backup of the folder; "
                + "or, to go on without the lost writes, delete the file " + folder.resolve(ACKNOWLEDGED));
    }

    private void keepsAcknowledged(long end) {
        if (recovering && end < acknowledgedEnd) {
            throw lost(end);
        }
    }

    @Override
    public Block write(byte[] octets, int offset, int length) {
        if (torn) {
            throw new ExodusException("The end of the log in " + folder + " is not known after a write failed. Nothing that was acknowledged is lost: "
                    + "restart the instance");
        }
        torn = true;
        try {
            put(file, octets, offset, length);
        } catch (IOException e) {
            throw failed("write", path(block.getAddress()), e);
        }
        torn = false;
        return block;
    }

    /** Writes bytes at the end of a file. Where that fails, a part of them may be there. */
    void put(RandomAccessFile to, byte[] octets, int offset, int length) throws IOException {
        to.write(octets, offset, length);
    }

    /**
     * Cuts off what was written behind an address of the log.
     *
     * @throws ExodusException if that cannot be done; nothing can be written then
     */
    void rewind(long end) {
        if (file == null) {
            return;
        }
        torn = true;
        try {
            file.setLength(end - block.getAddress());
            file.seek(end - block.getAddress());
        } catch (IOException e) {
            throw failed("cut", path(block.getAddress()), e);
        }
        torn = false;
    }

    @Override
    protected void syncImpl() {
        try {
            file.getFD().sync();
            forced++;
        } catch (IOException e) {
            throw failed("write", path(block.getAddress()), e);
        }
    }

    /** Times that a file was forced to the disk. */
    long forced() {
        return forced;
    }

    @Override
    public void syncDirectory() {
        try {
            directory.force(true);
        } catch (IOException e) {
            throw failed("write", folder, e);
        }
    }

    @Override
    protected void closeImpl() {
        try {
            file.close();
        } catch (IOException e) {
            throw failed("close", path(block.getAddress()), e);
        } finally {
            file = null;
            block = null;
        }
    }

    @Override
    protected void clearImpl() {
        throw new ExodusException("The store in " + folder + " is never cleared");
    }

    @Override
    protected Block openOrCreateBlockImpl(long address, long length) {
        keepsAcknowledged(address + length);
        Path path = path(address);
        RandomAccessFile opened = null;
        try {
            opened = new RandomAccessFile(path.toFile(), "rw");
            if (opened.length() != length) {
                opened.setLength(length);
            }
            opened.seek(length);
            torn = false;
            file = opened;
            block = new FileDataReader.FileBlock(address, reader);
            return block;
        } catch (IOException e) {
            if (opened != null) {
                try {
                    opened.close();
                } catch (IOException close) {
                    e.addSuppressed(close);
                }
            }
            throw failed("open", path, e);
        }
    }

    @Override
    public void truncateBlock(long address, long length) {
        keepsAcknowledged(address + length);
        try (RandomAccessFile cut = new RandomAccessFile(path(address).toFile(), "rw")) {
            cut.setLength(length);
            cut.getFD().sync();
        } catch (IOException e) {
            throw failed("truncate", path(address), e);
        }
    }

    @Override
    public void removeBlock(long address, RemoveBlockType type) {
        if (recovering) {
            keepsAcknowledged(address);
        }
        reader.close(); // an open handle would keep the space, and shadow a later file of the same name
        try {
            Files.deleteIfExists(path(address));
        } catch (IOException e) {
            throw failed("delete", path(address), e);
        }
    }

    private Path path(long address) {
        return folder.resolve(LogUtil.getLogFilename(address));
    }

    private ExodusException failed(String what, Path path, IOException e) {
        return Problems.isFull(e) ? new OutOfDiskSpaceException(e)
                : new ExodusException("Cannot " + what + " " + path + ": " + Problems.reason(e), e);
    }
}
