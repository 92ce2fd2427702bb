package studio.ozone.zsei.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.function.Consumer;
import java.util.function.Predicate;

import jetbrains.exodus.ByteIterable;
import jetbrains.exodus.env.Cursor;
import jetbrains.exodus.env.Store;
import jetbrains.exodus.env.Transaction;

import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore.ChangePage;
import studio.ozone.api.zsei.ContainerStore.Links;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;

/** What one transaction sees of the store. Used by one thread. */
record View(Database database, Transaction transaction) {

    boolean exists(long id) {
        return id == 0 || database.containers.get(transaction, Keys.of(id)) != null;
    }

    /** A container as it is stored; null where there is none. Not the root. */
    Records.Stored stored(long id) {
        ByteIterable value = database.containers.get(transaction, Keys.of(id));
        return value == null ? null : Records.container(id, value);
    }

    /** The id of the container with a key of {@link Keys#place}; -1 where there is none. */
    long place(ByteIterable key) {
        ByteIterable id = database.places.get(transaction, key);
        return id == null ? -1 : Keys.number(id, 0);
    }

    List<Long> childIds(long id) {
        List<Long> ids = new ArrayList<>();
        range(database.children, Keys.of(id), key -> Keys.begins(key, id), (key, value) -> ids.add(Keys.number(key, 8)));
        return ids;
    }

    List<Container> children(long id) {
        return childIds(id).stream().map(child -> stored(child).container()).toList();
    }

    List<Long> ancestors(Container container) {
        List<Long> ids = new ArrayList<>();
        for (long parent = container.parent(); parent != 0; parent = stored(parent).container().parent()) {
            ids.add(parent);
        }
        return ids;
    }

    List<Relation> relations(long id) {
        List<Relation> edges = new ArrayList<>();
        range(database.relations, Keys.of(id), key -> Keys.begins(key, id), (key, value) -> edges.add(Records.relation(key, value)));
        return edges;
    }

    /** The edges of a container, or null where there are more than so many. */
    List<Relation> relations(long id, int most) {
        List<Relation> edges = new ArrayList<>();
        range(database.relations, Keys.of(id), key -> Keys.begins(key, id) && edges.size() <= most,
                (key, value) -> edges.add(Records.relation(key, value)));
        return edges.size() > most ? null : edges;
    }

    /** Writes one direction of an edge. */
    void put(Relation relation) {
        ByteIterable key = Keys.edge(relation);
        database.relations.put(transaction, key, Records.relation(key, relation));
    }

    /** The versions of a container that are kept, the oldest first. */
    List<Records.Kept> versions(long id) {
        List<Records.Kept> kept = new ArrayList<>();
        range(database.versions, Keys.of(id), key -> Keys.begins(key, id), (key, value) -> kept.add(Records.version(key, value)));
        return kept;
    }

    /** Keys of the versions of a container below a number. */
    List<ByteIterable> versionsBelow(long id, long version) {
        List<ByteIterable> keys = new ArrayList<>();
        range(database.versions, Keys.of(id), key -> Keys.begins(key, id) && Keys.number(key, 8) < version, (key, value) -> keys.add(key));
        return keys;
    }

    Optional<float[]> embedding(long id, String model) {
        ByteIterable key = Keys.embedding(id, model);
        return Optional.ofNullable(database.embeddings.get(transaction, key)).map(value -> Records.vector(key, value));
    }

    /** Keys of a container's vectors, of all models. */
    List<ByteIterable> embeddings(long id) {
        List<ByteIterable> keys = new ArrayList<>();
        range(database.embeddings, Keys.of(id), key -> Keys.begins(key, id), (key, value) -> keys.add(key));
        return keys;
    }

    void containers(Consumer<Container> consumer) {
        range(database.containers, Keys.of(0), key -> true,
                (key, value) -> consumer.accept(Records.container(Keys.number(key, 0), value).container()));
    }

    void relations(Consumer<Relation> consumer) {
        range(database.relations, Keys.of(0), key -> true, (key, value) -> consumer.accept(Records.relation(key, value)));
    }

    void links(Links links) {
        links.container(0, 0, ContainerType.SYSTEM.code(), database.state(transaction).created);
        range(database.containers, Keys.of(0), key -> true, (key, value) -> Records.head(Keys.number(key, 0), value, links));
        range(database.relations, Keys.of(0), key -> true, (key, value) -> Records.link(key, value, links));
    }

    /** The root, which is nowhere written. */
    Container root() {
        Instant created = Instant.ofEpochMilli(database.state(transaction).created);
        return new Container(0, 0, 1, ContainerType.SYSTEM, "root", null, null, 0, 0, null, created, created, Map.of());
    }

    /**
     * A page of the change log. A page holds whole commits, so the first may be larger than the limit.
     */
    ChangePage changes(long after, int limit) {
        long last = database.state(transaction).sequence;
        SequencedSet<Long> written = new LinkedHashSet<>();
        SequencedSet<Long> removed = new LinkedHashSet<>();
        try (Cursor puts = database.written.openCursor(transaction); Cursor removals = database.gone.openCursor(transaction)) {
            long put = first(puts, after);
            long removal = first(removals, after);
            while (Math.min(put, removal) <= last) {
                long sequence = Math.min(put, removal);
                List<Long> putNow = new ArrayList<>();
                List<Long> removedNow = new ArrayList<>();
                for (; removal == sequence; removal = next(removals)) {
                    removedIds(removals.getValue(), removedNow);
                }
                for (; put == sequence; put = next(puts)) {
                    putNow.add(Keys.number(puts.getKey(), 8));
                }
                int before = written.size() + removed.size();
                if (before > 0 && before + putNow.size() + removedNow.size() > limit) {
                    return new ChangePage(List.copyOf(written), List.copyOf(removed), sequence - 1, true);
                }
                removed.addAll(removedNow);
                written.addAll(putNow);
            }
        }
        return new ChangePage(List.copyOf(written), List.copyOf(removed), last, false);
    }

    private static long first(Cursor cursor, long after) {
        return cursor.getSearchKeyRange(Keys.of(after + 1)) == null ? Long.MAX_VALUE : Keys.number(cursor.getKey(), 0);
    }

    private static long next(Cursor cursor) {
        return cursor.getNext() ? Keys.number(cursor.getKey(), 0) : Long.MAX_VALUE;
    }

    private void removedIds(ByteIterable value, List<Long> ids) {
        Bytes bytes = new Bytes(value);
        long id = 0;
        while (bytes.more()) {
            id += bytes.number();
            if (!exists(id)) {
                ids.add(id);
            }
        }
    }

    /**
     * Goes through a part of a tree.
     *
     * @return the key to go on from; null at the end
     */
    ByteIterable page(Store store, ByteIterable from, int entries, Entry entry) {
        try (Cursor cursor = store.openCursor(transaction)) {
            int left = entries;
            for (ByteIterable value = cursor.getSearchKeyRange(from); value != null; value = cursor.getNext() ? cursor.getValue() : null) {
                if (left-- == 0) {
                    return cursor.getKey();
                }
                entry.at(cursor.getKey(), value);
            }
            return null;
        }
    }

    /** Takes the entries of a tree. */
    interface Entry {
        void at(ByteIterable key, ByteIterable value);
    }

    private void range(Store store, ByteIterable from, Predicate<ByteIterable> within, Entry entry) {
        try (Cursor cursor = store.openCursor(transaction)) {
            if (cursor.getSearchKeyRange(from) == null) {
                return;
            }
            do {
                ByteIterable key = cursor.getKey();
                if (!within.test(key)) {
                    return;
                }
                entry.at(key, cursor.getValue());
            } while (cursor.getNext());
        }
    }
}
