package studio.ozone.zsei.embeddings;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Which model, and where its files lie.
 *
 * @param name what a user calls it
 * @param folder holds {@code model.onnx} and {@code tokenizer.json}
 * @param builtIn whether the files come out of this bundle, and so can be written again
 * @param dimension numbers in a vector; 0 for as many as the model gives
 */
record Model(String name, Path folder, boolean builtIn, int dimension) {

    /** The model in this bundle: sentence-transformers/all-MiniLM-L6-v2, weights in 8 bits. */
    static final String BUILT_IN = "all-MiniLM-L6-v2";

    private static final int BUILT_IN_DIMENSION = 384;
    /** Bytes read from either end of the weights to tell them from others: reading all of them takes a second. */
    private static final int ENDS = 1 << 20;

    /**
     * @param configured the built-in name, the name of a folder below {@code models} in the data home, or the path of a folder, in which
     *     {@code ~} stands for the user's home
     * @param dimension 0 for the model's
     */
    static Model of(String configured, int dimension, Path home) {
        if (configured.equals(BUILT_IN)) {
            if (dimension != 0 && dimension != BUILT_IN_DIMENSION) {
                throw new IllegalArgumentException("zsei.embeddings.dimension is " + dimension + ", but " + BUILT_IN + " has "
                        + BUILT_IN_DIMENSION);
            }
            return new Model(configured, home.resolve("models").resolve(BUILT_IN + "-int8"), true, BUILT_IN_DIMENSION);
        }
        String path = configured.startsWith("~/") ? System.getProperty("user.home") + configured.substring(1) : configured;
        Path folder = home.resolve("models").resolve(path).normalize();
        return new Model(String.valueOf(folder.getFileName()), folder, false, dimension);
    }

    Path weights() {
        return folder.resolve("model.onnx");
    }

    Path tokenizer() {
        return folder.resolve("tokenizer.json");
    }

    /**
     * What is stored with every vector. Two folders of one name, or one whose files have been exchanged, have different ones, so that
     * vectors of different models never meet.
     *
     * @throws IOException if the files cannot be read
     */
    String identity() throws IOException {
        if (builtIn) {
            return name;
        }
        try (FileChannel weights = FileChannel.open(weights())) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            long size = weights.size();
            digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, size));
            for (long from : new long[] {0, Math.max(0, size - ENDS)}) {
                ByteBuffer end = ByteBuffer.allocate((int) Math.min(ENDS, size));
                while (end.hasRemaining() && weights.read(end, from + end.position()) > 0) {
                    continue;
                }
                digest.update(end.flip());
            }
            digest.update(Files.readAllBytes(tokenizer()));
            return name.replaceAll("\\s+", " ") + "-" + HexFormat.of().formatHex(digest.digest(), 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
