package studio.ozone.llm.local;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What the head of a GGUF file says, after every count, length, offset and size in it has been held against the file.
 *
 * @param file the file
 * @param version of the format, 2 or 3
 * @param architecture for instance {@code llama}
 * @param name what the model calls itself; the file's name where it does not
 * @param quantisation how most of its values are stored, for instance {@code Q4_K_M}
 * @param parameters values of all tensors together
 * @param layers blocks of the network; 0 where the file does not say
 * @param contextLength tokens that it was trained for; 0 where the file does not say
 * @param cachePerToken bytes of keys and values kept for each token of the context, at two bytes a value; 0 where the file does not say
 * @param chatTemplate whether it says how a conversation is written
 * @param tensors how many there are
 * @param bytes the file's size
 */
record Gguf(Path file, int version, String architecture, String name, String quantisation, long parameters, long layers, long contextLength,
        long cachePerToken, boolean chatTemplate, int tensors, long bytes) {

    /**
     * Reads and checks a file's head; the numbers of the tensors are not read.
     *
     * @throws ModelException if it is no GGUF file, or one that contradicts itself; says at which byte
     * @throws IOException if the file cannot be read
     */
    static Gguf read(Path file) throws ModelException, IOException {
        try (GgufHead head = new GgufHead(file)) {
            return head.read();
        }
    }
}
