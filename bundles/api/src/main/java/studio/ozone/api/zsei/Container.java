package studio.ozone.api.zsei;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * The one kind of record in ZSEI: a description of a thing, never a copy of its content. Immutable.
 *
 * @param id positive; 0 is the root, which always exists
 * @param parent the id of the container above
 * @param version 1 for a new container, one more with each write; set by the store
 * @param type what it stands for
 * @param name what a user calls it: a file's name, a heading, a title
 * @param source the absolute path of the file it describes or lies in; null where there is none
 * @param record the {@code id} of the record within the source, where the source holds several; null elsewhere
 * @param start the first code point in the text of the source (or record), from 0
 * @param end the code point after the last
 * @param contentHash SHA-256 of the described text in lower-case hexadecimal digits; null where there is no text
 * @param created when it was first written; set by the store
 * @param updated when this version was written; set by the store
 * @param attributes further facts by name, small; never null
 */
public record Container(long id, long parent, int version, ContainerType type, String name, String source, String record, int start,
        int end, String contentHash, Instant created, Instant updated, Map<String, String> attributes) {

    public Container {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(name, "name");
        attributes = Map.copyOf(attributes);
        if (id < 0 || parent < 0) {
            throw new IllegalArgumentException("id and parent are 0 or more, not " + id + " and " + parent);
        }
        if (start < 0 || end < start) {
            throw new IllegalArgumentException("start..end is " + start + ".." + end);
        }
    }

    /** A container that is yet to be written: version and times are the store's. */
    public static Container of(long id, long parent, ContainerType type, String name, String source, String record, int start, int end,
            String contentHash, Map<String, String> attributes) {
        return new Container(id, parent, 0, type, name, source, record, start, end, contentHash, null, null, attributes);
    }
}
