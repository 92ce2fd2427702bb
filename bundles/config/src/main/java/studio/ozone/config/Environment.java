package studio.ozone.config;

import java.util.List;
import java.util.Map;

import studio.ozone.api.config.Settings.Problem;

/**
 * What the environment of the process sets.
 *
 * @param values full key to value
 * @param variables full key to the variable that sets it
 * @param problems variables that have no effect
 */
record Environment(Map<String, Object> values, Map<String, String> variables, List<Problem> problems) {

    static final Environment NONE = new Environment(Map.of(), Map.of(), List.of());

    /** The user's file, in place of {@code etc/ozone.toml}. */
    static final String USER_FILE = "OZONE_CONFIG_PATH";

    /** The variable that sets a key, or would. */
    String variable(String key) {
        return variables.getOrDefault(key, Keys.environment(key));
    }
}
