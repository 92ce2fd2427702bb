package studio.ozone.config;

import java.util.List;
import java.util.stream.Collectors;

/** Values and keys as they are written in TOML. */
final class Literals {

    private Literals() {
    }

    static String toml(Object value) {
        return switch (value) {
            case String text -> quoted(text);
            case Double number when number.isInfinite() -> number > 0 ? "inf" : "-inf";
            case Double number when number.isNaN() -> "nan";
            case List<?> list -> list.stream().map(Literals::toml).collect(Collectors.joining(", ", "[", "]"));
            default -> value.toString();
        };
    }

    static String path(List<String> path) {
        return path.stream().map(Literals::key).collect(Collectors.joining("."));
    }

    static String key(String name) {
        return !name.isEmpty() && name.chars().allMatch(c -> TomlReader.bare((char) c)) ? name : quoted(name);
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ' || c == 0x7f) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append('"').toString();
    }
}
