package studio.ozone.benchmarks.side_by_side;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;

import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;

/** The same facts as a container and as bytes. */
final class Records {

    private Records() {
    }

    /** A chunk of a file, as ingest writes them. */
    static Container container(int number) {
        return Container.of(number, 0, ContainerType.CHUNK, "Chunk " + number, source(number), null, number, number + 400, hash(number), Map.of());
    }

    private static String source(int number) {
        return "/home/somebody/documents/project/notes-" + number / 20 + ".md";
    }

    /** As long as a SHA-256 in hexadecimal digits, and cheaper to come by, since that is no engine's work. */
    private static String hash(int number) {
        String digits = HexFormat.of().toHexDigits(number * 0x9E3779B97F4A7C15L);
        return digits + digits + digits + digits;
    }

    /** Big-endian, so that bytes sort as numbers do. */
    static byte[] key(int number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    static byte[] value(int number) {
        return ("Chunk " + number + "\n" + source(number) + "\n" + number + "\n" + (number + 400) + "\n" + hash(number))
                .getBytes(StandardCharsets.UTF_8);
    }
}
