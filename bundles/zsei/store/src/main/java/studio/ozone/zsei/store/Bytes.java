package studio.ozone.zsei.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import jetbrains.exodus.ArrayByteIterable;
import jetbrains.exodus.ByteIterable;

/**
 * Bytes that are written one after another, and read back. Numbers of 0 or more are written in groups of seven bits, the
 * lowest first, the top bit set where more follow; strings in UTF-8 behind their length.
 */
final class Bytes {

    private byte[] array;
    private int position;
    private final int limit;

    /** For writing. */
    Bytes() {
        array = new byte[160];
        limit = 0;
    }

    /** For reading. */
    Bytes(ByteIterable from) {
        array = from.getBytesUnsafe();
        limit = from.getLength();
    }

    Bytes raw(int octet) {
        room(1);
        array[position++] = (byte) octet;
        return this;
    }

    Bytes raw(byte[] octets) {
        room(octets.length);
        System.arraycopy(octets, 0, array, position, octets.length);
        position += octets.length;
        return this;
    }

    Bytes number(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            array[position++] = (byte) (rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        array[position++] = (byte) rest;
        return this;
    }

    Bytes string(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        return number(utf8.length).raw(utf8);
    }

    ByteIterable written() {
        return new ArrayByteIterable(array, position);
    }

    boolean more() {
        return position < limit;
    }

    int octet() {
        need(1);
        return array[position++] & 0xFF;
    }

    byte[] octets(int count) {
        need(count);
        position += count;
        return Arrays.copyOfRange(array, position - count, position);
    }

    long number() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int octet = octet();
            value |= (long) (octet & 0x7F) << shift;
            if ((octet & 0x80) == 0) {
                return value;
            }
        }
        throw new MalformedException("A number has more than 64 bits");
    }

    String string() {
        int length = (int) number();
        need(length);
        position += length;
        return new String(array, position - length, length, StandardCharsets.UTF_8);
    }

    private void need(int count) {
        if (count < 0 || count > limit - position) {
            throw new MalformedException("A record ends after " + limit + " bytes, before its content does");
        }
    }

    private void room(int count) {
        if (position + count > array.length) {
            array = Arrays.copyOf(array, Math.max(array.length * 2, position + count));
        }
    }

    /** Bytes in the store that cannot be a record. */
    static final class MalformedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        MalformedException(String message) {
            super(message);
        }
    }
}
