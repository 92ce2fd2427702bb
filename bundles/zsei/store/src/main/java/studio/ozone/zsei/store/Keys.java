package studio.ozone.zsei.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

import jetbrains.exodus.ArrayByteIterable;
import jetbrains.exodus.ByteIterable;

import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;

/**
 * The keys of the store. Numbers are eight bytes, the highest first, so that keys sort as the numbers do (none is negative).
 * Described in {@code docs/formats/store.md}.
 */
final class Keys {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Keys() { }

    static ByteIterable of(long number) {
        byte[] key = new byte[8];
        LONG.set(key, 0, number);
        return new ArrayByteIterable(key);
    }

    static ByteIterable of(long first, long second) {
        byte[] key = new byte[16];
        LONG.set(key, 0, first);
        LONG.set(key, 8, second);
        return new ArrayByteIterable(key);
    }

    static ByteIterable edge(Relation relation) {
        return edge(relation.from(), relation.type(), relation.to());
    }

    static ByteIterable edge(long from, RelationType type, long to) {
        byte[] key = new byte[17];
        LONG.set(key, 0, from);
        key[8] = (byte) type.code();
        LONG.set(key, 9, to);
        return new ArrayByteIterable(key);
    }

    static ByteIterable embedding(long id, String model) {
        byte[] name = model.getBytes(StandardCharsets.UTF_8);
        byte[] key = new byte[8 + name.length];
        LONG.set(key, 0, id);
        System.arraycopy(name, 0, key, 8, name.length);
        return new ArrayByteIterable(key);
    }

    /** The path, and for a record a zero byte and its id: no path holds a zero byte, so that nothing else has this key. */
    static ByteIterable place(String source, String record) {
        String text = record == null ? source : source + '\0' + record;
        return new ArrayByteIterable(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The key under which a container is found by its place; null where it is not found that way. */
    static ByteIterable place(Container container) {
        return container.source() == null ? null : switch (container.type()) {
            case DIRECTORY, DATASET, DOCUMENT -> place(container.source(), container.record());
            default -> null;
        };
    }

    /** The number that stands at a place in a key. */
    static long number(ByteIterable key, int offset) {
        return (long) LONG.get(key.getBytesUnsafe(), offset);
    }

    /** Whether a key begins with a number. */
    static boolean begins(ByteIterable key, long number) {
        return key.getLength() >= 8 && number(key, 0) == number;
    }
}
