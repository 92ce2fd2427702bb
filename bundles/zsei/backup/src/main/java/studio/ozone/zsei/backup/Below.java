package studio.ozone.zsei.backup;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.Snapshots.Embedding;
import studio.ozone.api.zsei.Snapshots.Snapshot;
import studio.ozone.api.zsei.ZseiException;

/** Containers of some types with all above them, and what is between these. */
final class Below implements Export.Selection {

    private final Set<Long> ids;

    private Below(Set<Long> ids) {
        this.ids = ids;
    }

    static Below of(Snapshot snapshot, Set<ContainerType> types) throws IOException, ZseiException, InterruptedException {
        Map<Long, Long> parents = new HashMap<>();
        Set<Long> ids = new HashSet<>();
        snapshot.containers(container -> {
            parents.put(container.id(), container.parent());
            if (types.contains(container.type())) {
                ids.add(container.id());
            }
        });
        for (long id : Set.copyOf(ids)) {
            for (Long above = parents.get(id); above != null && above != 0 && ids.add(above); above = parents.get(above)) {
                continue;
            }
        }
        return new Below(ids);
    }

    @Override
    public boolean has(Container container) {
        return ids.contains(container.id());
    }

    @Override
    public boolean has(Relation relation) {
        return has(relation.from()) && has(relation.to());
    }

    private boolean has(long id) {
        return id == 0 || ids.contains(id);
    }

    @Override
    public boolean has(Embedding embedding) {
        return ids.contains(embedding.id());
    }
}
