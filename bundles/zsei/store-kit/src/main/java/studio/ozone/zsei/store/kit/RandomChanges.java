package studio.ozone.zsei.store.kit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;

/** Random changes, most of them valid: trees that grow, move and lose branches, edges that come and go. Same seed, same changes. */
public final class RandomChanges {

    private static final ContainerType[] TYPES = { ContainerType.DOCUMENT, ContainerType.CHUNK, ContainerType.SECTION, ContainerType.DIRECTORY,
        ContainerType.TERM };

    private final Random random;
    private final List<Long> ids = new ArrayList<>();

    public RandomChanges(long seed) {
        random = new Random(seed);
        ids.add(0L);
    }

    /** Ids that occurred so far, the root's included; some are gone, some never came to be. */
    public List<Long> ids() {
        return ids;
    }

    /**
     * @param store only containers that it holds are written again, since an id is never given to a second one
     */
    public Changes next(MemoryStore store) {
        Changes changes = new Changes();
        for (int n = random.nextInt(8); n > 0; n--) {
            int old = random.nextInt(ids.size());
            if (random.nextInt(4) == 0 && old > 0) {
                if (store.get(ids.get(old)).isPresent()) {
                    changes.put(container(ids.get(old), ids.get(random.nextInt(ids.size()))));
                }
            } else {
                long id = ids.size() * 2L;
                changes.put(container(id, any(store)));
                ids.add(id);
            }
        }
        for (int n = random.nextInt(4); n > 0; n--) {
            changes.relate(edge(store));
        }
        if (random.nextInt(3) == 0) {
            changes.unrelate(edge(store));
        }
        if (random.nextInt(6) == 0) {
            changes.remove(any(store));
        }
        return changes;
    }

    /** A container that was written more than once, where some try finds one. */
    public long idWithVersions(MemoryStore store) {
        long id = any(store);
        for (int attempt = 0; attempt < 50 && store.history(id).size() < 2; attempt++) {
            id = any(store);
        }
        return id;
    }

    /** A version of it, most often one that is kept. */
    public int version(MemoryStore store, long id) {
        List<ContainerStore.Version> history = store.history(id);
        return history.isEmpty() || random.nextInt(10) == 0 ? random.nextInt(5) : history.get(random.nextInt(history.size())).container().version();
    }

    private long any(MemoryStore store) {
        for (int attempt = 0; attempt < 50; attempt++) {
            long id = ids.get(Math.max(0, ids.size() - 1 - random.nextInt(Math.min(ids.size(), 60))));
            if (store.get(id).isPresent() || random.nextInt(100) == 0) {
                return id;
            }
        }
        return 0;
    }

    private Container container(long id, long parent) {
        ContainerType type = TYPES[random.nextInt(TYPES.length)];
        String source = random.nextInt(3) == 0 ? null : "/source/" + (type == ContainerType.CHUNK ? 1 : id);
        return Container.of(id, parent, type, "n" + random.nextInt(100), source, random.nextBoolean() ? null : "r" + random.nextInt(3), 0,
                random.nextInt(1000), random.nextInt(4) == 0 ? null : "h" + random.nextInt(3), Map.of("a", "" + random.nextInt()));
    }

    private Relation edge(MemoryStore store) {
        RelationType[] types = { RelationType.SIMILAR, RelationType.DEPENDS_ON, RelationType.DEPENDED_ON_BY, RelationType.REFERENCES };
        return new Relation(any(store), any(store), types[random.nextInt(types.length)], random.nextInt(5) / 4.0, Relation.Discovery.MANUAL);
    }
}
