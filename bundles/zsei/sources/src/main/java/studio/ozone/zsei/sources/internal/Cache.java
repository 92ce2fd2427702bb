package studio.ozone.zsei.sources.internal;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToLongFunction;

/** The least recently used go first once the bytes are too many. Thread-safe. */
final class Cache<K, V> {

    private final LinkedHashMap<K, V> entries = new LinkedHashMap<>(16, 0.75f, true);
    private final ToLongFunction<V> weight;
    private final long maxBytes;
    private long bytes;

    Cache(long maxBytes, ToLongFunction<V> weight) {
        this.maxBytes = maxBytes;
        this.weight = weight;
    }

    synchronized V get(K key) {
        return entries.get(key);
    }

    /** What alone is more than the cache holds is not kept. */
    synchronized void put(K key, V value) {
        V old = entries.remove(key);
        bytes -= old == null ? 0 : weight.applyAsLong(old);
        if (weight.applyAsLong(value) > maxBytes) {
            return;
        }
        entries.put(key, value);
        bytes += weight.applyAsLong(value);
        Iterator<Map.Entry<K, V>> oldest = entries.entrySet().iterator();
        while (bytes > maxBytes) {
            bytes -= weight.applyAsLong(oldest.next().getValue());
            oldest.remove();
        }
    }

    synchronized long bytes() {
        return bytes;
    }
}
