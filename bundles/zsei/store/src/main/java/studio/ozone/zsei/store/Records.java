package studio.ozone.zsei.store;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import jetbrains.exodus.ArrayByteIterable;
import jetbrains.exodus.ByteIterable;

import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore.Links;
import studio.ozone.api.zsei.ContainerStore.Version;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;

/**
 * The values of the store: containers, edges, vectors, versions. Each ends in the checksum of its key and of itself, and is read as it was
 * written before there were checksums, too. Described in {@code docs/formats/store.md}.
 */
final class Records {

    /** Edges that a version keeps. */
    static final int MOST_EDGES = 10_000;
    private static final int LAYOUT_WITHOUT_CHECKSUM = 1;
    private static final int LAYOUT = 2;
    private static final int SOURCE = 1;
    private static final int RECORD = 2;
    private static final int SHA_256 = 4;
    private static final int OTHER_HASH = 8;
    private static final int CODEC_SHIFT = 4;
    private static final int CODEC = 3;
    private static final int VERSION_LAYOUT = 1;
    private static final int WITH_EDGES = 1;
    private static final int CERTAIN = 0x80;
    private static final int EDGE_WITHOUT_CHECKSUM = 9;
    private static final int VECTOR = 0x10;
    private static final int PADDED = 4;
    private static final HexFormat HEX = HexFormat.of();

    private Records() { }

    /** A container as it is stored. @param sequence the commit that wrote it */
    record Stored(Container container, long sequence) { }

    static ByteIterable container(Container container, long sequence, Codec codec) {
        String hash = container.contentHash();
        boolean sha = isSha(hash);
        int flags = (container.source() == null ? 0 : SOURCE) | (container.record() == null ? 0 : RECORD)
                | (hash == null ? 0 : sha ? SHA_256 : OTHER_HASH);
        long created = container.created().toEpochMilli();
        Bytes bytes = new Bytes().raw(LAYOUT).raw(flags).raw(container.type().code()).number(container.parent())
                .number(container.version()).number(sequence).number(created)
                .number(Math.max(0, container.updated().toEpochMilli() - created));
        int head = bytes.position();
        bytes.number(container.start()).number(container.end() - container.start()).string(container.name());
        if (container.source() != null) {
            bytes.string(container.source());
        }
        if (container.record() != null) {
            bytes.string(container.record());
        }
        if (sha) {
            bytes.raw(HEX.parseHex(hash));
        } else if (hash != null) {
            bytes.string(hash);
        }
        if (!container.attributes().isEmpty()) {
            new TreeMap<>(container.attributes()).forEach((name, value) -> bytes.string(name).string(value));
        }
        if (bytes.pack(head, codec)) {
            bytes.set(1, flags | codec.code() << CODEC_SHIFT);
        }
        return bytes.seal(Keys.of(container.id())).written();
    }

    private static boolean isSha(String hash) {
        if (hash == null || hash.length() != 64) {
            return false;
        }
        for (int i = 0; i < 64; i++) {
            char c = hash.charAt(i);
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return true;
    }

    static Stored container(long id, ByteIterable value) {
        Bytes bytes = new Bytes(value);
        open(id, bytes);
        return container(id, bytes);
    }

    /** Reads the layout, and checks what it says is to be checked. */
    private static void open(long id, Bytes bytes) {
        int layout = bytes.octet();
        if (layout == LAYOUT) {
            if (!bytes.unseal(Keys.of(id))) {
                throw new Bytes.MalformedException("The record of container " + id + " is damaged: its checksum is that of another content");
            }
        } else if (layout != LAYOUT_WITHOUT_CHECKSUM) {
            throw new Bytes.MalformedException("Container " + id + " has the unknown record layout " + layout);
        }
    }

    private static Stored container(long id, Bytes head) {
        int flags = head.octet();
        ContainerType type = ContainerType.ofCode(head.octet());
        long parent = head.number();
        int version = (int) head.number();
        long sequence = head.number();
        long created = head.number();
        long updated = created + head.number();
        Codec codec = Codec.ofCode(flags >> CODEC_SHIFT & CODEC);
        Bytes bytes = codec == Codec.NONE ? head : head.unpacked(codec);
        int start = (int) bytes.number();
        int end = start + (int) bytes.number();
        String name = bytes.string();
        String source = (flags & SOURCE) == 0 ? null : bytes.string();
        String record = (flags & RECORD) == 0 ? null : bytes.string();
        String hash = (flags & SHA_256) != 0 ? HEX.formatHex(bytes.octets(32)) : (flags & OTHER_HASH) != 0 ? bytes.string() : null;
        Map<String, String> attributes = bytes.more() ? new HashMap<>() : Map.of();
        while (bytes.more()) {
            attributes.put(bytes.string(), bytes.string());
        }
        return new Stored(new Container(id, parent, version, type, name, source, record, start, end, hash,
                Instant.ofEpochMilli(created), Instant.ofEpochMilli(updated), attributes), sequence);
    }

    /** The beginning of {@link #container(long, ByteIterable)}, where the links stand. */
    static void head(long id, ByteIterable value, Links links) {
        Bytes bytes = new Bytes(value);
        open(id, bytes);
        bytes.octet();
        int type = bytes.octet();
        long parent = bytes.number();
        bytes.number();
        bytes.number();
        links.container(id, parent, type, bytes.number() + bytes.number());
    }

    /** As much of {@link #relation(ByteIterable, ByteIterable)} as a link is. */
    static void link(ByteIterable key, ByteIterable value, Links links) {
        links.edge(Keys.number(key, 0), key.getBytesUnsafe()[8] & 0xFF, Keys.number(key, 9), confidence(edge(key, value)));
    }

    static ByteIterable relation(ByteIterable key, Relation relation) {
        Bytes bytes = new Bytes(EDGE_WITHOUT_CHECKSUM + Integer.BYTES);
        long confidence = Double.doubleToRawLongBits(relation.confidence());
        return bytes.whole((int) (confidence >>> 32)).whole((int) confidence).raw(relation.discovery().ordinal()).seal(key).written();
    }

    static Relation relation(ByteIterable key, ByteIterable value) {
        Bytes bytes = edge(key, value);
        double confidence = confidence(bytes);
        return new Relation(Keys.number(key, 0), Keys.number(key, 9), RelationType.ofCode(key.getBytesUnsafe()[8] & 0xFF), confidence,
                discovery(bytes.octet()));
    }

    private static Bytes edge(ByteIterable key, ByteIterable value) {
        Bytes bytes = new Bytes(value);
        if (value.getLength() != EDGE_WITHOUT_CHECKSUM && !bytes.unseal(key)) {
            throw new Bytes.MalformedException("The record of the edge from container " + Keys.number(key, 0) + " to container " + Keys.number(key, 9)
                    + " is damaged: its checksum is that of another content");
        }
        return bytes;
    }

    private static double confidence(Bytes bytes) {
        return Double.longBitsToDouble((long) bytes.whole() << 32 | bytes.whole() & 0xFFFFFFFFL);
    }

    private static Relation.Discovery discovery(int ordinal) {
        Relation.Discovery[] all = Relation.Discovery.values();
        if (ordinal >= all.length) {
            throw new Bytes.MalformedException("An edge was found in the unknown way " + ordinal);
        }
        return all[ordinal];
    }

    /** Its length is no multiple of four, which tells it from the bare numbers that were written before there were checksums. */
    static ByteIterable vector(ByteIterable key, float[] vector, Codec codec) {
        ByteBuffer bare = ByteBuffer.allocate(vector.length * Float.BYTES);
        bare.asFloatBuffer().put(vector);
        Bytes bytes = new Bytes(bare.capacity() + 16);
        int tag = VECTOR;
        byte[] packed = codec == Codec.NONE || bare.capacity() < Codec.LEAST ? null : codec.pack(planes(bare.array()), 0, bare.capacity());
        if (packed == null) {
            bytes.raw(bare.array());
        } else {
            bytes.number(bare.capacity()).raw(packed);
            tag |= codec.code();
            if ((bytes.position() + 1 + Integer.BYTES) % Float.BYTES == 0) {
                bytes.raw(0);
                tag |= PADDED;
            }
        }
        return bytes.raw(tag).seal(key).written();
    }

    static float[] vector(ByteIterable key, ByteIterable value) {
        int length = value.getLength();
        if (length % Float.BYTES == 0) {
            return floats(value.getBytesUnsafe(), length);
        }
        Bytes bytes = new Bytes(value);
        if (!bytes.unseal(key)) {
            throw new Bytes.MalformedException("The vector of container " + Keys.number(key, 0) + " is damaged: its checksum is that of another content");
        }
        int tag = bytes.last();
        if ((tag & 0xF0) != VECTOR) {
            throw new Bytes.MalformedException("The vector of container " + Keys.number(key, 0) + " has the unknown layout " + tag);
        }
        Codec codec = Codec.ofCode(tag & CODEC);
        if (codec == Codec.NONE) {
            return floats(value.getBytesUnsafe(), bytes.left());
        }
        if ((tag & PADDED) != 0) {
            bytes.last();
        }
        byte[] planes = bytes.unpacked(codec).octets();
        return floats(unplaned(planes), planes.length);
    }

    private static float[] floats(byte[] bare, int length) {
        float[] vector = new float[length / Float.BYTES];
        ByteBuffer.wrap(bare, 0, length).asFloatBuffer().get(vector);
        return vector;
    }

    /** The first bytes of all numbers, then the second ones …: signs and exponents, which are alike, stand together. */
    private static byte[] planes(byte[] bare) {
        int count = bare.length / Float.BYTES;
        byte[] planes = new byte[bare.length];
        for (int i = 0; i < bare.length; i++) {
            planes[i % Float.BYTES * count + i / Float.BYTES] = bare[i];
        }
        return planes;
    }

    private static byte[] unplaned(byte[] planes) {
        int count = planes.length / Float.BYTES;
        byte[] bare = new byte[planes.length];
        for (int i = 0; i < count * Float.BYTES; i++) {
            bare[i] = planes[i % Float.BYTES * count + i / Float.BYTES];
        }
        return bare;
    }

    /** @param edges those that leave the container, at most {@link #MOST_EDGES}; null where they are not kept */
    static ByteIterable version(Stored stored, List<Relation> edges, Codec codec) {
        int flags = edges == null ? 0 : WITH_EDGES;
        Bytes bytes = new Bytes().raw(VERSION_LAYOUT).raw(flags);
        int head = bytes.position();
        ByteIterable record = container(stored.container(), stored.sequence(), Codec.NONE);
        bytes.number(record.getLength()).raw(record);
        if (edges != null) {
            for (Relation edge : edges) {
                boolean certain = edge.confidence() == 1;
                bytes.raw(edge.type().code()).number(edge.to()).raw(edge.discovery().ordinal() | (certain ? CERTAIN : 0));
                if (!certain) {
                    long confidence = Double.doubleToRawLongBits(edge.confidence());
                    bytes.whole((int) (confidence >>> 32)).whole((int) confidence);
                }
            }
        }
        if (bytes.pack(head, codec)) {
            bytes.set(1, flags | codec.code() << CODEC_SHIFT);
        }
        return bytes.seal(Keys.of(stored.container().id(), stored.container().version())).written();
    }

    /** A version as it is stored. @param edges null where they are not kept */
    record Kept(Stored stored, List<Relation> edges) {

        Version version() {
            return new Version(stored.container(), edges == null ? List.of() : edges, edges != null);
        }
    }

    static Kept version(ByteIterable key, ByteIterable value) {
        long id = Keys.number(key, 0);
        long number = Keys.number(key, 8);
        Bytes outer = new Bytes(value);
        int layout = outer.octet();
        if (layout != VERSION_LAYOUT) {
            throw new Bytes.MalformedException("Version " + number + " of container " + id + " has the unknown record layout " + layout);
        }
        if (!outer.unseal(key)) {
            throw new Bytes.MalformedException("The record of version " + number + " of container " + id
                    + " is damaged: its checksum is that of another content");
        }
        int flags = outer.octet();
        Codec codec = Codec.ofCode(flags >> CODEC_SHIFT & CODEC);
        Bytes bytes = codec == Codec.NONE ? outer : outer.unpacked(codec);
        Stored stored = container(id, new ArrayByteIterable(bytes.octets((int) bytes.number())));
        if ((flags & WITH_EDGES) == 0) {
            return new Kept(stored, null);
        }
        List<Relation> edges = new ArrayList<>();
        while (bytes.more()) {
            RelationType type = RelationType.ofCode(bytes.octet());
            long to = bytes.number();
            int found = bytes.octet();
            double confidence = (found & CERTAIN) != 0 ? 1 : confidence(bytes);
            edges.add(new Relation(id, to, type, confidence, discovery(found & ~CERTAIN)));
        }
        return new Kept(stored, List.copyOf(edges));
    }
}
