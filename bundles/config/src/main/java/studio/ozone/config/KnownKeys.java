package studio.ozone.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import studio.ozone.api.config.Settings.Applies;
import studio.ozone.api.config.SettingsException;

/**
 * The keys of {@code keys.tsv}: those that the tuning guide and the reference product name and no bundle of this project reads yet. The
 * metatype of the bundle that does takes the place of the line. One line a key; the columns are named in the file's head.
 */
final class KnownKeys {

    private static final int COLUMNS = 9;

    private KnownKeys() {
    }

    /** Keys that nobody reads yet. */
    static List<Key> load() {
        List<Key> keys = new ArrayList<>();
        for (String[] row : rows("keys.tsv")) {
            keys.add(key(row));
        }
        return keys;
    }

    /** The lines of a table beside this class, without comments; each in its columns. Read at each start, so without streams and patterns. */
    static List<String[]> rows(String resource) {
        List<String[]> rows = new ArrayList<>();
        try (InputStream in = KnownKeys.class.getResourceAsStream(resource)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (int begin = 0; begin < text.length(); begin = text.indexOf('\n', begin) + 1) {
                if (text.charAt(begin) != '#' && text.charAt(begin) != '\n') {
                    rows.add(text.substring(begin, text.indexOf('\n', begin)).split("\t", COLUMNS));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }

    /** @param row name, type, unit, default, range, applies, description, advice, and the bundle that reads it, if any */
    static Key key(String[] row) {
        boolean list = row[1].endsWith("[]");
        Key.Type type = Key.Type.valueOf(row[1].replace("[]", "").toUpperCase(Locale.ROOT));
        Double min = null;
        Double max = null;
        List<String> options = List.of();
        int dots = row[4].indexOf("..");
        if (dots >= 0) {
            min = dots == 0 ? null : Double.valueOf(row[4].substring(0, dots));
            max = dots + 2 == row[4].length() ? null : Double.valueOf(row[4].substring(dots + 2));
        } else if (!row[4].isEmpty()) {
            options = List.of(row[4].split("\\|"));
        }
        return key(row[0], type, list, row[3].isEmpty() ? null : row[3], min, max, options, row[6], row.length < COLUMNS ? null : row[8],
            new Key.About(row[2], Applies.valueOf(row[5].toUpperCase(Locale.ROOT)), row[7], false));
    }

    /** @param byDefault as text, the way metatype has it; null for none */
    static Key key(String name, Key.Type type, boolean list, String byDefault, Double min, Double max, List<String> options,
            String description, String readBy, Key.About about) {
        Key key = new Key(name, type, list, null, min, max, options, description, readBy, about);
        if (byDefault == null) {
            return key;
        }
        try {
            return new Key(name, type, list, Values.parsed(key, byDefault), min, max, options, description, readBy, about);
        } catch (SettingsException e) {
            throw new IllegalStateException("The default of " + name + " is not one of its own values: " + e.getMessage(), e);
        }
    }
}
