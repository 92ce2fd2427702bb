package studio.ozone.zsei.backup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.LongConsumer;

import studio.ozone.api.zsei.Snapshots.Embedding;

/** SHA-256, in lower-case hexadecimal digits. */
final class Digest {

    private static final int BUFFER_BYTES = 1 << 16;
    private final MessageDigest sha = sha256();

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    void add(byte[] bytes) {
        sha.update(bytes);
    }

    /** Id, model and vector, as a line of an export has them. */
    void add(Embedding embedding) {
        sha.update((embedding.id() + " " + embedding.model() + "\n").getBytes(StandardCharsets.UTF_8));
        sha.update(Line.bytes(embedding.vector()));
    }

    /** The digest of all that was added. To be asked once. */
    String text() {
        return HexFormat.of().formatHex(sha.digest());
    }

    /** @param read told of the bytes that were read, as they are */
    static String of(Path file, LongConsumer read) throws IOException, InterruptedException {
        Digest digest = new Digest();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.sha.update(buffer, 0, count);
                read.accept(count);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        }
        return digest.text();
    }
}
