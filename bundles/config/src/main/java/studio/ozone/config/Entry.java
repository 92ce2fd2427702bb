package studio.ozone.config;

import java.util.List;

/**
 * One key of a file and where it stands, so that its value can be replaced in the text.
 *
 * @param path table and key, for instance {@code [zsei, traversal, default_max_depth]}
 * @param value {@code String}, {@code Long}, {@code Double}, {@code Boolean} or a list of these
 * @param line of the key, from 1
 * @param column of the key, from 1
 * @param keyStart offset of the key in the text
 * @param valueStart offset of the value's first character
 * @param valueEnd offset after the value's last character
 * @param header the table header above it; it decides how the key is written
 * @param inline whether it stands in an inline table
 */
record Entry(List<String> path, Object value, int line, int column, int keyStart, int valueStart, int valueEnd, List<String> header,
        boolean inline) {

    /** The full key, as the user knows it. */
    String key() {
        return String.join(".", path);
    }

    List<String> table() {
        return path.subList(0, path.size() - 1);
    }
}
