package studio.ozone.zsei.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

import jetbrains.exodus.ArrayByteIterable;
import jetbrains.exodus.ByteIterable;

/**
 * Bytes that are written one after another, and read back. Numbers of 0 or more are written in groups of seven bits, the
 * lowest first, the top bit set where more follow; strings in UTF-8 behind their length.
 */
final class Bytes {

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private byte[] array;
    private int position;
    private int limit;

    /** For writing. */
    Bytes() {
        this(320);
    }

    /** For writing. @param expected bytes; more are taken where they are needed */
    Bytes(int expected) {
        array = new byte[expected];
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

    Bytes raw(ByteIterable octets) {
        int length = octets.getLength();
        room(length);
        System.arraycopy(octets.getBytesUnsafe(), 0, array, position, length);
        position += length;
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

    /** A number of four bytes, the highest first. */
    Bytes whole(int value) {
        room(Integer.BYTES);
        INT.set(array, position, value);
        position += Integer.BYTES;
        return this;
    }

    /** Packs what was written from a place on, where that is worth while: the length that it has unpacked stands before it. */
    boolean pack(int from, Codec codec) {
        int length = position - from;
        byte[] packed = codec.pack(array, from, length);
        if (packed == null) {
            return false;
        }
        position = from;
        number(length).raw(packed);
        return true;
    }

    /** Puts a byte into a place that was written. */
    void set(int at, int octet) {
        array[at] = (byte) octet;
    }

    int position() {
        return position;
    }

    /** The end of a record: the checksum of its key and of all that was written. */
    Bytes seal(ByteIterable key) {
        return whole(checksum(key, position));
    }

    /** Whether the checksum at the end of a record is that of its key and content; it is not read any more then. */
    boolean unseal(ByteIterable key) {
        int end = limit - Integer.BYTES;
        if (end < 0 || (int) INT.get(array, end) != checksum(key, end)) {
            return false;
        }
        limit = end;
        return true;
    }

    private int checksum(ByteIterable key, int end) {
        CRC32C sum = new CRC32C();
        sum.update(key.getBytesUnsafe(), 0, key.getLength());
        sum.update(array, 0, end);
        return (int) sum.getValue();
    }

    ByteIterable written() {
        return new ArrayByteIterable(array, position);
    }

    /** What {@link #pack} packed, up to the end of the record. */
    Bytes unpacked(Codec codec) {
        long length = number();
        return new Bytes(new ArrayByteIterable(codec.unpack(array, position, limit - position, length)));
    }

    boolean more() {
        return position < limit;
    }

    int octet() {
        need(1);
        return array[position++] & 0xFF;
    }

    /** What is left, up to the end. */
    int left() {
        return limit - position;
    }

    int whole() {
        need(Integer.BYTES);
        position += Integer.BYTES;
        return (int) INT.get(array, position - Integer.BYTES);
    }

    /** The last byte, which is not read a second time. */
    int last() {
        need(1);
        return array[--limit] & 0xFF;
    }

    byte[] octets() {
        return octets(left());
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
