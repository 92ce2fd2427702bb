package studio.ozone.benchmarks.side_by_side;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A piece of text.
 *
 * @param key the first 16 bytes of its SHA-256, in hexadecimal digits: what corpora are sorted by, so that the first n of one are a sample
 * @param source where it stands
 */
record Chunk(String key, String source, String text) implements Comparable<Chunk> {

    static final int KEY_BYTES = 16;

    static Chunk of(String source, String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return new Chunk(HexFormat.of().formatHex(digest, 0, KEY_BYTES), source, text);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    /** The first words, as somebody would ask who knows what the text is about. */
    String question() {
        String[] words = text.split(" ", 13);
        return String.join(" ", java.util.Arrays.copyOf(words, Math.min(12, words.length)));
    }

    @Override
    public int compareTo(Chunk other) {
        return key.compareTo(other.key);
    }
}
