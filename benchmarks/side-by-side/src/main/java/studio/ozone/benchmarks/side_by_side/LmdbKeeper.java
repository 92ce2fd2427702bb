package studio.ozone.benchmarks.side_by_side;

import java.nio.ByteBuffer;
import java.nio.file.Path;

import org.lmdbjava.CursorIterable;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.Txn;

/**
 * LMDB as it comes: each commit is forced to the disk. A record is copied out of the map, since it may not be held longer than its transaction.
 * What its authors advise is done: buffers outside of the heap are kept by thread, and a reading transaction is renewed rather than begun.
 */
final class LmdbKeeper implements Keeper {

    private final Env<ByteBuffer> environment;
    private final Dbi<ByteBuffer> database;
    private final ThreadLocal<ByteBuffer> keys = ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(Long.BYTES));
    private final ThreadLocal<ByteBuffer> values = ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(4096));
    /** Of the thread that reads; reset between reads, so that writers need not keep what it saw. */
    private Txn<ByteBuffer> reading;

    LmdbKeeper(Path folder) {
        environment = Env.create().setMapSize(4L << 30).setMaxDbs(1).open(folder.toFile());
        database = environment.openDbi("records", DbiFlags.MDB_CREATE);
    }

    @Override
    public String name() {
        return "LMDB";
    }

    @Override
    public void put(int first, int count) {
        try (Txn<ByteBuffer> transaction = environment.txnWrite()) {
            for (int number = first; number < first + count; number++) {
                database.put(transaction, in(keys.get(), Records.key(number)), in(values.get(), Records.value(number)));
            }
            transaction.commit();
        }
    }

    private static ByteBuffer in(ByteBuffer buffer, byte[] bytes) {
        return buffer.clear().put(bytes).flip();
    }

    @Override
    public Object get(int number) {
        if (reading == null) {
            reading = environment.txnRead();
        } else {
            reading.renew();
        }
        try {
            return copy(database.get(reading, in(keys.get(), Records.key(number))));
        } finally {
            reading.reset();
        }
    }

    private static byte[] copy(ByteBuffer value) {
        byte[] bytes = new byte[value.remaining()];
        value.get(bytes);
        return bytes;
    }

    @Override
    public int scan() {
        int count = 0;
        try (Txn<ByteBuffer> transaction = environment.txnRead(); CursorIterable<ByteBuffer> all = database.iterate(transaction)) {
            for (CursorIterable.KeyVal<ByteBuffer> each : all) {
                count += copy(each.val()).length > 0 ? 1 : 0;
            }
        }
        return count;
    }

    @Override
    public void close() {
        if (reading != null) {
            reading.close();
        }
        environment.close();
    }
}
