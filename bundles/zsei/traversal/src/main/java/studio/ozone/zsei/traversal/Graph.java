package studio.ozone.zsei.traversal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;

/**
 * The graph in memory, as compressed sparse rows: a container is an ordinal (its place among the sorted ids), and the links that leave
 * ordinal {@code n} are {@code dst[off[n]] .. dst[off[n + 1] - 1]} with their kinds beside them. Child links come first, in the order
 * of the ids, then relations by the code of their type, then by id: the order of the store.
 *
 * <p>What commits change lies in an overlay: a container whose links changed has its links there, and a new one has an ordinal behind
 * the others. {@link #compacted} makes rows of everything again. Not thread-safe; {@link GraphTraversal} guards it.
 */
final class Graph {

    /** The kind of a child link; every other kind is the code of a relation's type. */
    static final int CHILD = 0;

    private static final ContainerType[] TYPES = ContainerType.values();
    private static final int NONE = -1;

    private final long[] ids;
    private final byte[] types;
    private final int[] parents;
    private final int[] off;
    private final int[] dst;
    private final byte[] kind;

    private final BitSet changed = new BitSet();
    private final Map<Integer, Row> rows = new HashMap<>();
    private final Map<Long, Integer> added = new HashMap<>();

    /** Rows as {@link GraphBuilder} makes them. @param parents ordinals; the root's is -1 */
    Graph(long[] ids, byte[] types, int[] parents, int[] off, int[] dst, byte[] kind) {
        this.ids = ids;
        this.types = types;
        this.parents = parents;
        this.off = off;
        this.dst = dst;
        this.kind = kind;
    }

    /** A container in the overlay. */
    private static final class Row {

        private final long id;
        private byte type;
        private int parent = NONE;
        private boolean gone;
        private int[] targets = new int[4];
        private byte[] kinds = new byte[4];
        private int links;

        Row(long id) {
            this.id = id;
        }
    }

    /** One more than the highest ordinal. */
    int size() {
        return ids.length + added.size();
    }

    /** Containers in the overlay. */
    int overlaid() {
        return rows.size();
    }

    /** @return -1 if there is no such container */
    int ordinal(long id) {
        int found = Arrays.binarySearch(ids, id);
        int ordinal = found >= 0 ? found : added.getOrDefault(id, NONE);
        return ordinal != NONE && changed.get(ordinal) && rows.get(ordinal).gone ? NONE : ordinal;
    }

    long id(int ordinal) {
        return ordinal < ids.length ? ids[ordinal] : rows.get(ordinal).id;
    }

    ContainerType type(int ordinal) {
        return TYPES[changed.get(ordinal) ? rows.get(ordinal).type : types[ordinal]];
    }

    /** Takes links. */
    interface Links {

        /** @return whether to go on */
        boolean link(int target, int kind);
    }

    void links(int ordinal, Links links) {
        if (changed.get(ordinal)) {
            Row row = rows.get(ordinal);
            for (int i = 0; i < row.links && links.link(row.targets[i], row.kinds[i] & 0xFF); i++) { }
        } else {
            for (int i = off[ordinal]; i < off[ordinal + 1] && links.link(dst[i], kind[i] & 0xFF); i++) { }
        }
    }

    /**
     * Follows a commit. One that the graph holds already, wholly or in part, may be followed again, if all later ones are too.
     */
    void follow(Commit commit) {
        for (long id : commit.removed()) {
            remove(id);
        }
        for (Container container : commit.written()) {
            admit(container.id());
        }
        for (Container container : commit.written()) {
            put(container);
        }
        for (Relation relation : commit.unrelated()) {
            unlink(ordinal(relation.from()), ordinal(relation.to()), relation.type().code());
            unlink(ordinal(relation.to()), ordinal(relation.from()), relation.type().inverse().code());
        }
        for (Relation relation : commit.related()) {
            link(ordinal(relation.from()), ordinal(relation.to()), relation.type().code());
            link(ordinal(relation.to()), ordinal(relation.from()), relation.type().inverse().code());
        }
    }

    /** Gives a container that is written a row, if it is new or was gone. */
    private void admit(long id) {
        if (ordinal(id) != NONE) {
            return;
        }
        int known = Arrays.binarySearch(ids, id);
        int ordinal = known >= 0 ? known : added.getOrDefault(id, size());
        if (known < 0) {
            added.put(id, ordinal);
        }
        rows.put(ordinal, new Row(id));
        changed.set(ordinal);
    }

    private void put(Container container) {
        int ordinal = ordinal(container.id());
        Row row = row(ordinal);
        row.type = (byte) container.type().ordinal();
        int parent = ordinal(container.parent());
        if (row.parent != parent) {
            unlink(row.parent, ordinal, CHILD);
        }
        row.parent = parent;
        link(parent, ordinal, CHILD);
    }

    private void remove(long id) {
        int ordinal = ordinal(id);
        if (ordinal == NONE) {
            return;
        }
        Row row = row(ordinal);
        unlink(row.parent, ordinal, CHILD);
        for (int i = 0; i < row.links; i++) {
            if (row.kinds[i] != CHILD && row.targets[i] != ordinal) {
                unlink(row.targets[i], ordinal, RelationType.ofCode(row.kinds[i] & 0xFF).inverse().code());
            }
        }
        row.gone = true;
        row.links = 0;
    }

    private Row row(int ordinal) {
        return rows.computeIfAbsent(ordinal, number -> {
            Row row = new Row(ids[ordinal]);
            row.type = types[ordinal];
            row.parent = parents[ordinal];
            row.targets = Arrays.copyOfRange(dst, off[ordinal], off[ordinal + 1]);
            row.kinds = Arrays.copyOfRange(kind, off[ordinal], off[ordinal + 1]);
            row.links = row.targets.length;
            changed.set(ordinal);
            return row;
        });
    }

    /** Where a link is in a row, or, as {@code -place - 1}, where it belongs. Ordinals behind the rows do not sort as ids do. */
    private int place(Row row, int target, int kind) {
        long id = id(target);
        int low = 0;
        int high = row.links - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = Integer.compare(row.kinds[middle] & 0xFF, kind);
            if (order == 0) {
                order = Long.compare(id(row.targets[middle]), id);
            }
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -low - 1;
    }

    private void link(int source, int target, int kind) {
        if (source == NONE || target == NONE) {
            return; // one end is removed by a later commit
        }
        Row row = row(source);
        int at = -place(row, target, kind) - 1;
        if (at < 0) {
            return;
        }
        if (row.links == row.targets.length) {
            row.targets = Arrays.copyOf(row.targets, row.links * 2 + 2);
            row.kinds = Arrays.copyOf(row.kinds, row.targets.length);
        }
        System.arraycopy(row.targets, at, row.targets, at + 1, row.links - at);
        System.arraycopy(row.kinds, at, row.kinds, at + 1, row.links - at);
        row.targets[at] = target;
        row.kinds[at] = (byte) kind;
        row.links++;
    }

    private void unlink(int source, int target, int kind) {
        if (source == NONE || target == NONE) {
            return;
        }
        Row row = row(source);
        int at = place(row, target, kind);
        if (at >= 0) {
            row.links--;
            System.arraycopy(row.targets, at + 1, row.targets, at, row.links - at);
            System.arraycopy(row.kinds, at + 1, row.kinds, at, row.links - at);
        }
    }

    /** The ids of containers that are not in both graphs, or differ in their type or their links. */
    List<Long> mismatches(Graph other) {
        List<Long> ids = new ArrayList<>();
        for (int ordinal = 0; ordinal < other.size(); ordinal++) {
            long id = other.id(ordinal);
            int theirs = other.ordinal(id);
            int ours = ordinal(id);
            if ((theirs == NONE) != (ours == NONE) || theirs != NONE && (type(ours) != other.type(theirs) || !sameLinks(ours, other, theirs))) {
                ids.add(id);
            }
        }
        for (int ordinal = 0; ordinal < size(); ordinal++) {
            long id = id(ordinal);
            if (ordinal(id) != NONE && !other.knows(id)) {
                ids.add(id);
            }
        }
        return ids;
    }

    /** Whether an ordinal was ever given to it. */
    private boolean knows(long id) {
        return Arrays.binarySearch(ids, id) >= 0 || added.containsKey(id);
    }

    private boolean sameLinks(int ours, Graph other, int theirs) {
        int count = count(ours);
        boolean same = count == other.count(theirs);
        for (int i = 0; i < count && same; i++) {
            same = kindAt(ours, i) == other.kindAt(theirs, i) && id(targetAt(ours, i)) == other.id(other.targetAt(theirs, i));
        }
        return same;
    }

    private int count(int ordinal) {
        return changed.get(ordinal) ? rows.get(ordinal).links : off[ordinal + 1] - off[ordinal];
    }

    private int targetAt(int ordinal, int n) {
        return changed.get(ordinal) ? rows.get(ordinal).targets[n] : dst[off[ordinal] + n];
    }

    private byte kindAt(int ordinal, int n) {
        return changed.get(ordinal) ? rows.get(ordinal).kinds[n] : kind[off[ordinal] + n];
    }

    /** The same graph without an overlay. */
    Graph compacted() {
        GraphBuilder builder = new GraphBuilder();
        for (int ordinal = 0; ordinal < size(); ordinal++) {
            int source = ordinal;
            Row row = changed.get(ordinal) ? rows.get(ordinal) : null;
            if (row == null || !row.gone) {
                int parent = row == null ? parents[ordinal] : row.parent;
                builder.container(id(ordinal), parent == NONE ? 0 : id(parent), type(ordinal));
                links(ordinal, (target, linkKind) -> {
                    if (linkKind != CHILD) {
                        builder.edge(id(source), linkKind, id(target));
                    }
                    return true;
                });
            }
        }
        return builder.build();
    }
}
