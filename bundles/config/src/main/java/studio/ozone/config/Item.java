package studio.ozone.config;

import java.nio.file.Path;

/**
 * The effective value of a key that somebody has set.
 *
 * @param setBy the file's name, or {@code environment}
 * @param file null for the environment
 * @param line 0 for the environment
 */
record Item(Object value, String setBy, Path file, int line) {

    static final String ENVIRONMENT = "environment";

    boolean fromEnvironment() {
        return file == null;
    }
}
