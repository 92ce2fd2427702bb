package studio.ozone.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Every key that is known at a moment. Immutable. */
final class Schema {

    private final Map<String, Key> keys = new TreeMap<>();
    /** By table, what stands for each of its keys. */
    private final Map<String, Key> any = new TreeMap<>();
    private final Map<String, List<Key>> forms = new TreeMap<>();
    private final Map<String, String> environment = new TreeMap<>();
    private final Names names;

    /** The same with the product's own deprecated names. */
    Schema(Collection<Key> known, Collection<Key> formless, Collection<Key> described) {
        this(known, formless, described, Names.load());
    }

    /**
     * A key of a later list takes the place of the same key of an earlier one.
     *
     * @param known keys that nobody may be reading
     * @param formless keys that a bundle reads, without a metatype
     * @param described keys with a metatype
     */
    Schema(Collection<Key> known, Collection<Key> formless, Collection<Key> described, Names names) {
        this.names = names;
        for (Collection<Key> each : List.of(known, formless, described)) {
            for (Key key : each) {
                if (key.any()) {
                    any.put(key.name().substring(0, key.name().length() - Keys.ANY.length()), key);
                } else {
                    keys.put(key.name(), key);
                    environment.put(Keys.environment(key.name()), key.name());
                }
            }
        }
        names.variables().forEach((variable, key) -> {
            if (keys.containsKey(key)) {
                environment.put(variable, key);
            }
        });
        formless.forEach(key -> forms.put(key.pid(), new ArrayList<>()));
        described.forEach(key -> forms.remove(key.pid()));
        keys.values().stream().filter(key -> key.readBy() != null && forms.containsKey(key.pid())).forEach(key -> forms.get(key.pid()).add(key));
    }

    /** By PID, the keys that bundles read though no metatype describes the PID. */
    Map<String, List<Key>> forms() {
        return forms;
    }

    /** Null where the key is not known; deprecated names are not. */
    Key key(String name) {
        Key key = keys.get(name);
        if (key == null) {
            Key each = Names.above(name, any::get);
            return each == null ? null : each.named(name);
        }
        return key;
    }

    /** Those that are known by name; the keys of open tables are not among them. */
    Map<String, Key> keys() {
        return keys;
    }

    /** What stands for all keys of a table, whatever their names, by table. */
    Map<String, Key> anyKeys() {
        return any;
    }

    /** The key that a deprecated name is read as; null where the name is none. */
    String alias(String name) {
        String key = names.aliases().get(name);
        return key != null && key(key) != null ? key : null;
    }

    /** The deprecated names that are read as this key. */
    List<String> aliases(String key) {
        return names.of(key);
    }

    /** Why a key that is not known is taken without a complaint about its name, and has no effect; null where that does not hold. */
    String ignored(String name) {
        return key(name) != null ? null : Names.above(name, names.ignored()::get);
    }

    /** What the table of a key is about whose keys are not known one by one, and which nothing reads yet; null for any other key. */
    String open(String name) {
        return key(name) != null ? null : Names.above(name, names.open()::get);
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
