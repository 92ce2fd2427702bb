package studio.ozone.config;

import java.lang.reflect.Array;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

import studio.ozone.api.config.Facts;
import studio.ozone.api.config.SettingsException;
import studio.ozone.api.config.SettingsException.Code;

/** Turns what a file, a command or Config Admin holds into the value that a key may have, or says why it cannot. */
final class Values {

    private Values() {
    }

    /** @param value as TOML has it; texts are not turned into anything else */
    static Object typed(Key key, Object value) throws SettingsException {
        if (key.list()) {
            if (!(value instanceof List<?> items)) {
                throw wrong(key, value, "a list: [" + Literals.toml(value) + "]");
            }
            List<Object> typed = new ArrayList<>();
            for (Object item : items) {
                typed.add(scalar(key, item));
            }
            return List.copyOf(typed);
        }
        return scalar(key, value);
    }

    /** @param text as a {@code .cfg} file, the environment or a command has it */
    static Object parsed(Key key, String text) throws SettingsException {
        if (key.list()) {
            return typed(key, list(key, text));
        }
        return scalar(key, word(key, text));
    }

    /** @param value as Config Admin has it: a text of any meaning, or a Java value or array */
    static Object fromDictionary(Key key, Object value) throws SettingsException {
        if (key == null) {
            return plain(value);
        }
        if (value instanceof String text) {
            return parsed(key, text);
        }
        if (plain(value) instanceof List<?> items) {
            List<Object> typed = new ArrayList<>();
            for (Object item : items) {
                typed.add(scalar(key, item instanceof String text ? word(key, text) : item));
            }
            if (!key.list() && typed.size() == 1) {
                return typed.getFirst();
            }
            return typed(key, List.copyOf(typed));
        }
        return typed(key, plain(value));
    }

    /** Whether two values mean the same; a number is the same with and without a fraction of zero. */
    static boolean same(Object a, Object b) {
        return a instanceof Number x && b instanceof Number y ? x.doubleValue() == y.doubleValue() : a.equals(b);
    }

    /** A Java value in the five types of {@link studio.ozone.api.config.Settings.Setting#value()}. */
    static Object plain(Object value) {
        return switch (value) {
            case Byte b -> b.longValue();
            case Short s -> s.longValue();
            case Integer i -> i.longValue();
            case Float f -> Double.parseDouble(f.toString());
            case Long l -> l;
            case Double d -> d;
            case Boolean b -> b;
            case Collection<?> items -> items.stream().map(Values::plain).toList();
            case Object array when array.getClass().isArray() -> {
                List<Object> items = new ArrayList<>();
                for (int i = 0; i < Array.getLength(array); i++) {
                    items.add(plain(Array.get(array, i)));
                }
                yield List.copyOf(items);
            }
            default -> value.toString();
        };
    }

    /** As Config Admin takes it: lists become arrays of the element's type. */
    static Object forDictionary(Object value) {
        if (!(value instanceof List<?> items)) {
            return value;
        }
        Class<?> type = items.isEmpty() ? String.class : items.getFirst().getClass();
        boolean one = items.stream().allMatch(item -> item.getClass() == type);
        Object array = Array.newInstance(one ? type : String.class, items.size());
        for (int i = 0; i < items.size(); i++) {
            Array.set(array, i, one ? items.get(i) : items.get(i).toString());
        }
        return array;
    }

    private static Object scalar(Key key, Object value) throws SettingsException {
        Object typed = switch (key.type()) {
            case BOOLEAN -> value instanceof Boolean ? value : null;
            case INTEGER -> value instanceof Long ? value : null;
            case NUMBER -> value instanceof Long || value instanceof Double number && !number.isNaN() ? value : null;
            case STRING -> value instanceof String ? value : null;
        };
        if (typed == null) {
            throw wrong(key, value, switch (key.type()) {
                case BOOLEAN -> "true or false, without quotes";
                case INTEGER -> "a whole number" + in(key);
                case NUMBER -> "a number" + in(key);
                case STRING -> "a text, in quotes";
            });
        }
        if (typed instanceof Number number && (key.min() != null && number.doubleValue() < key.min()
                || key.max() != null && number.doubleValue() > key.max())) {
            throw new SettingsException(Code.OUT_OF_RANGE, key.name() + " = " + Literals.toml(value) + " is out of range; allowed is "
                + key.range() + ".");
        }
        if (typed instanceof String text && !key.options().isEmpty() && !key.options().contains(text)) {
            for (String option : key.options()) {
                if (option.equalsIgnoreCase(text)) {
                    return option;
                }
            }
            throw new SettingsException(Code.OUT_OF_RANGE, key.name() + " = " + Literals.toml(value) + " is not allowed; allowed is one of "
                + key.range() + "." + Keys.nearest(text, key.options()));
        }
        if (typed instanceof String text && key.unit().equals(Facts.TIME_ZONE) && !text.isBlank()) {
            checkZone(key, text.strip());
        }
        return typed;
    }

    private static void checkZone(Key key, String zone) throws SettingsException {
        try {
            ZoneId.of(zone);
        } catch (DateTimeException e) {
            throw new SettingsException(Code.OUT_OF_RANGE, key.name() + " = " + Literals.toml(zone) + " is no time zone; UTC is one, and Europe/Berlin."
                + Keys.nearest(zone, ZoneId.getAvailableZoneIds()));
        }
    }

    private static Object word(Key key, String text) {
        String word = text.strip();
        try {
            return switch (key.type()) {
                case STRING -> text;
                case BOOLEAN -> switch (word.toLowerCase(Locale.ROOT)) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> text;
                };
                case INTEGER -> Long.parseLong(word.replace("_", ""));
                case NUMBER -> word.matches("[+-]?[0-9_]+") ? (Object) Long.parseLong(word.replace("_", "")) : (Object) Double.parseDouble(word);
            };
        } catch (NumberFormatException e) {
            return text;
        }
    }

    private static List<Object> list(Key key, String text) throws SettingsException {
        String stripped = text.strip();
        if (stripped.startsWith("[")) {
            try {
                return TomlReader.read("v = " + stripped).entries().getFirst().value() instanceof List<?> items ? List.copyOf(items) : List.of();
            } catch (TomlException e) {
                throw new SettingsException(Code.WRONG_TYPE, key.name() + " = " + text + " is no list: " + e.getMessage() + ".", e);
            }
        }
        List<Object> items = new ArrayList<>();
        if (!stripped.isEmpty()) {
            for (String item : stripped.split(",")) {
                items.add(word(key, item.strip()));
            }
        }
        return List.copyOf(items);
    }

    private static String in(Key key) {
        return key.range().isEmpty() ? "" : " (" + key.range() + ")";
    }

    private static SettingsException wrong(Key key, Object value, String wanted) {
        return new SettingsException(Code.WRONG_TYPE, key.name() + " = " + Literals.toml(value) + " has the wrong type; it takes " + wanted + ".");
    }
}
