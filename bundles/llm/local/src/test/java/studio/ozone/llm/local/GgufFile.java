package studio.ozone.llm.local;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes a small, right model file, or a wrong one piece by piece. */
final class GgufFile {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Two tensors, a vocabulary of three, and what a real one says about itself. */
    static byte[] small() {
        GgufFile file = new GgufFile().head(3, 2, 7);
        file.text("general.architecture").i32(8).text("llama");
        file.text("general.name").i32(8).text("Small");
        file.text("general.file_type").i32(4).i32(15);
        file.text("llama.block_count").i32(4).i32(30);
        file.text("llama.context_length").i32(4).i32(8192);
        file.text("tokenizer.chat_template").i32(8).text("x".repeat(2000));
        file.text("tokenizer.ggml.tokens").i32(9).i32(8).i64(3).text("a").text("b").text("c");
        file.tensor("token_embd.weight", 12, 0, 256, 2);
        file.tensor("norm.weight", 0, 288, 8);
        return file.pad(32).bytes(288 + 32).bytes();
    }

    GgufFile head(int version, long tensors, long keys) {
        return i32(GgufHead.MAGIC).i32(version).i64(tensors).i64(keys);
    }

    GgufFile tensor(String name, int type, long offset, long... dimensions) {
        text(name).i32(dimensions.length);
        for (long dimension : dimensions) {
            i64(dimension);
        }
        return i32(type).i64(offset);
    }

    GgufFile i32(int value) {
        out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
        return this;
    }

    GgufFile i64(long value) {
        out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
        return this;
    }

    GgufFile text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        i64(bytes.length);
        out.writeBytes(bytes);
        return this;
    }

    GgufFile pad(int alignment) {
        return bytes(Math.floorMod(-out.size(), alignment));
    }

    GgufFile bytes(int count) {
        out.writeBytes(new byte[count]);
        return this;
    }

    byte[] bytes() {
        return out.toByteArray();
    }
}
