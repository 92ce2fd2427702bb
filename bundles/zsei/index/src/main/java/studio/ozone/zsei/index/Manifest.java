package studio.ozone.zsei.index;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import org.apache.lucene.index.CorruptIndexException;

import studio.ozone.runtime.files.DurableFile;

/**
 * Which folders make up an index: the file {@link #CURRENT} names those that answer, {@link #NEXT} those that are being built to take
 * their place. Written aside, synced and renamed, so there is always a whole one; {@code docs/index.md} describes it.
 *
 * @param shape how vectors are kept
 * @param shardSize as configured when it was made; 0 for a single index
 * @param model of the vectors; null while it is not known
 * @param shards in their order, one or more
 */
record Manifest(Settings.Shape shape, int shardSize, String model, List<Shard> shards) {

    static final String CURRENT = "current";
    static final String NEXT = "next";
    private static final String FIRST_LINE = "ozone index 1";

    /**
     * @param folder below the root, a number
     * @param centroid of length 1, which vectors near it are sent by; null where there is one shard only
     */
    record Shard(String folder, float[] centroid) { }

    /**
     * @return null where there is none
     * @throws CorruptIndexException if it is none
     * @throws IOException if it cannot be read
     */
    static Manifest read(Path root, String name) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(root.resolve(name), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return null;
        }
        try {
            if (lines.isEmpty() || !lines.getFirst().equals(FIRST_LINE)) {
                throw new CorruptIndexException("not a list of an index's folders", root.resolve(name).toString());
            }
            Settings.Shape shape = null;
            int size = 0;
            String model = null;
            List<Shard> shards = new ArrayList<>();
            for (String line : lines.subList(1, lines.size())) {
                String[] parts = line.split(" ", 2);
                switch (parts[0]) {
                    case "shape" -> shape = Settings.Shape.of(parts[1]);
                    case "shard_size" -> size = Integer.parseInt(parts[1]);
                    case "model" -> model = parts[1];
                    case "folder" -> {
                        String[] of = parts[1].split(" ");
                        shards.add(new Shard(Integer.toString(Integer.parseInt(of[0])), of.length == 1 ? null : numbers(of[1])));
                    }
                    default -> throw new CorruptIndexException("a line that is not understood: " + parts[0], root.resolve(name).toString());
                }
            }
            if (shape == null || shards.isEmpty()) {
                throw new CorruptIndexException("cut off", root.resolve(name).toString());
            }
            return new Manifest(shape, size, model, List.copyOf(shards));
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new CorruptIndexException("damaged: " + e.getMessage(), root.resolve(name).toString(), e);
        }
    }

    /** Whether a folder stands in both. */
    boolean sharesWith(Manifest other) {
        return shards.stream().anyMatch(shard -> other.shards.stream().anyMatch(each -> each.folder().equals(shard.folder())));
    }

    void write(Path root, String name) throws IOException {
        StringBuilder text = new StringBuilder(FIRST_LINE).append('\n').append("shape ").append(shape.text()).append('\n')
            .append("shard_size ").append(shardSize).append('\n');
        if (model != null) {
            text.append("model ").append(model).append('\n');
        }
        for (Shard shard : shards) {
            text.append("folder ").append(shard.folder());
            if (shard.centroid() != null) {
                text.append(' ').append(text(shard.centroid()));
            }
            text.append('\n');
        }
        DurableFile.write(root.resolve(name), text.toString());
    }

    private static String text(float[] numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES);
        bytes.asFloatBuffer().put(numbers);
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    private static float[] numbers(String text) {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(text));
        float[] numbers = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(numbers);
        return numbers;
    }
}
