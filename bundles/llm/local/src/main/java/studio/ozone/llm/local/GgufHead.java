package studio.ozone.llm.local;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the head of a GGUF file in order, and believes nothing in it: what native code would multiply, allocate or jump to is checked
 * here first. Memory is bounded by {@link #KEPT} whatever the file claims; time by the file's size.
 *
 * <p>The format: magic, version, number of tensors, number of keys, the keys with their values, the tensors' descriptions, padding, the
 * tensors' numbers. Lengths are 64-bit, little-endian.
 */
final class GgufHead implements Closeable {

    static final int MAGIC = 0x46554747;    // "GGUF", little-endian
    /** More than any real model has, by a factor of ten: the largest have some 2,000 tensors and 60 keys. */
    static final long MOST_TENSORS = 65_536;
    static final long MOST_KEYS = 4_096;
    static final int LONGEST_NAME = 1_024;
    /** The longest single text, in bytes; chat templates have some 10,000. */
    static final int LONGEST_TEXT = 1 << 22;
    /** Entries of a list; vocabularies have some 260,000. */
    static final long LONGEST_LIST = 1 << 24;
    private static final int MOST_DIMENSIONS = 4;
    /** Texts up to this many bytes are kept; longer ones are passed over. */
    private static final int KEPT = 1_024;
    private static final int STRING = 8;
    private static final int ARRAY = 9;
    /** Bytes of a value by its type's number; 0 for texts and lists. */
    private static final int[] WIDTHS = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
    private static final int DEFAULT_ALIGNMENT = 32;
    private static final String[] FILE_TYPES = {"F32", "F16", "Q4_0", "Q4_1", null, null, null, "Q8_0", "Q5_0", "Q5_1", "Q2_K", "Q3_K_S", "Q3_K_M",
        "Q3_K_L", "Q4_K_S", "Q4_K_M", "Q5_K_S", "Q5_K_M", "Q6_K", "IQ2_XXS", "IQ2_XS", "Q2_K_S", "IQ3_XS", "IQ3_XXS", "IQ1_S", "IQ4_NL", "IQ3_S",
        "IQ3_M", "IQ2_S", "IQ2_M", "IQ4_XS", "IQ1_M", "BF16", null, null, null, "TQ1_0", "TQ2_0", "MXFP4", "NVFP4", "Q1_0"};

    private record Extent(String name, long start, long end) { }

    private final Path file;
    private final FileChannel channel;
    private final long size;
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN).limit(0);
    private final Map<String, Object> values = new HashMap<>();
    /** Offset in the file of the buffer's first byte. */
    private long base;

    GgufHead(Path file) throws IOException, ModelException {
        this.file = file;
        if (!Files.isRegularFile(file)) {
            throw new ModelException(Files.exists(file) ? file + " is not a file." : "There is no file " + file + ".");
        }
        this.channel = FileChannel.open(file, StandardOpenOption.READ);
        this.size = channel.size();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    Gguf read() throws IOException, ModelException {
        if (size < 24 || i32() != MAGIC) {
            throw new ModelException(file + " is not a GGUF model: it does not begin with GGUF. Was the download cut off, or is it a page?");
        }
        int version = i32();
        if (version < 2 || version > 3) {
            throw wrong("it says version " + Integer.toUnsignedString(version) + " of the format; 2 and 3 are understood"
                + (Integer.reverseBytes(version) == 3 ? " (it is written for big-endian machines)" : ""));
        }
        long tensors = count(MOST_TENSORS, "tensors");
        long keys = count(MOST_KEYS, "keys");
        for (long i = 0; i < keys; i++) {
            key();
        }
        return tensors(version, (int) tensors);
    }

    private void key() throws IOException, ModelException {
        String name = text(LONGEST_NAME, "a key");
        Object value = value(i32(), name);
        if (values.putIfAbsent(name, value) != null) {
            throw wrong("the key " + shown(name) + " stands twice");
        }
    }

    /** Numbers and short texts as they are; what is large stands for itself as its size. */
    private Object value(int type, String name) throws IOException, ModelException {
        if (type == ARRAY) {
            int each = i32();
            long items = i64();
            if (each == ARRAY || each < 0 || each >= WIDTHS.length) {
                throw wrong("the list " + shown(name) + " has entries of type " + each + ", which there is not");
            }
            if (items < 0 || items > LONGEST_LIST) {
                throw wrong("the list " + shown(name) + " claims " + Long.toUnsignedString(items) + " entries; at most " + LONGEST_LIST + " are possible");
            }
            for (long i = 0; each == STRING && i < items; i++) {
                skip(length(LONGEST_TEXT, "an entry of " + shown(name)), name);
            }
            if (each != STRING) {
                skip(items * WIDTHS[each], name);
            }
            return List.of(items);
        }
        return switch (type) {
            case 0 -> (long) (need(1).get() & 0xff);
            case 1 -> (long) need(1).get();
            case 2 -> (long) (need(2).getShort() & 0xffff);
            case 3 -> (long) need(2).getShort();
            case 4 -> Integer.toUnsignedLong(i32());
            case 5 -> (long) i32();
            case 6 -> (double) need(4).getFloat();
            case 7 -> need(1).get() != 0;
            case STRING -> text(LONGEST_TEXT, shown(name));
            case 10, 11 -> i64();
            case 12 -> need(8).getDouble();
            default -> throw wrong("the key " + shown(name) + " has a value of type " + Integer.toUnsignedString(type) + ", which there is not");
        };
    }

    private Gguf tensors(int version, int count) throws IOException, ModelException {
        long alignment = number("general.alignment", DEFAULT_ALIGNMENT);
        if (alignment < 8 || alignment > 1 << 20 || Long.bitCount(alignment) != 1) {
            throw wrong("general.alignment is " + alignment + "; it is a power of two from 8 to 1048576");
        }
        Set<String> names = new HashSet<>();
        List<Extent> extents = new ArrayList<>();
        Map<TensorType, Long> byType = new HashMap<>();
        long parameters = 0;
        for (int i = 0; i < count; i++) {
            String name = text(LONGEST_NAME, "a tensor's name");
            if (!names.add(name)) {
                throw wrong("the tensor " + shown(name) + " stands twice");
            }
            long values = dimensions(name);
            TensorType type = TensorType.of(i32());
            if (type == null || rowLength % type.blockValues() != 0) {
                throw wrong("the tensor " + shown(name) + " has " + (type == null ? "a type of numbers that is not known"
                    : "rows of " + rowLength + " values, which are no whole blocks of " + type));
            }
            extents.add(extent(name, type, values, alignment));
            byType.merge(type, values, Long::sum);
            parameters = Math.addExact(parameters, values);      // each is below 2^55 and there are at most 2^16: cannot overflow
        }
        long data = Math.ceilDiv(position(), alignment) * alignment;
        within(extents, data);
        TensorType most = byType.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).orElse(null);
        return gguf(version, parameters, count, most);
    }

    /** Values of the first dimension of the tensor whose {@link #dimensions} were read last. */
    private long rowLength;

    private long dimensions(String name) throws IOException, ModelException {
        int dimensions = i32();
        if (dimensions < 1 || dimensions > MOST_DIMENSIONS) {
            throw wrong("the tensor " + shown(name) + " has " + Integer.toUnsignedString(dimensions) + " dimensions; 1 to " + MOST_DIMENSIONS + " are possible");
        }
        long values = 1;
        for (int i = 0; i < dimensions; i++) {
            long length = i64();
            if (length < 1 || length > size * 8 || Math.multiplyHigh(values, length) != 0 || values * length > size * 8 || values * length < 0) {
                throw wrong("the tensor " + shown(name) + " claims more values than the file has bits");
            }
            rowLength = i == 0 ? length : rowLength;
            values *= length;
        }
        return values;
    }

    private Extent extent(String name, TensorType type, long values, long alignment) throws IOException, ModelException {
        long offset = i64();
        if (offset < 0 || offset > size || offset % alignment != 0) {
            throw wrong("the tensor " + shown(name) + " starts at " + Long.toUnsignedString(offset) + ", which is "
                + (offset < 0 || offset > size ? "beyond the end of the file" : "no multiple of " + alignment));
        }
        return new Extent(name, offset, offset + type.bytes(values));
    }

    private void within(List<Extent> extents, long data) throws ModelException {
        extents.sort(Comparator.comparingLong(Extent::start));
        Extent before = null;
        for (Extent each : extents) {
            if (each.end() > size - data) {
                throw new ModelException(file + " is cut off: the tensor " + shown(each.name()) + " ends at byte " + (data + each.end()) + ", the file has "
                    + size + " bytes. Download it again.");
            }
            if (before != null && each.start() < before.end()) {
                throw wrong("the tensors " + shown(before.name()) + " and " + shown(each.name()) + " lie over one another");
            }
            before = each;
        }
    }

    private Gguf gguf(int version, long parameters, int tensors, TensorType most) throws ModelException {
        if (!(values.get("general.architecture") instanceof String architecture) || !architecture.matches("[a-zA-Z0-9_.-]{1,64}")) {
            throw wrong("general.architecture, which every model has, is missing or no name");
        }
        if (tensors == 0) {
            throw wrong("it holds no tensor (a vocabulary without a model?)");
        }
        Object type = values.get("general.file_type");
        String quantisation = type instanceof Long code && code >= 0 && code < FILE_TYPES.length && FILE_TYPES[code.intValue()] != null
            ? FILE_TYPES[code.intValue()] : most.name();
        return new Gguf(file, version, architecture, values.get("general.name") instanceof String name && !name.isBlank() ? name : file.getFileName().toString(),
            quantisation, parameters, Math.max(0, number(architecture + ".block_count", 0)), Math.max(0, number(architecture + ".context_length", 0)),
            cachePerToken(architecture), values.containsKey("tokenizer.chat_template"), tensors, size);
    }

    /** Layers x heads of keys and values x (length of a key + length of a value) x two bytes, each held within what real models have. */
    private long cachePerToken(String architecture) {
        long embedding = modest(architecture + ".embedding_length", 0);
        long heads = modest(architecture + ".attention.head_count", 0);
        long head = heads == 0 ? 0 : embedding / heads;
        return modest(architecture + ".block_count", 0) * modest(architecture + ".attention.head_count_kv", heads)
            * (modest(architecture + ".attention.key_length", head) + modest(architecture + ".attention.value_length", head)) * 2;
    }

    /** A number up to 8192, or the other one; a list with one number for each layer counts as not known. */
    private long modest(String key, long otherwise) {
        return Math.clamp(values.get(key) instanceof Long number ? number : otherwise, 0, 8_192);
    }

    private long number(String key, long otherwise) throws ModelException {
        Object value = values.get(key);
        if (value != null && !(value instanceof Long)) {
            throw wrong(key + " is no whole number");
        }
        return value == null ? otherwise : (Long) value;
    }

    private long count(long most, String what) throws IOException, ModelException {
        long count = i64();
        if (count < 0 || count > most) {
            throw wrong("it claims " + Long.toUnsignedString(count) + " " + what + "; at most " + most + " are possible");
        }
        return count;
    }

    private long length(long most, String what) throws IOException, ModelException {
        long length = i64();
        if (length < 0 || length > most || length > size - position()) {
            throw wrong("the text of " + what + " claims " + Long.toUnsignedString(length) + " bytes");
        }
        return length;
    }

    private String text(int most, String what) throws IOException, ModelException {
        long length = length(most, what);
        if (length > KEPT) {
            skip(length, what);
            return "";
        }
        byte[] bytes = new byte[(int) length];
        need(bytes.length).get(bytes);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw wrong("the text of " + what + " is no valid UTF-8");
        }
    }

    private int i32() throws IOException, ModelException {
        return need(4).getInt();
    }

    private long i64() throws IOException, ModelException {
        return need(8).getLong();
    }

    private long position() {
        return base + buffer.position();
    }

    private void skip(long bytes, String what) throws ModelException {
        if (bytes > size - position()) {
            throw wrong(shown(what) + " goes beyond the end of the file");
        }
        if (bytes <= buffer.remaining()) {
            buffer.position(buffer.position() + (int) bytes);
        } else {
            base = position() + bytes;
            buffer.position(0).limit(0);
        }
    }

    /** The buffer with at least so many bytes to read; never more than its capacity. */
    private ByteBuffer need(int bytes) throws IOException, ModelException {
        if (buffer.remaining() < bytes) {
            base = position();
            buffer.compact();
            while (buffer.position() < bytes) {
                if (channel.read(buffer, base + buffer.position()) < 0) {
                    buffer.flip();
                    throw new ModelException(file + " is cut off at byte " + size + ", within its head. Download it again.");
                }
            }
            buffer.flip();
        }
        return buffer;
    }

    private ModelException wrong(String what) {
        return new ModelException(file + " is not a valid model (near byte " + position() + "): " + what + ". Do not use it; get it again from a source you trust.");
    }

    private static String shown(String name) {
        String clean = name.replaceAll("[^\\x20-\\x7e]", "?");
        return "'" + (clean.length() > 80 ? clean.substring(0, 80) + "…" : clean) + "'";
    }
}
