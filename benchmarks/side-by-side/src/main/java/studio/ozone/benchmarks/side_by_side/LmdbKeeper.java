package studio.ozone.benchmarks.side_by_side;

import java.nio.ByteBuffer;
import java.nio.file.Path;

import org.lmdbjava.CursorIterable;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.Txn;

/** LMDB as it comes: each commit is forced to the disk. A record is copied out of the map, since it may not be held longer than its transaction. */
final class LmdbKeeper implements Keeper {

    private final Env<ByteBuffer> environment;
    private final Dbi<ByteBuffer> database;

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
                database.put(transaction, direct(Records.key(number)), direct(Records.value(number)));
            }
            transaction.commit();
        }
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    @Override
    public Object get(int number) {
        try (Txn<ByteBuffer> transaction = environment.txnRead()) {
            return copy(database.get(transaction, direct(Records.key(number))));
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
        environment.close();
    }
}
