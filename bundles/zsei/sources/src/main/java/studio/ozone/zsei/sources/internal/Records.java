package studio.ozone.zsei.sources.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import studio.ozone.api.zsei.SourceException;
import studio.ozone.api.zsei.SourceException.Code;
import studio.ozone.api.zsei.Sources;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.runtime.json.Json;

/**
 * JSON lines <code>{"id":…,"title":…,"text":…}</code>, each a document of its own. {@code id} is a string or a number and stands
 * once in a file; {@code title} may be missing; other fields do not matter.
 */
final class Records {

    /** @param line in the file, from 1 */
    record Entry(String id, String title, String text, long line, long offset) { }

    private static final int PROBED_LINES = 20;

    private final Path file;
    private final int maxBytes;

    Records(Path file, int maxBytes) {
        this.file = file;
        this.maxBytes = maxBytes;
    }

    /** Whether one of the first lines is a record; a file of another shape is read as one text. */
    boolean recognised() throws IOException {
        try (Lines lines = new Lines(file, 0, maxBytes)) {
            for (int i = 0; i < PROBED_LINES && lines.next(); i++) {
                try {
                    if (parse(lines, i + 1) != null) {
                        return true;
                    }
                } catch (SourceException e) {
                    // a broken line among the first ones is reported when the file is read
                    continue;
                }
            }
        }
        return false;
    }

    void read(Sources.Visitor visitor) throws IOException, SourceException, ZseiException, InterruptedException {
        Map<String, Long> seen = new HashMap<>();
        try (Lines lines = new Lines(file, 0, maxBytes)) {
            for (long number = 1; lines.next(); number++) {
                Entry entry;
                try {
                    entry = parse(lines, number);
                } catch (SourceException e) {
                    visitor.unreadable(number, e.getMessage());
                    continue;
                }
                if (entry == null) {
                    continue;
                }
                Long before = seen.putIfAbsent(entry.id(), number);
                if (before != null) {
                    visitor.unreadable(number, "the id \"" + entry.id() + "\" stands in line " + before + " already");
                    continue;
                }
                visitor.document(new Sources.Document(entry.id(), entry.title(), Kind.JSONL.label(), entry.text(),
                        Map.of("offset", Long.toString(entry.offset()), "line", Long.toString(entry.line())), List.of()));
            }
        }
    }

    /** The record at a place, if it is still there; else null. */
    Entry at(long offset, long line, String id) throws IOException {
        try (Lines lines = new Lines(file, offset, maxBytes)) {
            if (lines.next()) {
                Entry entry = parse(lines, line);
                return entry != null && entry.id().equals(id) ? entry : null;
            }
        } catch (SourceException e) {
            return null; // something else lies there now
        }
        return null;
    }

    /** Where each record begins: offset and line by id. */
    Map<String, long[]> places() throws IOException {
        Map<String, long[]> places = new HashMap<>();
        try (Lines lines = new Lines(file, 0, maxBytes)) {
            for (long number = 1; lines.next(); number++) {
                try {
                    Entry entry = parse(lines, number);
                    if (entry != null) {
                        places.putIfAbsent(entry.id(), new long[] {entry.offset(), number});
                    }
                } catch (SourceException e) {
                    continue; // reported when the file is ingested
                }
            }
        }
        return places;
    }

    /** @return null for an empty line */
    private Entry parse(Lines lines, long number) throws SourceException {
        if (lines.tooLong()) {
            throw new SourceException(Code.TOO_LARGE, "the line is longer than " + (maxBytes >> 20) + " MB");
        }
        String json = Encoding.decode(lines.bytes(), 0, lines.length(), "the line");
        if (json.startsWith("\ufeff")) {
            json = json.substring(1);
        }
        if (json.isBlank()) {
            return null;
        }
        Map<String, Object> object;
        try {
            object = Json.readObject(json);
        } catch (IOException e) {
            throw new SourceException(Code.BROKEN, "not a JSON object: " + e.getMessage().lines().findFirst().orElse(""), e);
        }
        Object id = object.get("id");
        if (!(id instanceof String || id instanceof Number) || id.toString().isEmpty()) {
            throw new SourceException(Code.BROKEN, "no \"id\" that is a string or a number");
        }
        if (!(object.get("text") instanceof String text)) {
            throw new SourceException(Code.BROKEN, "no \"text\" that is a string");
        }
        String title = object.get("title") instanceof String given && !given.isBlank() ? given.strip() : id.toString();
        return new Entry(id.toString(), title, text, number, lines.offset());
    }
}
