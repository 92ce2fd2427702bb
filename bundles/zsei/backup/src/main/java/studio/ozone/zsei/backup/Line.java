package studio.ozone.zsei.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.Snapshots.Embedding;
import studio.ozone.runtime.json.Json;

/** The lines of an export, each a JSON object whose first name says what it is ({@code docs/formats/export.md}). Without line ends. */
final class Line {

    static final int FORMAT = 1;
    static final String HEAD = "ozone_export";
    static final String CONTAINER = "container";
    static final String RELATION = "relation";
    static final String EMBEDDING = "embedding";
    static final String END = "end";

    private Line() { }

    static String head() {
        return Json.write(Map.of(HEAD, FORMAT));
    }

    static String of(Container container) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(CONTAINER, container.id());
        line.put("parent", container.parent());
        line.put("type", container.type());
        line.put("name", container.name());
        some(line, "source", container.source());
        some(line, "record", container.record());
        line.put("start", container.start());
        line.put("end", container.end());
        some(line, "hash", container.contentHash());
        line.put("version", container.version());
        line.put("created", container.created());
        line.put("updated", container.updated());
        if (!container.attributes().isEmpty()) {
            line.put("attributes", new TreeMap<>(container.attributes()));
        }
        return Json.write(line);
    }

    private static void some(Map<String, Object> line, String name, String value) {
        if (value != null) {
            line.put(name, value);
        }
    }

    /** An edge and its inverse are one line: whether this is the one of both that stands for them. */
    static boolean stands(Relation relation) {
        int there = relation.type().code();
        int back = relation.type().inverse().code();
        return there < back || there == back && relation.from() <= relation.to();
    }

    static String of(Relation relation) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(RELATION, relation.type());
        line.put("from", relation.from());
        line.put("to", relation.to());
        line.put("confidence", relation.confidence());
        line.put("discovery", relation.discovery());
        return Json.write(line);
    }

    static String of(Embedding embedding) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(EMBEDDING, embedding.id());
        line.put("model", embedding.model());
        line.put("vector", Base64.getEncoder().encodeToString(bytes(embedding.vector())));
        return Json.write(line);
    }

    /** Four bytes a number, the lowest first (IEEE 754). */
    static byte[] bytes(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return bytes.array();
    }

    static String end(long containers, long relations, long embeddings, String sha256) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(END, Line.FORMAT);
        line.put("containers", containers);
        line.put("relations", relations);
        line.put("embeddings", embeddings);
        line.put("sha256", sha256);
        return Json.write(line);
    }

    /** @throws IOException if there is no such type */
    static RelationType relationType(Object name) throws IOException {
        return constant(RelationType.class, name);
    }

    static <E extends Enum<E>> E constant(Class<E> type, Object name) throws IOException {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(name)) {
                return constant;
            }
        }
        throw new IOException("'" + name + "' is none of " + Stream.of(type.getEnumConstants()).map(each -> each.name().toLowerCase(Locale.ROOT)).toList());
    }
}
