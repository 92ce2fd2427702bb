package studio.ozone.config;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;

import studio.ozone.api.config.Settings.Applies;

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
 * @param about what only {@code explain} and the audit need
 */
record Key(String name, Type type, boolean list, Object byDefault, Double min, Double max, List<String> options, String description,
        String readBy, About about) {

    /** The types of TOML that a key can have. */
    enum Type { STRING, INTEGER, NUMBER, BOOLEAN }

    /**
     * @param unit what a number counts; empty where nothing
     * @param applies when a new value is in force
     * @param advice for whom another value is right; empty where there is nothing to say
     * @param secret whether the value is never shown, exported or recorded
     */
    record About(String unit, Applies applies, String advice, boolean secret) {

        static final About NOTHING = new About("", Applies.LIVE, "", false);
    }

    Key(String name, Type type, boolean list, Object byDefault, Double min, Double max, List<String> options, String description, String readBy) {
        this(name, type, list, byDefault, min, max, options, description, readBy, About.NOTHING);
    }

    /** The Config Admin PID of the table. */
    String pid() {
        return Keys.pid(name);
    }

    /** The type in the words of the API. */
    String typeName() {
        return list ? "list" : type.name().toLowerCase(Locale.ROOT);
    }

    String unit() {
        return about.unit();
    }

    Applies applies() {
        return about.applies();
    }

    String advice() {
        return about.advice();
    }

    boolean secret() {
        return about.secret();
    }

    /** Whether this stands for every key of its table, whatever its name. */
    boolean any() {
        return name.endsWith(Keys.ANY);
    }

    /** The same for another name: the key of an {@link #any() open} table. */
    Key named(String other) {
        return new Key(other, type, list, byDefault, min, max, options, description, readBy, about);
    }

    /** The same, known though nobody reads it. */
    Key unread() {
        return new Key(name, type, list, byDefault, min, max, options, description, null, about);
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
        return type == Type.INTEGER || bound == Math.rint(bound) ? String.format(Locale.ROOT, "%.0f", bound)
            : new BigDecimal(bound.toString()).stripTrailingZeros().toPlainString();
    }
}
