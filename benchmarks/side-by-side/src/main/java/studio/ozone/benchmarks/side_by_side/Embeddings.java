package studio.ozone.benchmarks.side_by_side;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import studio.ozone.api.zsei.Embedder;

/**
 * Vectors of texts, kept in a file that grows: records of a text's key and its vector. A record that was cut off is written again, so that
 * the work goes on where it was left, and a text of another corpus that is the same costs nothing.
 */
final class Embeddings {

    private static final int BLOCK = 512;

    private final Path file;
    private final int dimension;
    private final int record;
    private final Map<String, float[]> vectors = new HashMap<>();

    /** @param file need not be there */
    Embeddings(Path file, int dimension) throws IOException {
        this.file = file;
        this.dimension = dimension;
        this.record = Chunk.KEY_BYTES + dimension * Float.BYTES;
        if (!Files.exists(file)) {
            Files.createDirectories(file.getParent());
            return;
        }
        try (FileChannel in = FileChannel.open(file)) {
            ByteBuffer buffer = ByteBuffer.allocate(record * BLOCK).order(ByteOrder.LITTLE_ENDIAN);
            byte[] key = new byte[Chunk.KEY_BYTES];
            while (in.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.remaining() >= record) {
                    buffer.get(key);
                    float[] vector = new float[dimension];
                    buffer.asFloatBuffer().get(vector);
                    buffer.position(buffer.position() + dimension * Float.BYTES);
                    vectors.put(HexFormat.of().formatHex(key), vector);
                }
                buffer.compact();
            }
        }
    }

    /** @return null where the text has not been embedded */
    float[] of(String key) {
        return vectors.get(key);
    }

    int size() {
        return vectors.size();
    }

    /** Embeds what is missing among the first texts, and writes as it goes. */
    void fill(List<Chunk> chunks, Embedder embedder, int threads) throws IOException, InterruptedException, ExecutionException {
        List<Chunk> missing = chunks.stream().filter(chunk -> !vectors.containsKey(chunk.key())).toList();
        if (missing.isEmpty()) {
            return;
        }
        System.err.printf("Embedding %,d texts into %s; it may be stopped and goes on where it was%n", missing.size(), file);
        long began = System.nanoTime();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads); FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE,
                StandardOpenOption.WRITE)) {
            out.position(out.size() / record * record);
            for (int from = 0; from < missing.size(); from += BLOCK) {
                List<Chunk> block = missing.subList(from, Math.min(missing.size(), from + BLOCK));
                List<Future<float[]>> results = new ArrayList<>();
                for (Chunk chunk : block) {
                    results.add(pool.submit(() -> embedder.embed(chunk.text())));
                }
                ByteBuffer buffer = ByteBuffer.allocate(record * block.size()).order(ByteOrder.LITTLE_ENDIAN);
                for (int i = 0; i < block.size(); i++) {
                    float[] vector = results.get(i).get();
                    vectors.put(block.get(i).key(), vector);
                    buffer.put(HexFormat.of().parseHex(block.get(i).key()));
                    for (float value : vector) {
                        buffer.putFloat(value);
                    }
                }
                buffer.flip();
                while (buffer.hasRemaining()) {
                    out.write(buffer);
                }
                int done = from + block.size();
                System.err.printf("%,d of %,d, %.0f a second%n", done, missing.size(), done / ((System.nanoTime() - began) / 1e9));
            }
        }
    }
}
