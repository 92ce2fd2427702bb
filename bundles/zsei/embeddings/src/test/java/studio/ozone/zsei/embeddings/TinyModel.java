package studio.ozone.zsei.embeddings;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;

import studio.ozone.runtime.json.Json;

/** Writes a folder with a model of one layer: a table of numbers by token, as an ONNX graph of one Gather. */
final class TinyModel {

    private static final String[] PIECES = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "heron", "pike", "reeds", "##s"};

    private TinyModel() {
    }

    static void write(Path folder, int dimension, long seed) throws IOException {
        Files.createDirectories(folder);
        Random random = new Random(seed);
        ByteBuffer table = ByteBuffer.allocate(PIECES.length * dimension * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (table.hasRemaining()) {
            table.putFloat((float) random.nextGaussian());
        }
        Message weights = new Message().number(1, PIECES.length).number(1, dimension).number(2, 1).text(8, "table").bytes(9, table.array());
        Message node = new Message().text(1, "table").text(1, "input_ids").text(2, "last_hidden_state").text(4, "Gather");
        Message graph = new Message().message(1, node).text(2, "tiny").message(5, weights)
            .message(11, value("input_ids", 7, new Message().text(2, "batch"), new Message().text(2, "tokens")))
            .message(12, value("last_hidden_state", 1, new Message().text(2, "batch"), new Message().text(2, "tokens"), new Message().number(1, dimension)));
        Files.write(folder.resolve("model.onnx"), new Message().number(1, 8).message(7, graph).message(8, new Message().number(2, 13)).written());
        StringBuilder vocabulary = new StringBuilder();
        for (int i = 0; i < PIECES.length; i++) {
            vocabulary.append(i == 0 ? "" : ",").append('"').append(PIECES[i]).append("\":").append(i);
        }
        Files.writeString(folder.resolve("tokenizer.json"), "{\"truncation\":{\"max_length\":16},\"model\":{\"type\":\"WordPiece\",\"vocab\":{" + vocabulary
            + "}}}");
        Map<String, Object> checked = Json.readObject(Files.readString(folder.resolve("tokenizer.json")));
        assert checked.size() == 2;
    }

    private static Message value(String name, int type, Message... dimensions) {
        Message shape = new Message();
        for (Message dimension : dimensions) {
            shape.message(1, dimension);
        }
        return new Message().text(1, name).message(2, new Message().message(1, new Message().number(1, type).message(2, shape)));
    }

    /** A message of protocol buffers. */
    private static final class Message {

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message number(int field, long value) {
            varint(field << 3);
            varint(value);
            return this;
        }

        Message text(int field, String value) {
            return bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return bytes(field, value.written());
        }

        Message bytes(int field, byte[] value) {
            varint(field << 3 | 2);
            varint(value.length);
            out.writeBytes(value);
            return this;
        }

        byte[] written() {
            return out.toByteArray();
        }

        private void varint(long value) {
            long rest = value;
            for (; (rest & ~0x7FL) != 0; rest >>>= 7) {
                out.write((int) (rest & 0x7F | 0x80));
            }
            out.write((int) rest);
        }
    }
}
