package studio.ozone.runtime.json;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.jr.ob.JSON;

/**
 * Writes records as JSON and reads JSON as maps. A component {@code tookMs} is written {@code took_ms}; an enum in lower case; a
 * path, a duration and an instant (UTC, ISO 8601) as text; a double without a value (NaN) and an empty {@link Optional} as null.
 * Thread-safe.
 */
public final class Json {

    private static final JSON COMPACT = JSON.std.with(JSON.Feature.WRITE_NULL_PROPERTIES);
    private static final JSON PRETTY = COMPACT.with(JSON.Feature.PRETTY_PRINT_OUTPUT);

    private Json() {
    }

    /** One line. */
    public static String write(Object value) {
        return write(COMPACT, value);
    }

    /** Indented, for people. */
    public static String pretty(Object value) {
        return write(PRETTY, value);
    }

    private static String write(JSON json, Object value) {
        try {
            return json.asString(plain(value));
        } catch (IOException e) {
            throw new IllegalArgumentException("Not writable as JSON: " + value.getClass().getName(), e);
        }
    }

    /**
     * Reads any JSON text: maps in the order of the text, lists, strings, numbers, booleans, null.
     *
     * @throws IOException if the text is not JSON; the message has line and column
     */
    public static Object read(String text) throws IOException {
        return JSON.std.anyFrom(text);
    }

    /** @throws IOException if the text is not a JSON object */
    public static Map<String, Object> readObject(String text) throws IOException {
        if (read(text) instanceof Map<?, ?> map) {
            Map<String, Object> object = new LinkedHashMap<>();
            map.forEach((key, value) -> object.put(String.valueOf(key), value));
            return object;
        }
        throw new IOException("Expected a JSON object");
    }

    /** The value with every record in it turned into a map. */
    public static Object plain(Object value) {
        return switch (value) {
            case null -> null;
            case String text -> text;
            case Double number -> number.isNaN() || number.isInfinite() ? null : number;
            case Float number -> number.isNaN() || number.isInfinite() ? null : number;
            case Number number -> number;
            case Boolean flag -> flag;
            case Enum<?> constant -> constant.name().toLowerCase(Locale.ROOT);
            case Optional<?> optional -> plain(optional.orElse(null));
            case Path path -> path.toString();
            case Instant instant -> instant.toString();
            case Duration duration -> duration.toString();
            case Map<?, ?> map -> {
                Map<String, Object> plain = new LinkedHashMap<>();
                map.forEach((key, entry) -> plain.put(key instanceof Enum<?> ? (String) plain(key) : String.valueOf(key), plain(entry)));
                yield plain;
            }
            case Collection<?> items -> {
                List<Object> plain = new ArrayList<>(items.size());
                items.forEach(item -> plain.add(plain(item)));
                yield plain;
            }
            case Record record -> components(record);
            default -> throw new IllegalArgumentException("No JSON shape for " + value.getClass().getName());
        };
    }

    private static Map<String, Object> components(Record record) {
        Map<String, Object> plain = new LinkedHashMap<>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            try {
                component.getAccessor().setAccessible(true);
                plain.put(snake(component.getName()), plain(component.getAccessor().invoke(record)));
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new IllegalArgumentException("Cannot read " + component, e);
            }
        }
        return plain;
    }

    /** {@code tookMs} to {@code took_ms}. */
    static String snake(String camel) {
        StringBuilder snake = new StringBuilder(camel.length() + 4);
        for (char c : camel.toCharArray()) {
            if (Character.isUpperCase(c)) {
                snake.append('_').append(Character.toLowerCase(c));
            } else {
                snake.append(c);
            }
        }
        return snake.toString();
    }
}
