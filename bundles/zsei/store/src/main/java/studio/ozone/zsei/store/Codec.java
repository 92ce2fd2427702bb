package studio.ozone.zsei.store;

import java.util.Arrays;
import java.util.Locale;

import io.airlift.compress.Compressor;
import io.airlift.compress.Decompressor;
import io.airlift.compress.lz4.Lz4Compressor;
import io.airlift.compress.lz4.Lz4Decompressor;
import io.airlift.compress.zstd.ZstdCompressor;
import io.airlift.compress.zstd.ZstdDecompressor;

/** How large values are packed ({@code zsei.compression}). The codes are stored. */
enum Codec {
    NONE(0), LZ4(1), ZSTD(2);

    /** What is shorter stays as it is: packing alone it gains next to nothing. */
    static final int LEAST = 512;
    /** Nothing longer was ever packed: a value fits into a file of the log. So no length that somebody forged takes more memory. */
    static final int MOST = 4 << 20;
    /** What gains less than this part stays as it is. */
    private static final int WORTH = 16;

    private final int code;

    Codec(int code) {
        this.code = code;
    }

    /** The stored code, 0..3. */
    int code() {
        return code;
    }

    /** @throws IllegalArgumentException that names the key */
    static Codec of(String name) {
        for (Codec each : values()) {
            if (each.toString().equals(name)) {
                return each;
            }
        }
        throw new IllegalArgumentException("zsei.compression is " + name + "; it is none, lz4 or zstd");
    }

    static Codec ofCode(int code) {
        if (code >= values().length) {
            throw new Bytes.MalformedException("A record is packed in the unknown way " + code);
        }
        return values()[code];
    }

    /** @return null where packing is not worth while */
    byte[] pack(byte[] from, int offset, int length) {
        if (this == NONE || length < LEAST || length > MOST) {
            return null;
        }
        Compressor compressor = this == LZ4 ? new Lz4Compressor() : new ZstdCompressor();
        byte[] packed = new byte[compressor.maxCompressedLength(length)];
        int size = compressor.compress(from, offset, length, packed, 0, packed.length);
        return size > length - length / WORTH ? null : Arrays.copyOf(packed, size);
    }

    /**
     * @param unpacked the length that it has unpacked, as it is stored
     * @throws Bytes.MalformedException if it cannot be unpacked to just that
     */
    byte[] unpack(byte[] from, int offset, int length, long unpacked) {
        if (this == NONE || unpacked < 0 || unpacked > MOST) {
            throw new Bytes.MalformedException("A record says that it has " + unpacked + " bytes when it is unpacked by " + this);
        }
        Decompressor decompressor = this == LZ4 ? new Lz4Decompressor() : new ZstdDecompressor();
        byte[] whole = new byte[(int) unpacked];
        int size;
        try {
            size = decompressor.decompress(from, offset, length, whole, 0, whole.length);
        } catch (RuntimeException e) {
            throw new Bytes.MalformedException("A record cannot be unpacked by " + this + ": " + e.getMessage());
        }
        if (size != whole.length) {
            throw new Bytes.MalformedException("A record has " + size + " bytes when it is unpacked by " + this + ", not " + unpacked);
        }
        return whole;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
