package studio.ozone.web.api;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The fields of a request's JSON object or of its query, read with their types. Whoever reads them ends with {@link #end()}. */
final class Fields {

    private final Map<String, Object> values;
    private final Set<String> known = new LinkedHashSet<>();

    Fields(Map<String, Object> values) {
        this.values = values;
    }

    /** @return the text, or null where there is none */
    String text(String name) throws Problem {
        return take(name, String.class, "a string");
    }

    String needText(String name) throws Problem {
        String text = text(name);
        if (text == null) {
            throw Problem.badRequest("`" + name + "` is missing: it is a string.");
        }
        return text;
    }

    boolean flag(String name, boolean otherwise) throws Problem {
        Boolean flag = take(name, Boolean.class, "true or false");
        return flag == null ? otherwise : flag;
    }

    boolean needFlag(String name) throws Problem {
        Boolean flag = take(name, Boolean.class, "true or false");
        if (flag == null) {
            throw Problem.badRequest("`" + name + "` is missing: it is true or false.");
        }
        return flag;
    }

    /** A whole number within a range; in a query it is a text. */
    int number(String name, int least, int most, int otherwise) throws Problem {
        known.add(name);
        Object value = values.get(name);
        if (value == null) {
            return otherwise;
        }
        try {
            long number = value instanceof String text ? Long.parseLong(text) : value instanceof Integer || value instanceof Long
                    ? ((Number) value).longValue() : Long.MIN_VALUE;
            if (number >= least && number <= most) {
                return (int) number;
            }
        } catch (NumberFormatException e) {
            throw wrong(name, value, "a whole number, " + least + ".." + most);
        }
        throw wrong(name, value, "a whole number, " + least + ".." + most);
    }

    /** Whether the field is this very text. */
    boolean isText(String name, String text) {
        known.add(name);
        return text.equals(values.get(name));
    }

    /** The number of a container. */
    long id(String name, long otherwise) throws Problem {
        known.add(name);
        Object value = values.get(name);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Integer || value instanceof Long) {
            long id = ((Number) value).longValue();
            if (id > 0) {
                return id;
            }
        }
        throw wrong(name, value, "the number of a conversation, or \"last\"");
    }

    <E extends Enum<E>> E one(String name, Class<E> type, E otherwise) throws Problem {
        String text = text(name);
        if (text == null) {
            return otherwise;
        }
        List<String> names = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            String lower = constant.name().toLowerCase(java.util.Locale.ROOT);
            if (lower.equals(text)) {
                return constant;
            }
            names.add(lower);
        }
        throw wrong(name, text, "one of " + String.join(", ", names));
    }

    List<String> texts(String name) throws Problem {
        known.add(name);
        Object value = values.get(name);
        if (value == null) {
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        if (value instanceof List<?> list) {
            for (Object item : list) {
                if (!(item instanceof String text)) {
                    throw wrong(name, item, "a list of strings");
                }
                texts.add(text);
            }
            return texts;
        }
        throw wrong(name, value, "a list of strings");
    }

    /** Absolute paths: the server does not know where its caller stands. */
    List<Path> paths(String name) throws Problem {
        List<Path> paths = new ArrayList<>();
        for (String text : texts(name)) {
            try {
                Path path = Path.of(text);
                if (!path.isAbsolute()) {
                    throw Problem.badRequest("`" + name + "`: " + text + " is not an absolute path, for instance /home/me/notes.");
                }
                paths.add(path.normalize());
            } catch (InvalidPathException e) {
                throw Problem.badRequest("`" + name + "` is not a path: " + e.getReason());
            }
        }
        return paths;
    }

    /** Refuses what nobody has read. */
    void end() throws Problem {
        for (String name : values.keySet()) {
            if (!known.contains(name)) {
                throw Problem.badRequest("There is no field `" + name + "`. Known: " + String.join(", ", known) + ".");
            }
        }
    }

    private <T> T take(String name, Class<T> type, String what) throws Problem {
        known.add(name);
        Object value = values.get(name);
        if (value == null || type.isInstance(value)) {
            return type.cast(value);
        }
        throw wrong(name, value, what);
    }

    private static Problem wrong(String name, Object value, String what) {
        String shown = String.valueOf(value);
        return Problem.badRequest("`" + name + "` is " + what + ", not " + (shown.length() > 80 ? shown.substring(0, 80) + "…" : shown) + ".");
    }
}
