package studio.ozone.config;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import studio.ozone.api.config.Settings.Problem;

/**
 * A file in force.
 *
 * @param file where it is
 * @param content its bytes, by which a change is noticed
 * @param document what it says
 * @param values full key to value, of the schema's type; without those that are wrong
 * @param entries full key to where it stands, which may be under a deprecated name
 * @param problems what in it is not in force, or read by nobody
 */
record Source(Path file, byte[] content, Document document, Map<String, Object> values, Map<String, Entry> entries, List<Problem> problems) {

    boolean has(byte[] other) {
        return Arrays.equals(content, other);
    }

    String name() {
        return file.getFileName().toString();
    }

    /** Why it may not be taken as it is. */
    List<Problem> errors() {
        return problems.stream().filter(Problem::error).toList();
    }
}
