package studio.ozone.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import studio.ozone.api.config.Settings.Applies;
import studio.ozone.api.config.Settings.Change;
import studio.ozone.api.config.Settings.Setting;
import studio.ozone.api.config.SettingsException;
import studio.ozone.api.config.SettingsException.Code;

/**
 * What is in force at one moment, and what is known about it. Immutable.
 *
 * @param schema every key that is known
 * @param layers who sets what
 * @param atStart the same when the process started, by which it is known what waits for a restart
 */
record InForce(Schema schema, Layers layers, Layers atStart) {

    /** The effective value; null where nobody sets it and there is no default. */
    Object value(String key) {
        return value(layers, key);
    }

    private Object value(Layers of, String key) {
        Item item = of.effective().get(key);
        Key known = schema.key(key);
        return item != null ? item.value() : known == null ? null : known.byDefault();
    }

    Secrets secrets() {
        return new Secrets(schema);
    }

    boolean known(String key) {
        return schema.key(key) != null || layers.effective().containsKey(key);
    }

    /** By key, those that are it or lie below it. */
    List<Setting> show(String prefix) throws SettingsException {
        TreeMap<String, Setting> found = new TreeMap<>();
        for (var keys : List.of(schema.keys().keySet(), layers.effective().keySet())) {
            keys.stream().filter(key -> prefix.isEmpty() || key.equals(prefix) || key.startsWith(prefix + "."))
                .forEach(key -> found.put(key, setting(key)));
        }
        if (found.isEmpty()) {
            throw new SettingsException(Code.UNKNOWN_KEY, schema.unknown(prefix));
        }
        return List.copyOf(found.values());
    }

    Setting get(String key) throws SettingsException {
        if (!known(key)) {
            throw new SettingsException(Code.UNKNOWN_KEY, schema.unknown(key));
        }
        return setting(key);
    }

    Setting setting(String name) {
        Key key = schema.key(name);
        Item item = layers.effective().get(name);
        boolean inFile = item != null && !item.fromEnvironment();
        String setBy = item == null ? "default" : item.setBy();
        if (key == null) {
            Object value = item == null ? null : item.value();
            return new Setting(name, secrets().masked(name, value), null, value == null ? "string" : type(value), "", "",
                description(name), Applies.LIVE, null, setBy, inFile ? item.file().toString() : null, item == null ? 0 : item.line(),
                null);
        }
        return new Setting(name, secrets().masked(name, value(name)), key.byDefault(), key.typeName(), key.range(), key.unit(), key.description(),
            key.applies(), pending(name), setBy, inFile ? item.file().toString() : null, inFile ? item.line() : 0, key.readBy());
    }

    private String description(String unknown) {
        String open = schema.open(unknown);
        String ignored = schema.ignored(unknown);
        return ignored != null ? "Without effect: " + ignored : open != null ? "Kept for what will read it: " + open + "."
            : "Not known; nothing reads it.";
    }

    /** What has to happen until the value is in force; null where it is. */
    String pending(String name) {
        Key key = schema.key(name);
        if (key == null || key.applies() == Applies.LIVE || same(value(atStart, name), value(name))) {
            return null;
        }
        return key.applies() == Applies.RESTART ? "restart" : "rebuild";
    }

    /**
     * Every key whose effective value is another one afterwards.
     *
     * @param written full key to the file that it is written to; a key that is not in it came with a file of its own
     */
    List<Change> changesTo(InForce after, Map<String, String> written) {
        Map<String, Change> changes = new LinkedHashMap<>();
        TreeSet<String> keys = new TreeSet<>(layers.effective().keySet());
        keys.addAll(after.layers.effective().keySet());
        for (String key : keys) {
            if (!same(value(key), after.value(key))) {
                changes.put(key, change(key, after, after.value(key), written.get(key), null));
            }
        }
        return List.copyOf(changes.values());
    }

    Change change(String key, InForce after, Object value, String file, String shadowedBy) {
        Key known = after.schema.key(key);
        Item item = layers.effective().get(key);
        return new Change(key, secrets().masked(key, value(key)), secrets().masked(key, value), file, item == null ? "default" : item.setBy(), shadowedBy,
            known == null ? Applies.LIVE : known.applies(), known == null ? null : known.readBy());
    }

    static boolean same(Object a, Object b) {
        return a == null || b == null ? a == b : Values.same(a, b);
    }

    private static String type(Object value) {
        return switch (value) {
            case Boolean b -> "boolean";
            case Long l -> "integer";
            case Double d -> "number";
            case List<?> list -> "list";
            default -> "string";
        };
    }
}
