package studio.ozone.zsei.store;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import jetbrains.exodus.ByteIterable;

import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.ZseiException;

/**
 * One {@link Changes} in a transaction that it may share with others. First everything is checked, and only then written, so that
 * changes that are refused leave nothing behind in the transaction.
 */
final class Edit {

    /** A value must fit into a file of the log, wherever in it. */
    private static final int MOST_CHARACTERS = 250_000;
    private static final int IDS_IN_A_VALUE = 4096;

    private final View view;
    private final Database database;
    private final Changes changes;
    private final Tuning tuning;
    private final Set<Long> removed = new LinkedHashSet<>();
    private final Map<Long, Container> puts = new LinkedHashMap<>();
    /** Containers that are written again, as they are stored. */
    private final Map<Long, Records.Stored> before = new HashMap<>();

    Edit(View view, Changes changes, Tuning tuning) {
        this.view = view;
        this.database = view.database();
        this.changes = changes;
        this.tuning = tuning;
    }

    /**
     * Reads only.
     *
     * @throws ZseiException INVALID
     */
    void check() throws ZseiException {
        for (long id : changes.removals()) {
            if (id == 0) {
                throw invalid("The root cannot be removed");
            }
            below(id);
        }
        for (Container container : changes.puts()) {
            if (container.id() == 0) {
                throw invalid("The root, container 0, cannot be written: new containers get an id from newId()");
            }
            checkSize(container);
            if (changes.asTheyAre().contains(container.id())) {
                checkBookkeeping(container);
            }
            puts.put(container.id(), container);
        }
        for (long id : puts.keySet()) {
            Records.Stored stored = removed.contains(id) ? null : view.stored(id);
            if (stored != null) {
                before.put(id, stored);
            }
        }
        Map<ByteIterable, Long> places = new HashMap<>();
        for (Container container : puts.values()) {
            checkParent(container.parent(), container);
            checkNotBelowItself(container);
            checkPlace(container, places);
        }
        for (Relation relation : changes.relations()) {
            for (long end : new long[] { relation.from(), relation.to() }) {
                if (!present(end)) {
                    throw invalid("The edge " + relation.from() + " " + relation.type() + " " + relation.to() + " ends at container " + end
                            + ", which does not exist");
                }
            }
        }
    }

    private static void checkBookkeeping(Container container) throws ZseiException {
        if (container.version() < 1 || container.created() == null || container.updated() == null || container.created().toEpochMilli() < 0) {
            throw invalid("Container " + container.id() + " (" + container.name() + ") is to be written as it is, and has no version and times: "
                    + container.version() + ", " + container.created() + ", " + container.updated());
        }
    }

    private static void checkSize(Container container) throws ZseiException {
        long characters = container.name().length();
        for (String text : Arrays.asList(container.source(), container.record(), container.contentHash())) {
            characters += text == null ? 0 : text.length();
        }
        for (Map.Entry<String, String> attribute : container.attributes().entrySet()) {
            characters += attribute.getKey().length() + attribute.getValue().length();
        }
        if (characters > MOST_CHARACTERS) {
            throw invalid("Container " + container.id() + " describes itself in " + characters + " characters. A container is a description "
                    + "of at most " + MOST_CHARACTERS);
        }
    }

    private void below(long id) {
        Deque<Long> open = new ArrayDeque<>(List.of(id));
        while (!open.isEmpty()) {
            long next = open.pop();
            if (view.exists(next) && removed.add(next)) {
                view.childIds(next).forEach(open::push);
            }
        }
    }

    private boolean present(long id) {
        return id == 0 || puts.containsKey(id) || !removed.contains(id) && view.exists(id);
    }

    private void checkParent(long above, Container container) throws ZseiException {
        if (!present(above)) {
            throw invalid("Container " + container.id() + " (" + container.name() + ") cannot lie below container " + above
                    + ", which does not exist");
        }
    }

    private void checkNotBelowItself(Container container) throws ZseiException {
        Set<Long> seen = new HashSet<>();
        for (long above = container.parent(); above != 0;) {
            if (above == container.id() || !seen.add(above)) {
                throw invalid("Container " + container.id() + " (" + container.name() + ") cannot lie below itself");
            }
            checkParent(above, container);
            Container put = puts.get(above);
            if (put == null && !puts.containsKey(container.parent()) && !before.containsKey(container.id())) {
                return; // a new one below old ones
            }
            above = put != null ? put.parent() : view.stored(above).container().parent();
        }
    }

    private void checkPlace(Container container, Map<ByteIterable, Long> places) throws ZseiException {
        ByteIterable place = Keys.place(container);
        if (place == null) {
            return;
        }
        Long beside = places.putIfAbsent(place, container.id());
        long holder = beside != null ? beside : view.place(place);
        if (holder >= 0 && holder != container.id() && (beside != null || !removed.contains(holder) && !leaves(holder, place))) {
            throw invalid("There is a container of " + container.source() + (container.record() == null ? "" : ", record " + container.record())
                    + " already: " + holder + ". It cannot be written a second time, as " + container.id());
        }
    }

    /** Whether the container at a place is itself written to another place. */
    private boolean leaves(long id, ByteIterable place) {
        Container put = puts.get(id);
        return put != null && !place.equals(Keys.place(put));
    }

    /** Whether there is something to write. After {@link #check}. */
    boolean isEmpty() {
        return removed.isEmpty() && puts.isEmpty() && changes.relations().isEmpty()
                && changes.unrelations().stream().noneMatch(edge -> database.relations.get(view.transaction(), Keys.edge(edge)) != null);
    }

    /** Writes. @param state is changed too: its sequence is this commit's when the call returns */
    Commit write(State state, Instant now) {
        long sequence = state.sequence + 1;
        List<Relation> unrelated = new ArrayList<>();
        Versions versions = new Versions(view, state, tuning);
        for (long id : puts.keySet()) { // first, while its edges are as they were
            if (before.containsKey(id)) {
                versions.keep(before.get(id));
            }
        }
        for (long id : removed) {
            remove(id, state, unrelated);
            versions.drop(id);
        }
        List<Long> removals = removed.stream().filter(id -> !puts.containsKey(id)).sorted().toList();
        log(sequence, removals);
        // A place that is given up here may be taken by another container of the same commit.
        for (Container container : puts.values()) {
            leavePlace(container);
        }
        List<Container> written = new ArrayList<>(puts.size());
        for (Container container : puts.values()) {
            written.add(put(container, sequence, now, state));
            state.highestId = Math.max(state.highestId, container.id());
        }
        for (Relation relation : changes.unrelations()) {
            if (unrelate(relation, state)) {
                unrelated.add(relation);
            }
        }
        for (Relation relation : changes.relations()) {
            if (database.relations.get(view.transaction(), Keys.edge(relation)) == null) {
                state.relations++;
            }
            view.put(relation);
            view.put(relation.inverse());
        }
        state.sequence = sequence;
        return new Commit(sequence, List.copyOf(written), removals, List.copyOf(changes.relations()), List.copyOf(unrelated),
                Map.copyOf(changes.texts()));
    }

    private void remove(long id, State state, List<Relation> unrelated) {
        Records.Stored stored = view.stored(id);
        Container container = stored.container();
        for (Relation relation : view.relations(id)) {
            if (unrelate(relation, state)) {
                unrelated.add(relation);
            }
        }
        dropEmbeddings(id);
        ByteIterable place = Keys.place(container);
        if (place != null) {
            database.places.delete(view.transaction(), place);
        }
        database.children.delete(view.transaction(), Keys.of(container.parent(), id));
        database.written.delete(view.transaction(), Keys.of(stored.sequence(), id));
        database.containers.delete(view.transaction(), Keys.of(id));
        state.count(container.type(), -1);
    }

    private void leavePlace(Container container) {
        Records.Stored old = before.get(container.id());
        ByteIterable place = old == null ? null : Keys.place(old.container());
        if (place != null && !place.equals(Keys.place(container))) {
            database.places.delete(view.transaction(), place);
        }
    }

    private Container put(Container container, long sequence, Instant now, State state) {
        long id = container.id();
        Records.Stored old = before.get(id);
        boolean asItIs = old == null && changes.asTheyAre().contains(id);
        int version = asItIs ? container.version() : old == null ? 1 : old.container().version() + 1;
        Instant created = asItIs ? container.created() : old == null ? now : old.container().created();
        Instant updated = asItIs ? container.updated() : now;
        Container written = new Container(id, container.parent(), version, container.type(), container.name(), container.source(),
                container.record(), container.start(), container.end(), container.contentHash(), created,
                updated.isBefore(created) ? created : updated, container.attributes());
        if (old != null) {
            database.written.delete(view.transaction(), Keys.of(old.sequence(), id));
            state.count(old.container().type(), -1);
            if (old.container().parent() != container.parent()) {
                database.children.delete(view.transaction(), Keys.of(old.container().parent(), id));
            }
            if (container.contentHash() == null || !container.contentHash().equals(old.container().contentHash())) {
                dropEmbeddings(id);
            }
        }
        state.count(container.type(), 1);
        database.containers.put(view.transaction(), Keys.of(id), Records.container(written, sequence, tuning.codec()));
        database.children.put(view.transaction(), Keys.of(container.parent(), id), ByteIterable.EMPTY);
        database.written.put(view.transaction(), Keys.of(sequence, id), ByteIterable.EMPTY);
        ByteIterable place = Keys.place(container);
        if (place != null) {
            database.places.put(view.transaction(), place, Keys.of(id));
        }
        return written;
    }

    private boolean unrelate(Relation relation, State state) {
        boolean there = database.relations.delete(view.transaction(), Keys.edge(relation));
        database.relations.delete(view.transaction(), Keys.edge(relation.inverse()));
        if (there) {
            state.relations--;
        }
        return there;
    }

    private void dropEmbeddings(long id) {
        for (ByteIterable key : view.embeddings(id)) {
            database.embeddings.delete(view.transaction(), key);
        }
    }

    /** Ids that are gone, as differences, in values of bounded size. */
    private void log(long sequence, List<Long> ids) {
        for (int from = 0; from < ids.size(); from += IDS_IN_A_VALUE) {
            Bytes bytes = new Bytes();
            long before = 0;
            for (long id : ids.subList(from, Math.min(from + IDS_IN_A_VALUE, ids.size()))) {
                bytes.number(id - before);
                before = id;
            }
            database.gone.put(view.transaction(), Keys.of(sequence, from), bytes.written());
        }
    }

    private static ZseiException invalid(String message) {
        return new ZseiException(ZseiException.Code.INVALID, message);
    }
}
