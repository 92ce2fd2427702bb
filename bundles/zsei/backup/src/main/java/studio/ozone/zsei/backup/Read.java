package studio.ozone.zsei.backup;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.Snapshots.Embedding;
import studio.ozone.runtime.json.Json;

/** Reads a line of an export. Everything in it is checked that can be by the line alone; what is wrong names the value. */
final class Read {

    private static final int MOST_CHARACTERS = 250_000;
    private static final int MOST_VECTOR_BYTES = 1 << 18;
    private static final int MOST_MODEL_CHARACTERS = 200;
    private static final int MOST_SHOWN = 100;
    private static final Map<String, Set<String>> NAMES = Map.of(
            Line.HEAD, Set.of(Line.HEAD),
            Line.CONTAINER, Set.of(Line.CONTAINER, "parent", "type", "name", "source", "record", "start", "end", "hash", "version", "created", "updated",
                    "attributes"),
            Line.RELATION, Set.of(Line.RELATION, "from", "to", "confidence", "discovery"),
            Line.EMBEDDING, Set.of(Line.EMBEDDING, "model", "vector"),
            Line.END, Set.of(Line.END, "containers", "relations", "embeddings", "sha256"));
    private static final List<String> KINDS = List.of(Line.HEAD, Line.CONTAINER, Line.RELATION, Line.EMBEDDING, Line.END);

    private final Map<String, Object> json;
    private final int kind;

    private Read(Map<String, Object> json, int kind) {
        this.json = json;
        this.kind = kind;
    }

    /** @throws IOException what is wrong with it, and how it should be */
    static Read of(String line) throws IOException {
        Map<String, Object> json;
        try {
            json = Json.readObject(line);
        } catch (IOException e) {
            throw new IOException("this is no JSON object: " + shown(line), e);
        }
        String first = json.isEmpty() ? "" : json.keySet().iterator().next();
        int kind = KINDS.indexOf(first);
        if (kind < 0) {
            throw new IOException("'" + shown(first) + "' is no first name of a line; there are " + KINDS);
        }
        for (String name : json.keySet()) {
            if (!NAMES.get(first).contains(name)) {
                throw new IOException("'" + shown(name) + "' is not known here: a newer version may have written it");
            }
        }
        return new Read(json, kind);
    }

    private static String shown(Object value) {
        String text = String.valueOf(value);
        return text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "…";
    }

    /** 0 for the head, 1 for a container, 2 for an edge, 3 for a vector, 4 for the end. */
    int kind() {
        return kind;
    }

    long number(String name, long least, long most) throws IOException {
        Object value = json.get(name);
        boolean whole = value instanceof Integer || value instanceof Long;
        if (!whole || ((Number) value).longValue() < least || ((Number) value).longValue() > most) {
            throw new IOException(name + " is a whole number from " + least + " to " + most + ", not " + shown(value instanceof BigInteger ? "a larger one" : value));
        }
        return ((Number) value).longValue();
    }

    /** @return null where it is not there */
    private String text(String name) throws IOException {
        Object value = json.get(name);
        if (value != null && !(value instanceof String)) {
            throw new IOException(name + " is a text, not " + shown(value));
        }
        return (String) value;
    }

    private String needed(String name) throws IOException {
        String text = text(name);
        if (text == null) {
            throw new IOException(name + " is missing");
        }
        return text;
    }

    private Instant time(String name) throws IOException {
        String text = needed(name);
        try {
            Instant time = Instant.parse(text);
            if (time.toEpochMilli() < 0 || time.getNano() % 1_000_000 != 0) {
                throw new IOException(name + " is a time since 1970 in whole milliseconds, not " + shown(text));
            }
            return time;
        } catch (DateTimeException | ArithmeticException e) {
            throw new IOException(name + " is a time like 2026-01-31T12:00:00Z, not " + shown(text), e);
        }
    }

    Container container() throws IOException {
        ContainerType type = Line.constant(ContainerType.class, needed("type"));
        String source = text("source");
        if (source != null && source.indexOf('\0') >= 0) {
            throw new IOException("source holds a character that no path has");
        }
        int start = (int) number("start", 0, Integer.MAX_VALUE);
        int end = (int) number("end", start, Integer.MAX_VALUE);
        Instant created = time("created");
        Instant updated = time("updated");
        if (updated.isBefore(created)) {
            throw new IOException("updated, " + updated + ", is before created, " + created);
        }
        Container container = new Container(number(Line.CONTAINER, 1, Long.MAX_VALUE), number("parent", 0, Long.MAX_VALUE), (int) number("version", 1, Integer.MAX_VALUE),
                type, needed("name"), source, text("record"), start, end, text("hash"), created, updated, attributes());
        long characters = characters(container);
        if (characters > MOST_CHARACTERS) {
            throw new IOException("its texts have " + characters + " characters, and at most " + MOST_CHARACTERS + " are allowed");
        }
        return container;
    }

    private static long characters(Container container) {
        long characters = container.name().length();
        for (String text : new String[] { container.source(), container.record(), container.contentHash() }) {
            characters += text == null ? 0 : text.length();
        }
        return characters + container.attributes().entrySet().stream().mapToLong(each -> each.getKey().length() + each.getValue().length()).sum();
    }

    private Map<String, String> attributes() throws IOException {
        Map<String, String> attributes = new HashMap<>();
        Object value = json.get("attributes");
        if (value != null && !(value instanceof Map)) {
            throw new IOException("attributes is an object, not " + shown(value));
        }
        for (Map.Entry<?, ?> each : value == null ? Map.<Object, Object>of().entrySet() : ((Map<?, ?>) value).entrySet()) {
            if (!(each.getValue() instanceof String text)) {
                throw new IOException("the attribute '" + shown(each.getKey()) + "' is a text, not " + shown(each.getValue()));
            }
            attributes.put(String.valueOf(each.getKey()), text);
        }
        return attributes;
    }

    Relation relation() throws IOException {
        RelationType type = Line.relationType(needed(Line.RELATION));
        Object value = json.get("confidence");
        double confidence = value instanceof Number number ? number.doubleValue() : Double.NaN;
        if (!(confidence >= 0 && confidence <= 1)) {
            throw new IOException("confidence is 0 to 1, not " + shown(value));
        }
        Relation relation = new Relation(number("from", 0, Long.MAX_VALUE), number("to", 0, Long.MAX_VALUE), type, confidence,
                Line.constant(Relation.Discovery.class, needed("discovery")));
        if (!Line.stands(relation)) {
            throw new IOException("of an edge and the one back only one is written; it is: " + Line.of(relation.inverse()));
        }
        return relation;
    }

    Embedding embedding() throws IOException {
        String model = needed("model");
        if (model.isEmpty() || model.length() > MOST_MODEL_CHARACTERS) {
            throw new IOException("model is a name of at most " + MOST_MODEL_CHARACTERS + " characters, not " + shown(model));
        }
        String text = needed("vector");
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new IOException("vector is Base64, not " + shown(text), e);
        }
        if (bytes.length == 0 || bytes.length % Float.BYTES != 0 || bytes.length > MOST_VECTOR_BYTES) {
            throw new IOException("vector has four bytes a number, and " + bytes.length + " bytes cannot be that");
        }
        float[] vector = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
        for (float number : vector) {
            if (!Float.isFinite(number)) {
                throw new IOException("vector holds " + number + ", which is no number to search by");
            }
        }
        return new Embedding(number(Line.EMBEDDING, 1, Long.MAX_VALUE), model, vector);
    }

    /** @return null where the line has none */
    String sha256() throws IOException {
        return text("sha256");
    }
}
