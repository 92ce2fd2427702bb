package studio.ozone.benchmarks.side_by_side;

import java.nio.file.Path;

import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** RocksDB with a Bloom filter and a block cache of 64 MiB; each write is forced to the disk. */
final class RocksKeeper implements Keeper {

    static {
        RocksDB.loadLibrary();
    }

    private final LRUCache cache = new LRUCache(64L << 20);
    private final BloomFilter filter = new BloomFilter(10);
    private final Options options = new Options().setCreateIfMissing(true).setIncreaseParallelism(2)
            .setTableFormatConfig(new BlockBasedTableConfig().setBlockCache(cache).setFilterPolicy(filter));
    private final WriteOptions durable = new WriteOptions().setSync(true);
    private final RocksDB database;

    RocksKeeper(Path folder) throws RocksDBException {
        database = RocksDB.open(options, folder.toString());
    }

    @Override
    public String name() {
        return "RocksDB";
    }

    @Override
    public void put(int first, int count) throws RocksDBException {
        if (count == 1) {
            database.put(durable, Records.key(first), Records.value(first));
            return;
        }
        try (WriteBatch batch = new WriteBatch()) {
            for (int number = first; number < first + count; number++) {
                batch.put(Records.key(number), Records.value(number));
            }
            database.write(durable, batch);
        }
    }

    @Override
    public Object get(int number) throws RocksDBException {
        return database.get(Records.key(number));
    }

    @Override
    public int scan() {
        int count = 0;
        try (RocksIterator all = database.newIterator()) {
            for (all.seekToFirst(); all.isValid(); all.next()) {
                count += all.value().length > 0 ? 1 : 0;
            }
        }
        return count;
    }

    @Override
    public void close() {
        database.close();
        durable.close();
        options.close();
        filter.close();
        cache.close();
    }
}
