package studio.ozone.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Every key that is known at a moment. Immutable. */
final class Schema {

    private final Map<String, Key> keys = new TreeMap<>();
    private final Map<String, List<Key>> forms = new TreeMap<>();
    private final Map<String, String> environment = new TreeMap<>();

    /**
     * A key of a later list takes the place of the same key of an earlier one.
     *
     * @param known keys that nobody may be reading
     * @param formless keys that a bundle reads, without a metatype
     * @param described keys with a metatype
     */
    Schema(Collection<Key> known, Collection<Key> formless, Collection<Key> described) {
        for (Collection<Key> each : List.of(known, formless, described)) {
            for (Key key : each) {
                keys.put(key.name(), key);
                environment.put(Keys.environment(key.name()), key.name());
            }
        }
        formless.forEach(key -> forms.put(key.pid(), new ArrayList<>()));
        described.forEach(key -> forms.remove(key.pid()));
        keys.values().stream().filter(key -> key.readBy() != null && forms.containsKey(key.pid())).forEach(key -> forms.get(key.pid()).add(key));
    }

    /** By PID, the keys that bundles read though no metatype describes the PID. */
    Map<String, List<Key>> forms() {
        return forms;
    }

    /** Null where the key is not known. */
    Key key(String name) {
        return keys.get(name);
    }

    Map<String, Key> keys() {
        return keys;
    }

    /** The key that an environment variable sets; null where none is. */
    String ofEnvironment(String variable) {
        return environment.get(variable);
    }

    /** A sentence for an unknown key. */
    String unknown(String name) {
        return "There is no key " + name + "." + Keys.nearest(name, keys.keySet());
    }
}
