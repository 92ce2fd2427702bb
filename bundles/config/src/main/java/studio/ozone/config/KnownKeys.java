package studio.ozone.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import studio.ozone.api.config.SettingsException;

/**
 * The keys of {@code keys.tsv}: what the tuning guide names, as long as the bundle that reads a key, and with it the key's metatype,
 * is not installed. One line a key: name, type, default, range, description.
 */
final class KnownKeys {

    private static final int COLUMNS = 5;
    private static final String SELF = "studio.ozone.config";

    private KnownKeys() {
    }

    /** The keys of the web server's address, which this bundle hands on to Felix HTTP. */
    static List<Key> own() {
        return List.of(
            new Key(ConfigurationTarget.HTTP_PORT, Key.Type.INTEGER, false, 8484L, 1.0, 65535.0, List.of(),
                "TCP port of the HTTP API and the console.", SELF),
            new Key(ConfigurationTarget.HTTP_HOST, Key.Type.STRING, false, "127.0.0.1", null, null,
                List.of("127.0.0.1", "::1", "localhost"), "Address that the web server listens on; only this machine can reach it.", SELF));
    }

    /** The guide's keys. */
    static List<Key> load() {
        List<Key> keys = new ArrayList<>();
        try (InputStream in = KnownKeys.class.getResourceAsStream("keys.tsv");
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isEmpty() && !line.startsWith("#")) {
                    keys.add(key(line.split("\t", COLUMNS)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return keys;
    }

    private static Key key(String[] row) {
        boolean list = row[1].endsWith("[]");
        Key.Type type = switch (row[1].replace("[]", "")) {
            case "boolean" -> Key.Type.BOOLEAN;
            case "integer" -> Key.Type.INTEGER;
            case "number" -> Key.Type.NUMBER;
            case "string" -> Key.Type.STRING;
            default -> throw new IllegalStateException("keys.tsv: type " + row[1] + " of " + row[0]);
        };
        Double min = null;
        Double max = null;
        List<String> options = List.of();
        if (row[3].contains("..")) {
            String[] bounds = row[3].split("\\.\\.", 2);
            min = bounds[0].isEmpty() ? null : Double.valueOf(bounds[0]);
            max = bounds[1].isEmpty() ? null : Double.valueOf(bounds[1]);
        } else if (!row[3].isEmpty()) {
            options = List.of(row[3].split("\\|"));
        }
        return key(row[0], type, list, row[2].isEmpty() ? null : row[2], min, max, options, row[4], null);
    }

    /** @param byDefault as text, the way metatype has it; null for none */
    static Key key(String name, Key.Type type, boolean list, String byDefault, Double min, Double max, List<String> options,
            String description, String readBy) {
        Key key = new Key(name, type, list, null, min, max, options, description, readBy);
        if (byDefault == null) {
            return key;
        }
        try {
            return new Key(name, type, list, Values.parsed(key, byDefault), min, max, options, description, readBy);
        } catch (SettingsException e) {
            throw new IllegalStateException("The default of " + name + " is not one of its own values: " + e.getMessage(), e);
        }
    }
}
