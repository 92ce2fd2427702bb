package studio.ozone.config;

import java.util.List;
import java.util.Locale;

/**
 * What is known about one configuration key.
 *
 * @param name the full key
 * @param type of its values
 * @param list whether it holds a list of them
 * @param byDefault what holds while nobody sets it; null where nothing is stated
 * @param min lowest allowed value; null for none
 * @param max highest allowed value; null for none
 * @param options the allowed texts; empty for any
 * @param description one sentence
 * @param readBy symbolic name of the bundle that reads it; null where none is installed
 */
record Key(String name, Type type, boolean list, Object byDefault, Double min, Double max, List<String> options, String description,
        String readBy) {

    /** The types of TOML that a key can have. */
    enum Type { STRING, INTEGER, NUMBER, BOOLEAN }

    /** The Config Admin PID of the table. */
    String pid() {
        return Keys.pid(name);
    }

    /** The type in the words of the API. */
    String typeName() {
        return list ? "list" : type.name().toLowerCase(Locale.ROOT);
    }

    /** The allowed values in words; empty where any value goes. */
    String range() {
        if (type == Type.BOOLEAN) {
            return "true or false";
        }
        if (!options.isEmpty()) {
            return String.join(", ", options);
        }
        if (min == null && max == null) {
            return "";
        }
        return max == null ? "at least " + shown(min) : min == null ? "at most " + shown(max) : shown(min) + ".." + shown(max);
    }

    private String shown(Double bound) {
        return type == Type.INTEGER || bound == Math.rint(bound) ? String.format(Locale.ROOT, "%.0f", bound) : bound.toString();
    }
}
