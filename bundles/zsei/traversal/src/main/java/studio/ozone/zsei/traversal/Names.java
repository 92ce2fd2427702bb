package studio.ozone.zsei.traversal;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.Container;

/** Who has which name, among keywords and topics. Guarded by whoever holds the graph. */
final class Names {

    private final Map<Name, Set<Long>> ids = new HashMap<>();
    private final Map<Long, Name> names = new HashMap<>();

    Set<Long> of(Name name) {
        return ids.getOrDefault(name, Set.of());
    }

    void put(Container container) {
        remove(container.id());
        Name name = Name.of(container);
        if (name != null) {
            names.put(container.id(), name);
            Set<Long> with = new HashSet<>(of(name));       // a copy: what was handed out does not change
            with.add(container.id());
            ids.put(name, with);
        }
    }

    void remove(long id) {
        Name name = names.remove(id);
        if (name != null) {
            Set<Long> without = new HashSet<>(of(name));
            without.remove(id);
            if (without.isEmpty()) {
                ids.remove(name);
            } else {
                ids.put(name, without);
            }
        }
    }

    void follow(Commit commit) {
        commit.removed().forEach(this::remove);
        commit.written().forEach(this::put);
    }
}
