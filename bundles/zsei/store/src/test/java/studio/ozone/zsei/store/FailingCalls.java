package studio.ozone.zsei.store;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

import jetbrains.exodus.ExodusException;
import jetbrains.exodus.OutOfDiskSpaceException;
import jetbrains.exodus.io.Block;
import jetbrains.exodus.io.FileDataReader;

/** Files of which one call fails that writes, forces, opens or closes; or every one from it on, until it is healed. */
final class FailingCalls extends LogFiles {

    private final boolean stays;
    private final String reason;
    private long left;
    private long calls;
    private boolean failed;

    /**
     * @param at which call fails, from 1
     * @param stays whether all after it fail too
     */
    FailingCalls(Path folder, long at, boolean stays, String reason) {
        super(folder, new FileDataReader(folder.toFile()));
        this.left = at;
        this.stays = stays;
        this.reason = reason;
    }

    /** From now on nothing fails. */
    void heal() {
        left = Long.MAX_VALUE;
    }

    long calls() {
        return calls;
    }

    /** Whether a call failed. */
    boolean failed() {
        return failed;
    }

    private boolean fails() {
        calls++;
        boolean now = --left == 0 || stays && left < 0;
        failed |= now;
        return now;
    }

    private void call() {
        if (fails()) {
            throw failure();
        }
    }

    private ExodusException failure() {
        IOException why = new IOException(reason);
        return reason.startsWith("No space") ? new OutOfDiskSpaceException(why) : new ExodusException(why);
    }

    @Override
    void put(RandomAccessFile to, byte[] octets, int offset, int length) throws IOException {
        if (fails()) {
            super.put(to, octets, offset, length / 2); // a full disk takes a part
            throw new IOException(reason);
        }
        super.put(to, octets, offset, length);
    }

    @Override
    protected void syncImpl() {
        call();
        super.syncImpl();
    }

    @Override
    public void syncDirectory() {
        call();
        super.syncDirectory();
    }

    @Override
    protected Block openOrCreateBlockImpl(long address, long length) {
        call();
        return super.openOrCreateBlockImpl(address, length);
    }

    @Override
    void made() {
        call();
        super.made();
    }

    @Override
    void acknowledge(long end) throws IOException {
        if (fails()) {
            throw new IOException(reason);
        }
        super.acknowledge(end);
    }
}
