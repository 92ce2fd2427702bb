package studio.ozone.config;

import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** The files in force, weakest first, and the environment above them, merged key by key. Immutable. */
final class Layers {

    private final Map<Path, Source> sources = new TreeMap<>(EtcFiles.ORDER);
    private final Map<String, Item> effective = new TreeMap<>();

    Layers(Collection<Source> sources, Map<String, Object> environment) {
        sources.forEach(source -> this.sources.put(source.file(), source));
        for (Source source : this.sources.values()) {
            Map<String, Integer> lines = new HashMap<>();
            source.document().entries().forEach(entry -> lines.put(entry.key(), entry.line()));
            source.values().forEach((key, value) -> effective.put(key, new Item(value, source.name(), source.file(), lines.get(key))));
        }
        environment.forEach((key, value) -> effective.put(key, new Item(value, Item.ENVIRONMENT, null, 0)));
    }

    Map<Path, Source> sources() {
        return sources;
    }

    /** Full key to the value that counts; without the defaults. */
    Map<String, Item> effective() {
        return effective;
    }

    /** The same, as Config Admin holds it: PID to key to value. */
    Map<String, Map<String, Object>> byPid() {
        Map<String, Map<String, Object>> byPid = new TreeMap<>();
        effective.forEach((key, item) -> byPid.computeIfAbsent(Keys.pid(key), pid -> new HashMap<>()).put(Keys.name(key), item.value()));
        return byPid;
    }

    /** The strongest file that sets a key; null where none does. */
    Source owner(String key) {
        Source owner = null;
        for (Source source : sources.values()) {
            if (source.values().containsKey(key)) {
                owner = source;
            }
        }
        return owner;
    }
}
