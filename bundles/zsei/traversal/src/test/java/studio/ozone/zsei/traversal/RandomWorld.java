package studio.ozone.zsei.traversal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.Traversal.Budget;
import studio.ozone.api.zsei.Traversal.Filter;
import studio.ozone.api.zsei.Traversal.Mode;
import studio.ozone.api.zsei.Traversal.Request;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.zsei.store.kit.MemoryStore;

/** A store that grows and changes at random: trees with keywords, topics, vectors, and edges of every confidence. Same seed, same world and same requests. */
final class RandomWorld {

    private static final ContainerType[] TYPES = { ContainerType.DIRECTORY, ContainerType.DOCUMENT, ContainerType.DOCUMENT, ContainerType.SECTION,
        ContainerType.CHUNK, ContainerType.CHUNK, ContainerType.CHUNK, ContainerType.TERM, ContainerType.CATEGORY, ContainerType.SUBCATEGORY };
    private static final String[] NAMES = { "Lamp", "oil", "light house", "Keeper", "storm", "north sea" };
    private static final RelationType[] RELATIONS = { RelationType.SIMILAR, RelationType.REFERENCES, RelationType.RELATED, RelationType.DEPENDS_ON };

    private final MemoryStore store;
    private final ExactIndex index;
    private final Random random;
    private final List<Long> ids = new ArrayList<>(List.of(0L));
    private final int most;

    /** @param most containers */
    RandomWorld(MemoryStore store, ExactIndex index, long seed, int most) {
        this.store = store;
        this.index = index;
        this.random = new Random(seed);
        this.most = most;
    }

    private long any() {
        return ids.get(random.nextInt(ids.size()));
    }

    private <T> T one(T[] of) {
        return of[random.nextInt(of.length)];
    }

    /** One commit, or a vector that comes without one. */
    void change() throws ZseiException {
        Changes changes = new Changes();
        for (int n = random.nextInt(3); n > 0 && ids.size() < most; n--) {
            long id = store.newId();
            changes.put(container(id, any()));
            ids.add(id);
        }
        int what = random.nextInt(12);
        if (what < 5) {
            relate(changes);
        } else if (what == 5) {
            List<Relation> relations = store.relations(any());
            if (!relations.isEmpty()) {
                changes.unrelate(relations.get(random.nextInt(relations.size())));
            }
        } else if (what == 6) {
            long id = any();
            if (id != 0 && store.get(id).isPresent()) {
                changes.put(container(id, any()));
            }
        } else if (what == 7 && random.nextInt(4) == 0) {
            long id = any();
            if (id != 0) {
                changes.remove(id);
            }
        }
        try {
            store.apply(changes);
        } catch (ZseiException e) {
            if (e.code() != ZseiException.Code.INVALID) {
                throw e;
            }
        }
        ids.removeIf(id -> store.get(id).isEmpty());
        for (Container chunk : store.all(ContainerType.CHUNK)) {
            if (store.embedding(chunk.id(), ExactIndex.MODEL).isEmpty() && random.nextInt(3) > 0) {
                store.putEmbeddings(ExactIndex.MODEL, Map.of(chunk.id(), ExactIndex.random(random)));
            }
        }
        index.changed();
    }

    private void relate(Changes changes) {
        long from = any();
        List<Container> terms = store.all(ContainerType.TERM);
        if (random.nextBoolean() && !terms.isEmpty()) {
            changes.relate(new Relation(from, terms.get(random.nextInt(terms.size())).id(), RelationType.HAS_KEYWORD, random.nextInt(101) / 100.0,
                Relation.Discovery.TEXT_ANALYSIS));
        } else {
            changes.relate(new Relation(from, any(), one(RELATIONS), random.nextInt(101) / 100.0, Relation.Discovery.MANUAL));
        }
    }

    private Container container(long id, long parent) {
        ContainerType type = one(TYPES);
        return Container.of(id, parent, type, one(NAMES), null, null, 0, 0, "h" + random.nextInt(3), Map.of());
    }

    Request request() {
        Mode mode = one(new Mode[] { Mode.STRUCTURAL, Mode.SEMANTIC, Mode.CONTEXTUAL, Mode.HYBRID });
        return request(mode);
    }

    /** One that has an answer: a start that is there, and for meaning a text or a start with a vector. */
    Request request(Mode mode) {
        long start = any();
        boolean meant = mode == Mode.SEMANTIC || mode == Mode.HYBRID;
        String text = null;
        if (random.nextInt(3) == 0 || meant && store.embedding(start, ExactIndex.MODEL).isEmpty()) {
            text = "the " + one(NAMES) + " and the " + one(NAMES);
        }
        if (mode == Mode.STRUCTURAL) {
            text = null;
        }
        return new Request(start, mode, text, filter(), 1 + random.nextInt(7), 1 + random.nextInt(40), Budget.NONE, null);
    }

    private Filter filter() {
        Set<ContainerType> types = random.nextInt(3) > 0 ? Set.of() : new HashSet<>(List.of(ContainerType.CHUNK, one(TYPES)));
        Set<RelationType> relations = new HashSet<>();
        for (RelationType type : RELATIONS) {
            if (random.nextInt(4) == 0) {
                relations.add(type);
            }
        }
        if (random.nextInt(4) == 0) {
            relations.add(RelationType.HAS_KEYWORD);
            relations.add(RelationType.KEYWORD_OF);
        }
        Instant middle = store.get(any()).orElseThrow().updated();
        return new Filter(types, random.nextInt(4) == 0 ? Set.of(one(NAMES)) : Set.of(), random.nextInt(5) == 0 ? Set.of(one(NAMES)) : Set.of(), relations,
            random.nextInt(6) == 0 ? middle : null, random.nextInt(6) == 0 ? middle : null);
    }
}
