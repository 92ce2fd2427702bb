package studio.ozone.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Reads TOML 1.0 into a flat list of keys with their positions. What a configuration has no use for is refused by name: arrays of
 * tables, and tables within arrays. Dates and times are kept as text.
 */
final class TomlReader {

    private static final Pattern INTEGER = Pattern.compile("[+-]?(0|[1-9](_?[0-9])*)");
    private static final Pattern PREFIXED = Pattern.compile("0x[0-9A-Fa-f](_?[0-9A-Fa-f])*|0o[0-7](_?[0-7])*|0b[01](_?[01])*");
    private static final Pattern FLOAT =
        Pattern.compile("[+-]?(0|[1-9](_?[0-9])*)(\\.[0-9](_?[0-9])*)?([eE][+-]?[0-9](_?[0-9])*)?|[+-]?(inf|nan)");
    private static final Pattern DATE = Pattern.compile(
        "\\d{4}-\\d{2}-\\d{2}([Tt ]\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?([Zz]|[+-]\\d{2}:\\d{2})?)?|\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?");
    private static final int MAX_DEPTH = 100;

    /** How a table came to be, which decides whether it may be named again. */
    private enum Kind { IMPLICIT, HEADER, DOTTED, CLOSED }

    private static final class Node {
        final Map<String, Node> children = new HashMap<>();
        final int line;
        Kind kind;

        Node(Kind kind, int line) {
            this.kind = kind;
            this.line = line;
        }
    }

    private final String text;
    private final int[] lineStarts;
    private final List<Entry> entries = new ArrayList<>();
    private final Map<List<String>, Integer> headers = new HashMap<>();
    private final Node root = new Node(Kind.HEADER, 1);
    private int at;
    private int depth;

    private TomlReader(String text) {
        this.text = text;
        this.lineStarts = IntStream.concat(IntStream.of(0),
            IntStream.range(0, text.length()).filter(i -> text.charAt(i) == '\n').map(i -> i + 1)).toArray();
    }

    /** @throws TomlException naming line, column and what is wrong */
    static Toml read(String text) throws TomlException {
        TomlReader reader = new TomlReader(text);
        reader.document();
        return new Toml(text, List.copyOf(reader.entries), Map.copyOf(reader.headers));
    }

    private void document() throws TomlException {
        List<String> header = List.of();
        Node table = root;
        if (text.startsWith("\uFEFF")) {
            at = 1;
        }
        while (skipBlank()) {
            if (peek() == '[') {
                header = header();
                table = declare(header);
            } else {
                keyValue(table, header, header, false);
            }
            endOfLine();
        }
    }

    private List<String> header() throws TomlException {
        at++;
        if (peek() == '[') {
            throw error("an array of tables ([[…]]) has no meaning in this configuration; write [table]");
        }
        skipSpace();
        List<String> path = path();
        expect(']', "the table's name ends with ]");
        headers.put(path, at);
        return path;
    }

    private Node declare(List<String> path) throws TomlException {
        Node node = root;
        int line = line(at - 1);
        for (int i = 0; i < path.size(); i++) {
            boolean last = i == path.size() - 1;
            Node child = node.children.get(path.get(i));
            if (child == null) {
                child = new Node(last ? Kind.HEADER : Kind.IMPLICIT, line);
                node.children.put(path.get(i), child);
            } else if (child.kind == Kind.CLOSED) {
                throw new TomlException(line, 1, "'" + path.get(i) + "' is a value already, in line " + child.line);
            } else if (last) {
                if (child.kind != Kind.IMPLICIT) {
                    throw new TomlException(line, 1, "the table [" + String.join(".", path) + "] stands in line " + child.line
                        + " already; put its keys together there");
                }
                child.kind = Kind.HEADER;
            }
            node = child;
        }
        return node;
    }

    /** @param base path of the table that the key is relative to */
    private void keyValue(Node table, List<String> base, List<String> header, boolean inline) throws TomlException {
        int keyStart = at;
        List<String> relative = path();
        List<String> path = new ArrayList<>(base);
        path.addAll(relative);
        Node node = table;
        for (int i = 0; i < relative.size() - 1; i++) {
            Node child = node.children.get(relative.get(i));
            if (child == null) {
                child = new Node(Kind.DOTTED, line(keyStart));
                node.children.put(relative.get(i), child);
            } else if (child.kind == Kind.CLOSED || child.kind == Kind.HEADER) {
                throw error(keyStart, "'" + relative.get(i) + "' is defined in line " + child.line + " already");
            }
            node = child;
        }
        String name = relative.getLast();
        if (node.children.containsKey(name)) {
            throw error(keyStart, "'" + String.join(".", path) + "' is set in line " + node.children.get(name).line + " already");
        }
        Node value = new Node(Kind.CLOSED, line(keyStart));
        node.children.put(name, value);
        expect('=', "a key is followed by = and a value");
        skipSpace();
        if (peek() == '{') {
            inlineTable(value, path, header);
        } else {
            int start = at;
            Object read = value();
            entries.add(new Entry(List.copyOf(path), read, line(keyStart), column(keyStart), keyStart, start, at, header, inline));
        }
    }

    private void inlineTable(Node table, List<String> path, List<String> header) throws TomlException {
        at++;
        deeper();
        skipSpace();
        if (peek() != '}') {
            while (true) {
                skipSpace();
                keyValue(table, path, header, true);
                skipSpace();
                if (peek() == '}') {
                    break;
                }
                expect(',', "the keys of an inline table are parted by commas, on one line");
            }
        }
        at++;
        depth--;
    }

    private List<String> path() throws TomlException {
        List<String> path = new ArrayList<>();
        while (true) {
            skipSpace();
            path.add(name());
            skipSpace();
            if (peek() != '.') {
                return List.copyOf(path);
            }
            at++;
        }
    }

    private String name() throws TomlException {
        char first = peek();
        if (first == '"') {
            return basic();
        }
        if (first == '\'') {
            return literal();
        }
        int start = at;
        while (at < text.length() && bare(text.charAt(at))) {
            at++;
        }
        if (start == at) {
            throw error(first == 0 ? "a key is missing" : "a key cannot begin with " + shown(first));
        }
        return text.substring(start, at);
    }

    static boolean bare(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-';
    }

    private Object value() throws TomlException {
        char first = peek();
        return switch (first) {
            case '"' -> text.startsWith("\"\"\"", at) ? multiline('"') : basic();
            case '\'' -> text.startsWith("'''", at) ? multiline('\'') : literal();
            case '[' -> array();
            case '{' -> throw error("a table within a list has no meaning in this configuration");
            default -> scalar();
        };
    }

    private List<Object> array() throws TomlException {
        at++;
        deeper();
        List<Object> items = new ArrayList<>();
        while (true) {
            skipBlank();
            if (peek() == ']') {
                break;
            }
            items.add(value());
            skipBlank();
            if (peek() == ']') {
                break;
            }
            expect(',', "the items of a list are parted by commas, and the list ends with ]");
        }
        at++;
        depth--;
        return List.copyOf(items);
    }

    private Object scalar() throws TomlException {
        int start = at;
        while (at < text.length() && (bare(text.charAt(at)) || "+.:".indexOf(text.charAt(at)) >= 0)) {
            at++;
        }
        if (at - start == 10 && at + 2 < text.length() && text.charAt(at) == ' ' && Character.isDigit(text.charAt(at + 1))) {
            at++;
            while (at < text.length() && (bare(text.charAt(at)) || "+.:".indexOf(text.charAt(at)) >= 0)) {
                at++;
            }
        }
        String word = text.substring(start, at);
        if (word.equals("true") || word.equals("false")) {
            return word.equals("true");
        }
        if (INTEGER.matcher(word).matches() || PREFIXED.matcher(word).matches()) {
            return integer(start, word.replace("_", ""));
        }
        if (FLOAT.matcher(word).matches()) {
            return Double.parseDouble(word.replace("_", "").replace("inf", "Infinity").replace("nan", "NaN"));
        }
        if (DATE.matcher(word).matches()) {
            return word;
        }
        if (word.isEmpty()) {
            at = start;
            throw error(peek() == 0 || peek() == '\n' || peek() == '\r' || peek() == '#' ? "the value is missing"
                : "a value cannot begin with " + shown(peek()));
        }
        throw error(start, "'" + word + "' is no value; text is written in quotes: \"" + word + "\"");
    }

    private Long integer(int start, String digits) throws TomlException {
        try {
            return switch (digits.length() > 2 ? digits.substring(0, 2) : "") {
                case "0x" -> Long.parseLong(digits.substring(2), 16);
                case "0o" -> Long.parseLong(digits.substring(2), 8);
                case "0b" -> Long.parseLong(digits.substring(2), 2);
                default -> Long.parseLong(digits);
            };
        } catch (NumberFormatException e) {
            throw error(start, "'" + digits + "' is beyond 64 bits");
        }
    }

    private String basic() throws TomlException {
        int start = at++;
        StringBuilder out = new StringBuilder();
        while (true) {
            char c = peek();
            if (c == '"') {
                at++;
                return out.toString();
            }
            if (c == 0 && at >= text.length() || c == '\n' || c == '\r') {
                throw error(start, "the text has no closing quote");
            }
            if (c == '\\') {
                escape(out);
            } else {
                out.append(printable(c));
                at++;
            }
        }
    }

    private String literal() throws TomlException {
        int start = at++;
        while (peek() != '\'') {
            if (at >= text.length() || peek() == '\n' || peek() == '\r') {
                throw error(start, "the text has no closing quote");
            }
            printable(peek());
            at++;
        }
        return text.substring(start + 1, at++);
    }

    private String multiline(char quote) throws TomlException {
        int start = at;
        at += 3;
        String end = String.valueOf(quote).repeat(3);
        StringBuilder out = new StringBuilder();
        if (peek() == '\r') {
            at++;
        }
        if (peek() == '\n') {
            at++;
        }
        while (true) {
            if (at >= text.length()) {
                throw error(start, "the text has no closing " + end);
            }
            if (text.startsWith(end, at)) {
                at += 3;
                for (int more = 0; more < 2 && peek() == quote; more++) {
                    out.append(quote);
                    at++;
                }
                return out.toString();
            }
            char c = peek();
            if (c == '\\' && quote == '"') {
                if (!foldedLine()) {
                    escape(out);
                }
            } else if (c == '\r' && at + 1 < text.length() && text.charAt(at + 1) == '\n') {
                at++;
            } else {
                out.append(c == '\n' ? c : printable(c));
                at++;
            }
        }
    }

    /** A backslash at the end of a line swallows the line break and the space after it. */
    private boolean foldedLine() {
        int ahead = at + 1;
        while (ahead < text.length() && (text.charAt(ahead) == ' ' || text.charAt(ahead) == '\t' || text.charAt(ahead) == '\r')) {
            ahead++;
        }
        if (ahead >= text.length() || text.charAt(ahead) != '\n') {
            return false;
        }
        while (ahead < text.length() && " \t\r\n".indexOf(text.charAt(ahead)) >= 0) {
            ahead++;
        }
        at = ahead;
        return true;
    }

    private void escape(StringBuilder out) throws TomlException {
        int start = at++;
        char c = peek();
        at++;
        switch (c) {
            case 'b' -> out.append('\b');
            case 't' -> out.append('\t');
            case 'n' -> out.append('\n');
            case 'f' -> out.append('\f');
            case 'r' -> out.append('\r');
            case '"' -> out.append('"');
            case '\\' -> out.append('\\');
            case 'u' -> out.appendCodePoint(unicode(start, 4));
            case 'U' -> out.appendCodePoint(unicode(start, 8));
            default -> throw error(start, "the escape \\" + shown(c) + " does not exist; a backslash itself is written \\\\, or the text in '…'");
        }
    }

    private int unicode(int start, int digits) throws TomlException {
        if (at + digits <= text.length()) {
            String hex = text.substring(at, at + digits);
            if (hex.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
                long code = Long.parseLong(hex, 16);
                if (code <= Character.MAX_CODE_POINT && (code < Character.MIN_SURROGATE || code > Character.MAX_SURROGATE)) {
                    at += digits;
                    return (int) code;
                }
            }
        }
        throw error(start, "a Unicode escape has " + digits + " hexadecimal digits and names a character");
    }

    private char printable(char c) throws TomlException {
        if (c < ' ' && c != '\t' || c == 0x7f) {
            throw error("a control character (code " + (int) c + ") cannot stand in a text");
        }
        return c;
    }

    private void deeper() throws TomlException {
        if (++depth > MAX_DEPTH) {
            throw error("nested more than " + MAX_DEPTH + " deep");
        }
    }

    /** Skips space, line breaks and comments. Returns false at the end. */
    private boolean skipBlank() throws TomlException {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '#') {
                comment();
            } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r' && at + 1 < text.length() && text.charAt(at + 1) == '\n') {
                at++;
            } else {
                return true;
            }
        }
        return false;
    }

    private void comment() throws TomlException {
        while (at < text.length() && text.charAt(at) != '\n') {
            if (text.charAt(at) != '\r') {
                printable(text.charAt(at));
            }
            at++;
        }
    }

    private void endOfLine() throws TomlException {
        skipSpace();
        if (peek() == '#') {
            comment();
        }
        if (peek() == '\r') {
            at++;
        }
        if (at < text.length() && peek() != '\n') {
            throw error("nothing but a comment can follow on this line, but there is " + shown(peek()));
        }
    }

    private void skipSpace() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }

    private void expect(char c, String rule) throws TomlException {
        if (at >= text.length() || text.charAt(at) != c) {
            throw error(rule + (at >= text.length() ? ", but the file ends here" : ", but there is " + shown(peek())));
        }
        at++;
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private static String shown(char c) {
        return c == '\n' || c == '\r' ? "the end of the line" : c < ' ' ? "code " + (int) c : "'" + c + "'";
    }

    private TomlException error(String message) {
        return error(at, message);
    }

    private TomlException error(int offset, String message) {
        return new TomlException(line(offset), column(offset), message);
    }

    private int line(int offset) {
        int found = Arrays.binarySearch(lineStarts, offset);
        return found >= 0 ? found + 1 : -found - 1;
    }

    private int column(int offset) {
        return offset - lineStarts[line(offset) - 1] + 1;
    }
}
