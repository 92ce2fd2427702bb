package studio.ozone.zsei.store;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

import jetbrains.exodus.ArrayByteIterable;
import jetbrains.exodus.ByteIterable;

import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore.Links;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;

/** The values of the store: containers, edges, vectors. Described in {@code docs/formats/store.md}. */
final class Records {

    private static final int LAYOUT = 1;
    private static final int SOURCE = 1;
    private static final int RECORD = 2;
    private static final int SHA_256 = 4;
    private static final int OTHER_HASH = 8;
    private static final HexFormat HEX = HexFormat.of();

    private Records() { }

    /** A container as it is stored. @param sequence the commit that wrote it */
    record Stored(Container container, long sequence) { }

    static ByteIterable container(Container container, long sequence) {
        boolean sha = container.contentHash() != null && container.contentHash().matches("[0-9a-f]{64}");
        int flags = (container.source() == null ? 0 : SOURCE) | (container.record() == null ? 0 : RECORD)
                | (container.contentHash() == null ? 0 : sha ? SHA_256 : OTHER_HASH);
        long created = container.created().toEpochMilli();
        Bytes bytes = new Bytes().raw(LAYOUT).raw(flags).raw(container.type().code()).number(container.parent())
                .number(container.version()).number(sequence).number(created)
                .number(Math.max(0, container.updated().toEpochMilli() - created)).number(container.start())
                .number(container.end() - container.start()).string(container.name());
        if (container.source() != null) {
            bytes.string(container.source());
        }
        if (container.record() != null) {
            bytes.string(container.record());
        }
        if (sha) {
            bytes.raw(HEX.parseHex(container.contentHash()));
        } else if (container.contentHash() != null) {
            bytes.string(container.contentHash());
        }
        new TreeMap<>(container.attributes()).forEach((name, value) -> bytes.string(name).string(value));
        return bytes.written();
    }

    static Stored container(long id, ByteIterable value) {
        Bytes bytes = new Bytes(value);
        int layout = bytes.octet();
        if (layout != LAYOUT) {
            throw new Bytes.MalformedException("Container " + id + " has the unknown record layout " + layout);
        }
        int flags = bytes.octet();
        ContainerType type = ContainerType.ofCode(bytes.octet());
        long parent = bytes.number();
        int version = (int) bytes.number();
        long sequence = bytes.number();
        long created = bytes.number();
        long updated = created + bytes.number();
        int start = (int) bytes.number();
        int end = start + (int) bytes.number();
        String name = bytes.string();
        String source = (flags & SOURCE) == 0 ? null : bytes.string();
        String record = (flags & RECORD) == 0 ? null : bytes.string();
        String hash = (flags & SHA_256) != 0 ? HEX.formatHex(bytes.octets(32)) : (flags & OTHER_HASH) != 0 ? bytes.string() : null;
        Map<String, String> attributes = new HashMap<>();
        while (bytes.more()) {
            attributes.put(bytes.string(), bytes.string());
        }
        return new Stored(new Container(id, parent, version, type, name, source, record, start, end, hash,
                Instant.ofEpochMilli(created), Instant.ofEpochMilli(updated), attributes), sequence);
    }

    /** The beginning of {@link #container(long, ByteIterable)}, where the links stand. */
    static void head(long id, ByteIterable value, Links links) {
        Bytes bytes = new Bytes(value);
        int layout = bytes.octet();
        if (layout != LAYOUT) {
            throw new Bytes.MalformedException("Container " + id + " has the unknown record layout " + layout);
        }
        bytes.octet();
        int type = bytes.octet();
        long parent = bytes.number();
        bytes.number();
        bytes.number();
        links.container(id, parent, type, bytes.number() + bytes.number());
    }

    static void link(ByteIterable key, ByteIterable value, Links links) {
        double confidence = Double.longBitsToDouble(Keys.number(value, 0));
        links.edge(Keys.number(key, 0), key.getBytesUnsafe()[8] & 0xFF, Keys.number(key, 9), confidence);
    }

    static ByteIterable relation(Relation relation) {
        return new ArrayByteIterable(ByteBuffer.allocate(9).putDouble(relation.confidence())
                .put((byte) relation.discovery().ordinal()).array());
    }

    static Relation relation(ByteIterable key, ByteIterable value) {
        ByteBuffer facts = ByteBuffer.wrap(value.getBytesUnsafe(), 0, value.getLength());
        double confidence = facts.getDouble();
        return new Relation(Keys.number(key, 0), Keys.number(key, 9), RelationType.ofCode(key.getBytesUnsafe()[8] & 0xFF), confidence,
                Relation.Discovery.values()[facts.get()]);
    }

    static ByteIterable vector(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES);
        bytes.asFloatBuffer().put(vector);
        return new ArrayByteIterable(bytes.array());
    }

    static float[] vector(ByteIterable value) {
        float[] vector = new float[value.getLength() / Float.BYTES];
        ByteBuffer.wrap(value.getBytesUnsafe(), 0, value.getLength()).asFloatBuffer().get(vector);
        return vector;
    }
}
