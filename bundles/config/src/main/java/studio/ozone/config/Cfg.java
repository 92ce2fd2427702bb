package studio.ozone.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A {@code .cfg} file: Java properties in UTF-8, the keys relative to the table that the file's name gives. All values are texts; the
 * schema says what they mean. Felix's typed form ({@code key = B"true"}) is read too.
 */
record Cfg(String text, List<Entry> entries, List<String> table) implements Document {

    private static final Pattern TYPED = Pattern.compile("[TILFDXSCBtilfdxscb]?\"(.*)\"", Pattern.DOTALL);

    static Cfg read(String text, List<String> table) throws TomlException {
        List<Entry> entries = new ArrayList<>();
        int line = 1;
        int at = 0;
        while (at < text.length()) {
            int begin = at;
            int first = line;
            StringBuilder logical = new StringBuilder();
            boolean continued = true;
            while (continued && at < text.length()) {
                int end = text.indexOf('\n', at);
                end = end < 0 ? text.length() : end;
                String physical = text.substring(at, end > at && text.charAt(end - 1) == '\r' ? end - 1 : end);
                String trimmed = physical.stripLeading();
                boolean comment = logical.isEmpty() && (trimmed.startsWith("#") || trimmed.startsWith("!"));
                int slashes = physical.length() - physical.replaceAll("\\\\+$", "").length();
                continued = !comment && slashes % 2 == 1;
                if (!comment) {
                    String part = logical.isEmpty() ? physical : trimmed;
                    logical.append(continued ? part.substring(0, part.length() - 1) : part);
                }
                at = Math.min(text.length(), end + 1);
                line++;
            }
            if (!logical.toString().isBlank()) {
                entries.add(entry(text, begin, at, first, logical.toString(), table));
            }
        }
        Map<String, Integer> lines = new HashMap<>();
        for (Entry entry : entries) {
            Integer before = lines.putIfAbsent(entry.key(), entry.line());
            if (before != null) {
                throw new TomlException(entry.line(), 1, "'" + entry.key() + "' is set in line " + before + " already");
            }
        }
        return new Cfg(text, List.copyOf(entries), List.copyOf(table));
    }

    private static Entry entry(String text, int begin, int end, int line, String logical, List<String> table) throws TomlException {
        int start = 0;
        while (start < logical.length() && Character.isWhitespace(logical.charAt(start))) {
            start++;
        }
        int sign = start;
        while (sign < logical.length() && "=: \t".indexOf(logical.charAt(sign)) < 0) {
            sign += logical.charAt(sign) == '\\' ? 2 : 1;
        }
        sign = Math.min(sign, logical.length());
        String key = unescape(logical.substring(start, sign), line);
        int value = sign;
        while (value < logical.length() && (logical.charAt(value) == ' ' || logical.charAt(value) == '\t')) {
            value++;
        }
        if (value < logical.length() && (logical.charAt(value) == '=' || logical.charAt(value) == ':')) {
            value++;
        }
        String raw = unescape(logical.substring(value).strip(), line);
        Matcher typed = TYPED.matcher(raw);
        List<String> path = new ArrayList<>(table);
        path.addAll(List.of(key.split("\\.")));
        int stop = end > begin && text.charAt(end - 1) == '\n' ? end - 1 : end;
        stop = stop > begin && text.charAt(stop - 1) == '\r' ? stop - 1 : stop;
        return new Entry(List.copyOf(path), typed.matches() ? typed.group(1) : raw, line, start + 1, begin, begin, stop, table, false);
    }

    @Override
    public Cfg with(String key, Object value) throws TomlException {
        String line = escape(key.substring(String.join(".", table).length() + 1)) + " = " + escape(plain(value));
        Entry entry = find(key).orElse(null);
        if (entry == null) {
            String gap = text.isEmpty() || text.endsWith("\n") ? "" : "\n";
            return read(text + gap + line + "\n", table);
        }
        return read(text.substring(0, entry.valueStart()) + line + text.substring(entry.valueEnd()), table);
    }

    @Override
    public Cfg without(String key) throws TomlException {
        Entry entry = find(key).orElse(null);
        if (entry == null) {
            return this;
        }
        int end = entry.valueEnd();
        end += text.startsWith("\r\n", end) ? 2 : text.startsWith("\n", end) ? 1 : 0;
        return read(text.substring(0, entry.valueStart()) + text.substring(end), table);
    }

    private static String plain(Object value) {
        return value instanceof List<?> list ? list.stream().map(String::valueOf).collect(Collectors.joining(",")) : value.toString();
    }

    private static String escape(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t");
    }

    private static String unescape(String text, int line) throws TomlException {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\' || i == text.length() - 1) {
                out.append(c);
                continue;
            }
            char escaped = text.charAt(++i);
            switch (escaped) {
                case 'n' -> out.append('\n');
                case 'r' -> out.append('\r');
                case 't' -> out.append('\t');
                case 'f' -> out.append('\f');
                case 'u' -> {
                    if (i + 4 >= text.length() || !text.substring(i + 1, i + 5).chars().allMatch(d -> Character.digit(d, 16) >= 0)) {
                        throw new TomlException(line, 1, "\\u is followed by four hexadecimal digits; a backslash itself is written \\\\");
                    }
                    out.append((char) Integer.parseInt(text.substring(i + 1, i + 5), 16));
                    i += 4;
                }
                default -> out.append(escaped);
            }
        }
        return out.toString();
    }
}
