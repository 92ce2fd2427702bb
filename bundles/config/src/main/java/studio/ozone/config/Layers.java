package studio.ozone.config;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** The files in force, weakest first, and the environment above them, merged key by key. Immutable. */
final class Layers {

    private final Comparator<Path> order;
    private final Environment environment;
    private final Map<Path, Source> sources;
    private final Map<String, Item> effective = new TreeMap<>();

    /** @param order weakest first */
    Layers(Comparator<Path> order, Collection<Source> sources, Environment environment) {
        this.order = order;
        this.environment = environment;
        this.sources = new TreeMap<>(order);
        sources.forEach(source -> this.sources.put(source.file(), source));
        for (Source source : this.sources.values()) {
            source.values().forEach((key, value) ->
                effective.put(key, new Item(value, source.name(), source.file(), source.entries().get(key).line())));
        }
        environment.values().forEach((key, value) -> effective.put(key, new Item(value, Item.ENVIRONMENT, null, 0)));
    }

    Layers with(Collection<Source> others) {
        return new Layers(order, others, environment);
    }

    Layers with(Environment other) {
        return new Layers(order, sources.values(), other);
    }

    Map<Path, Source> sources() {
        return sources;
    }

    /** A copy that may be changed. */
    Map<Path, Source> copy() {
        Map<Path, Source> copy = new TreeMap<>(order);
        copy.putAll(sources);
        return copy;
    }

    Environment environment() {
        return environment;
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
}
