package studio.ozone.zsei.store;

import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

import jetbrains.exodus.ByteIterable;
import jetbrains.exodus.ExodusException;
import jetbrains.exodus.env.Cursor;
import jetbrains.exodus.env.Store;

import studio.ozone.api.care.Inspection.Finding;
import studio.ozone.api.care.Inspection.Kind;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;

/**
 * Compares the trees of the store with each other, in one consistent view. What a container's record says is the truth; the trees that
 * only find it (children, places, written) are derived from it.
 */
final class Examination {

    private static final int REPORT_EVERY = 1024;

    private final View view;
    private final Consumer<Fault> faults;
    private final Progress progress;
    private final long total;
    private long looked;
    private long unreadable;

    Examination(View view, Consumer<Fault> faults, Progress progress) {
        this.view = view;
        this.faults = faults;
        this.progress = progress;
        Database database = view.database();
        long entries = 0;
        for (Store each : new Store[] { database.containers, database.children, database.places, database.written, database.embeddings, database.relations,
            database.versions }) {
            entries += each.count(view.transaction());
        }
        total = entries;
    }

    /**
     * @return entries looked at
     * @throws CancellationException if the thread was interrupted
     */
    long run() {
        Database database = view.database();
        each(database.containers, this::container);
        each(database.children, (key, value) -> child(Keys.number(key, 0), Keys.number(key, 8)));
        each(database.places, this::place);
        each(database.written, (key, value) -> written(Keys.number(key, 0), Keys.number(key, 8)));
        each(database.embeddings, this::embedding);
        each(database.relations, this::relation);
        each(database.versions, this::version);
        if (unreadable == 0) {
            figures();
        }
        return looked;
    }

    private interface Entry {
        void at(ByteIterable key, ByteIterable value);
    }

    private void each(Store store, Entry entry) {
        try (Cursor cursor = store.openCursor(view.transaction())) {
            while (cursor.getNext()) {
                if (Thread.interrupted()) {
                    throw new CancellationException();
                }
                if (looked++ % REPORT_EVERY == 0) {
                    progress.report("store", looked, total, store.getName());
                }
                entry.at(cursor.getKey(), cursor.getValue());
            }
        }
    }

    private void found(Kind kind, long container, String message, Fault.Fix fix) {
        faults.accept(new Fault(new Finding(kind, container, message, fix != null), fix));
    }

    /** A container as it is stored; null where there is none or it cannot be read. */
    private static Records.Stored readable(View view, long id) {
        try {
            return view.stored(id);
        } catch (ExodusException e) {
            throw e;
        } catch (RuntimeException e) {
            return null; // reported where the container's own entry is looked at
        }
    }

    private static boolean unreadable(View view, long id) {
        return id != 0 && view.exists(id) && readable(view, id) == null;
    }

    private void container(ByteIterable key, ByteIterable value) {
        long id = Keys.number(key, 0);
        Records.Stored stored;
        try {
            stored = Records.container(id, value);
        } catch (ExodusException e) {
            throw e;
        } catch (RuntimeException e) {
            unreadable++;
            found(Kind.HASH_MISMATCH, id, "The record of container " + id + " cannot be read (" + e.getMessage() + "); restore a backup of the store's folder", null);
            return;
        }
        Container container = stored.container();
        if (!view.exists(container.parent())) {
            found(Kind.ORPHAN, id, "Container " + id + " lies below container " + container.parent()
                    + ", which does not exist; ingest its source again, or restore a backup of the store's folder", null);
        }
        if (!has(view, view.database().children, Keys.of(container.parent(), id))) {
            found(Kind.GRAPH_MISMATCH, id, "Container " + id + " is not among the children of container " + container.parent(),
                    (now, repairs) -> derive(now, id, Examination::listChild));
        }
        if (!has(view, view.database().written, Keys.of(stored.sequence(), id))) {
            found(Kind.VERSION_MISMATCH, id, "The log of changes lacks container " + id + ", written by commit " + stored.sequence(),
                    (now, repairs) -> derive(now, id, Examination::listWritten));
        }
        checkPlace(container);
    }

    private void checkPlace(Container container) {
        ByteIterable place = Keys.place(container);
        long holder = place == null ? container.id() : view.place(place);
        if (holder == container.id()) {
            return;
        }
        String what = "Container " + container.id() + " is not found by its source " + container.source();
        if (holds(view, holder, place)) {
            found(Kind.GRAPH_MISMATCH, container.id(), what + ": container " + holder + " has the same; ingest the source again", null);
        } else {
            found(Kind.GRAPH_MISMATCH, container.id(), what, (now, repairs) -> derive(now, container.id(), Examination::listPlace));
        }
    }

    private static boolean holds(View view, long id, ByteIterable place) {
        Records.Stored stored = id <= 0 ? null : readable(view, id);
        return stored != null && place.equals(Keys.place(stored.container()));
    }

    private interface Listing {
        boolean of(View view, Records.Stored stored);
    }

    private static boolean derive(View view, long id, Listing listing) {
        Records.Stored stored = readable(view, id);
        return stored != null && listing.of(view, stored);
    }

    private static boolean listChild(View view, Records.Stored stored) {
        Container container = stored.container();
        return view.database().children.put(view.transaction(), Keys.of(container.parent(), container.id()), ByteIterable.EMPTY);
    }

    private static boolean listWritten(View view, Records.Stored stored) {
        return view.database().written.put(view.transaction(), Keys.of(stored.sequence(), stored.container().id()), ByteIterable.EMPTY);
    }

    private static boolean listPlace(View view, Records.Stored stored) {
        ByteIterable place = Keys.place(stored.container());
        return place != null && !holds(view, view.place(place), place)
                && view.database().places.put(view.transaction(), place, Keys.of(stored.container().id()));
    }

    private void child(long parent, long id) {
        if (strayChild(view, parent, id)) {
            found(Kind.GRAPH_MISMATCH, parent, "Container " + parent + " lists container " + id + " as its child, which is not below it",
                    (now, repairs) -> strayChild(now, parent, id) && now.database().children.delete(now.transaction(), Keys.of(parent, id)));
        }
    }

    private static boolean strayChild(View view, long parent, long id) {
        Records.Stored stored = readable(view, id);
        return stored == null ? !unreadable(view, id) : stored.container().parent() != parent;
    }

    private void place(ByteIterable key, ByteIterable value) {
        long id = Keys.number(value, 0);
        if (strayPlace(view, key, id)) {
            found(Kind.GRAPH_MISMATCH, id, "A source leads to container " + id + ", which is not of that source",
                    (now, repairs) -> now.place(key) == id && strayPlace(now, key, id) && now.database().places.delete(now.transaction(), key));
        }
    }

    private static boolean strayPlace(View view, ByteIterable key, long id) {
        return !holds(view, id, key) && !unreadable(view, id);
    }

    private void written(long sequence, long id) {
        if (strayWritten(view, sequence, id)) {
            found(Kind.VERSION_MISMATCH, id, "The log of changes says that commit " + sequence + " wrote container " + id + " last, which it did not",
                    (now, repairs) -> strayWritten(now, sequence, id) && now.database().written.delete(now.transaction(), Keys.of(sequence, id)));
        }
    }

    private static boolean strayWritten(View view, long sequence, long id) {
        Records.Stored stored = readable(view, id);
        return stored == null ? !unreadable(view, id) : stored.sequence() != sequence;
    }

    private void embedding(ByteIterable key, ByteIterable value) {
        long id = Keys.number(key, 0);
        if (!view.exists(id)) {
            found(Kind.ORPHAN, id, "There is a vector of container " + id + ", which does not exist",
                    (now, repairs) -> !now.exists(id) && now.database().embeddings.delete(now.transaction(), key));
        } else if (damagedVector(key, value)) {
            found(Kind.HASH_MISMATCH, id, "A vector of container " + id + " cannot be read; it is dropped, and made again when it is needed", (now, repairs) -> {
                ByteIterable there = now.database().embeddings.get(now.transaction(), key);
                return there != null && damagedVector(key, there) && now.database().embeddings.delete(now.transaction(), key);
            });
        }
    }

    private static boolean damagedVector(ByteIterable key, ByteIterable value) {
        return damaged(() -> Records.vector(key, value));
    }

    /** Whether reading fails for what is read, and not for the files. */
    private static boolean damaged(Runnable reading) {
        try {
            reading.run();
            return false;
        } catch (ExodusException e) {
            throw e;
        } catch (RuntimeException e) {
            return true;
        }
    }

    private void version(ByteIterable key, ByteIterable value) {
        long id = Keys.number(key, 0);
        String name = "Version " + Keys.number(key, 8) + " of container " + id;
        if (strayVersion(view, key)) {
            found(Kind.VERSION_MISMATCH, id, name + " is kept, and the container is gone or has not come so far",
                    (now, repairs) -> strayVersion(now, key) && now.database().versions.delete(now.transaction(), key));
        } else if (damaged(() -> Records.version(key, value))) {
            found(Kind.HASH_MISMATCH, id, name + " cannot be read; it is dropped, the present one stays", (now, repairs) -> {
                ByteIterable there = now.database().versions.get(now.transaction(), key);
                return there != null && damaged(() -> Records.version(key, there)) && now.database().versions.delete(now.transaction(), key);
            });
        }
    }

    private static boolean strayVersion(View view, ByteIterable key) {
        Records.Stored stored = readable(view, Keys.number(key, 0));
        return stored == null ? !unreadable(view, Keys.number(key, 0)) : Keys.number(key, 8) >= stored.container().version();
    }

    private void relation(ByteIterable key, ByteIterable value) {
        long from = Keys.number(key, 0);
        Relation relation;
        try {
            relation = Records.relation(key, value);
        } catch (ExodusException e) {
            throw e;
        } catch (RuntimeException e) {
            unreadable++;
            String what = "An edge from container " + from + " cannot be read (" + e.getMessage() + ")";
            if (back(view, key) == null) {
                found(Kind.HASH_MISMATCH, from, what + "; restore a backup of the store's folder", null);
            } else {
                found(Kind.HASH_MISMATCH, from, what + "; the edge back has what it said", (now, repairs) -> fromBack(now, key));
            }
            return;
        }
        String name = "The edge " + from + " " + relation.type() + " " + relation.to();
        if (dangling(view, relation)) {
            found(Kind.BROKEN_RELATION, from, name + " has an end that does not exist",
                    (now, repairs) -> dangling(now, relation) && now.database().relations.delete(now.transaction(), key)
                            && repairs.unrelated().add(relation));
        } else if (!has(view, view.database().relations, Keys.edge(relation.inverse()))) {
            found(Kind.BROKEN_RELATION, from, name + " has no edge back", (now, repairs) -> addInverse(now, key, relation, repairs));
        }
    }

    /** The edge in the other direction; null where there is none that can be read. */
    private static Relation back(View view, ByteIterable key) {
        try {
            RelationType type = RelationType.ofCode(key.getBytesUnsafe()[8] & 0xFF);
            ByteIterable inverse = Keys.edge(Keys.number(key, 9), type.inverse(), Keys.number(key, 0));
            ByteIterable value = view.database().relations.get(view.transaction(), inverse);
            return value == null ? null : Records.relation(inverse, value);
        } catch (ExodusException e) {
            throw e;
        } catch (RuntimeException e) {
            return null;
        }
    }

    private static boolean fromBack(View now, ByteIterable key) {
        ByteIterable there = now.database().relations.get(now.transaction(), key);
        Relation back = there == null || !damaged(() -> Records.relation(key, there)) ? null : back(now, key);
        if (back == null) {
            return false;
        }
        now.put(back.inverse());
        return true;
    }

    private static boolean dangling(View view, Relation relation) {
        return !view.exists(relation.from()) || !view.exists(relation.to());
    }

    private static boolean addInverse(View now, ByteIterable key, Relation relation, Repairs repairs) {
        Relation inverse = relation.inverse();
        return has(now, now.database().relations, key) && !dangling(now, relation)
                && now.database().relations.add(now.transaction(), Keys.edge(inverse), Records.relation(Keys.edge(inverse), inverse)) && repairs.related().add(relation);
    }

    private void figures() {
        State kept = view.database().state(view.transaction());
        if (!recounted(view, kept).orElseThrow().written().equals(kept.written())) {
            found(Kind.VERSION_MISMATCH, 0, "The counts of containers, edges and ids are not those of the records", (now, repairs) -> true);
        }
    }

    /** What the figures of the store should be, by its records; empty where a record cannot be read. */
    static Optional<State> recounted(View view, State kept) {
        try {
            return Optional.of(counted(view, kept));
        } catch (ExodusException e) {
            throw e;
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    private static State counted(View view, State kept) {
        State counted = new State(kept.created);
        counted.sequence = kept.sequence;
        counted.highestId = kept.highestId;
        counted.versions = view.database().versions.count(view.transaction());
        view.containers(container -> {
            counted.count(container.type(), 1);
            counted.highestId = Math.max(counted.highestId, container.id());
        });
        view.relations(relation -> {
            ByteIterable back = Keys.edge(relation.inverse());
            if (Keys.edge(relation).compareTo(back) <= 0 || !has(view, view.database().relations, back)) {
                counted.relations++;
            }
        });
        return counted;
    }

    private static boolean has(View view, Store store, ByteIterable key) {
        return store.get(view.transaction(), key) != null;
    }
}
