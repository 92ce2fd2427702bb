package studio.ozone.zsei.traversal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.ZseiException;

/** The store itself, link by link: slower, and right while there is no graph in memory yet. For one traversal; a container that is gone meanwhile is passed over. */
final class StoreView implements View {

    /** Carries what the store said through a walk. */
    static final class Unreadable extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final ZseiException cause;

        Unreadable(ZseiException cause) {
            super(cause);
            this.cause = cause;
        }

        ZseiException cause() {
            return cause;
        }
    }

    private final ContainerStore store;
    private final Map<Long, Integer> ordinals = new HashMap<>();
    private final List<Container> containers = new ArrayList<>();
    private Map<Name, Set<Long>> names;

    StoreView(ContainerStore store) {
        this.store = store;
    }

    private int ordinal(Container container) {
        return ordinals.computeIfAbsent(container.id(), id -> {
            containers.add(container);
            return containers.size() - 1;
        });
    }

    @Override
    public int ordinal(long id) {
        Integer known = ordinals.get(id);
        if (known != null) {
            return known;
        }
        try {
            Optional<Container> found = store.get(id);
            return found.isEmpty() ? NONE : ordinal(found.get());
        } catch (ZseiException e) {
            throw new Unreadable(e);
        }
    }

    @Override
    public long id(int ordinal) {
        return containers.get(ordinal).id();
    }

    @Override
    public ContainerType type(int ordinal) {
        return containers.get(ordinal).type();
    }

    @Override
    public long updated(int ordinal) {
        return containers.get(ordinal).updated().toEpochMilli();
    }

    @Override
    public int parent(int ordinal) {
        Container container = containers.get(ordinal);
        return container.id() == 0 ? NONE : ordinal(container.parent());
    }

    @Override
    public void links(int ordinal, boolean relations, Links links) {
        try {
            long id = id(ordinal);
            for (Container child : store.children(id)) {
                if (!links.link(ordinal(child), CHILD, CERTAIN)) {
                    return;
                }
            }
            for (Relation relation : relations ? store.relations(id) : List.<Relation>of()) {
                int target = ordinal(relation.to());
                if (target != NONE && !links.link(target, relation.type().code(), View.confidence(relation.confidence()))) {
                    return;
                }
            }
        } catch (ZseiException e) {
            throw new Unreadable(e);
        }
    }

    @Override
    public Set<Long> named(Name name) {
        if (names == null) {
            Map<Name, Set<Long>> read = new HashMap<>();
            try {
                store.scan(container -> {
                    Name of = Name.of(container);
                    if (of != null) {
                        read.computeIfAbsent(of, key -> new HashSet<>()).add(container.id());
                    }
                });
            } catch (ZseiException e) {
                throw new Unreadable(e);
            }
            names = read;
        }
        return names.getOrDefault(name, Set.of());
    }
}
