package studio.ozone.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A TOML text that was read, and how it is changed: by an edit of the text where the key stands. Everything else, comments
 * included, stays as the user wrote it.
 *
 * @param text the whole file
 * @param entries its keys in the order of the text
 * @param headers its table headers, with the offset after the closing bracket
 */
record Toml(String text, List<Entry> entries, Map<List<String>, Integer> headers) implements Document {

    @Override
    public Toml with(String key, Object value) throws TomlException {
        String literal = Literals.toml(value);
        Optional<Entry> here = find(key);
        if (here.isPresent()) {
            Entry entry = here.get();
            return checked(text.substring(0, entry.valueStart()) + literal + text.substring(entry.valueEnd()), key, value);
        }
        List<String> path = List.of(key.split("\\."));
        List<String> table = path.subList(0, path.size() - 1);
        Entry neighbour = entries.stream().filter(entry -> entry.table().equals(table)).reduce((first, last) -> last).orElse(null);
        if (neighbour != null && neighbour.inline()) {
            return insert(neighbour.valueEnd(), ", " + Literals.key(path.getLast()) + " = " + literal, key, value);
        }
        if (neighbour != null) {
            String indent = text.substring(lineStart(neighbour.keyStart()), neighbour.keyStart());
            String name = Literals.path(path.subList(neighbour.header().size(), path.size()));
            return insertLine(lineEnd(neighbour.valueEnd()), indent + name + " = " + literal, key, value);
        }
        Integer header = headers.get(table);
        if (header != null) {
            return insertLine(lineEnd(header), Literals.key(path.getLast()) + " = " + literal, key, value);
        }
        String gap = text.isEmpty() ? "" : text.endsWith("\n") ? newline() : newline() + newline();
        String addition = gap + "[" + Literals.path(table) + "]" + newline() + Literals.key(path.getLast()) + " = " + literal + newline();
        return checked(text + addition, key, value);
    }

    @Override
    public Toml without(String key) throws TomlException {
        Entry entry = find(key).orElse(null);
        if (entry == null) {
            return this;
        }
        int start = lineStart(entry.keyStart());
        int end = Math.min(text.length(), lineEnd(entry.valueEnd()) + (text.startsWith("\r\n", lineEnd(entry.valueEnd())) ? 2 : 1));
        if (entry.inline()) {
            start = entry.keyStart();
            end = entry.valueEnd();
            int after = skipSpace(end);
            int before = text.lastIndexOf(',', start);
            if (text.charAt(after) == ',') {
                end = skipSpace(after + 1);
            } else if (before >= 0 && text.substring(before + 1, start).isBlank()) {
                start = before;
            }
        }
        return checked(text.substring(0, start) + text.substring(end), key, null);
    }

    /**
     * This text without the headers of tables that have nothing in them any more, not even a comment.
     *
     * @param tables the tables in question
     */
    Toml withoutEmpty(Collection<List<String>> tables) {
        List<Integer> starts = new ArrayList<>(headers.values().stream().map(this::lineStart).sorted().toList());
        starts.add(text.length());
        String edited = text;
        for (int i = starts.size() - 2; i >= 0; i--) {
            int start = starts.get(i);
            int end = starts.get(i + 1);
            List<String> table = headers.entrySet().stream().filter(each -> lineStart(each.getValue()) == start).map(Map.Entry::getKey).findFirst()
                .orElseThrow();
            if (tables.contains(table) && text.substring(headers.get(table), end).isBlank()) {
                edited = edited.substring(0, start) + edited.substring(end);
            }
        }
        try {
            Toml read = TomlReader.read(edited);
            return read.values().equals(values()) ? read : this;
        } catch (TomlException e) {
            return this;    // then the headers stay; they do no harm
        }
    }

    private Toml insertLine(int offset, String line, String key, Object value) throws TomlException {
        return insert(offset, newline() + line, key, value);
    }

    private Toml insert(int offset, String addition, String key, Object value) throws TomlException {
        return checked(text.substring(0, offset) + addition + text.substring(offset), key, value);
    }

    /** An edit is taken only when the new text means exactly the old one with this key changed. */
    private Toml checked(String edited, String key, Object value) throws TomlException {
        Toml read = TomlReader.read(edited);
        Map<List<String>, Object> expected = new HashMap<>(values());
        List<String> path = find(key).map(Entry::path).orElse(List.of(key.split("\\.")));
        if (value == null) {
            expected.remove(path);
        } else {
            expected.put(path, value);
        }
        if (!expected.equals(read.values())) {
            throw new TomlException(find(key).map(Entry::line).orElse(1), 1,
                "'" + key + "' cannot be changed here by an edit of one value; please edit the file");
        }
        return read;
    }

    private Map<List<String>, Object> values() {
        Map<List<String>, Object> values = new HashMap<>();
        entries.forEach(entry -> values.put(entry.path(), entry.value()));
        return values;
    }

    private String newline() {
        return text.contains("\r\n") ? "\r\n" : "\n";
    }

    private int lineStart(int offset) {
        return offset == 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
    }

    private int lineEnd(int offset) {
        int end = text.indexOf('\n', offset);
        return end < 0 ? text.length() : end > 0 && text.charAt(end - 1) == '\r' ? end - 1 : end;
    }

    private int skipSpace(int offset) {
        int at = offset;
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        return at;
    }

    /** Keys of the text in their order; for messages and tests. */
    List<String> keys() {
        return new ArrayList<>(entries.stream().map(Entry::key).toList());
    }
}
