package studio.ozone.benchmarks.side_by_side;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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

    private static String hash(int number) {
        return Chunk.of("", Integer.toString(number)).key().repeat(2);
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
