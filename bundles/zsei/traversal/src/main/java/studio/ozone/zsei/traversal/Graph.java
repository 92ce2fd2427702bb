package studio.ozone.zsei.traversal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;

/**
 * The graph in memory, as compressed sparse rows: a container is an ordinal (its place among the sorted ids). Its children are
 * {@code child[childOff[n]] .. child[childOff[n + 1] - 1]}, in the order of the ids; its relations lie in the same way in {@code dst}, by the code
 * of their type, then by id, with types and confidences beside them: the order of the store.
 *
 * <p>What commits change lies in an overlay: a container whose links changed has its links there, and a new one has an ordinal behind
 * the others. {@link #compacted} makes rows of everything again. Not thread-safe; {@link LiveGraph} guards it.
 */
final class Graph implements View {

    private static final ContainerType[] TYPES = ContainerType.values();

    private final long[] ids;
    private final byte[] types;
    private final long[] updated;
    private final int[] parents;
    private final int[] childOff;
    private final int[] child;
    private final int[] off;
    private final int[] dst;
    private final byte[] kind;
    private final byte[] confidence;

    private final BitSet changed = new BitSet();
    private final Map<Integer, Row> rows = new HashMap<>();
    private final Map<Long, Integer> added = new HashMap<>();
    private Names names;
    /** The commit that is being followed. */
    private long commit;

    /** Rows as {@link GraphBuilder} makes them. @param parents ordinals; the root's is {@link View#NONE} */
    Graph(long[] ids, byte[] types, long[] updated, int[] parents, int[] childOff, int[] child, int[] off, int[] dst, byte[] kind, byte[] confidence) {
        this.ids = ids;
        this.types = types;
        this.updated = updated;
        this.parents = parents;
        this.childOff = childOff;
        this.child = child;
        this.off = off;
        this.dst = dst;
        this.kind = kind;
        this.confidence = confidence;
    }

    /** A container in the overlay. */
    private static final class Row {

        private final long id;
        private byte type;
        private long updated;
        private int parent = NONE;
        private boolean gone;
        private int[] targets = new int[4];
        private byte[] kinds = new byte[4];
        private byte[] confidences = new byte[4];
        private int links;
        /** The last commit that changed something here. */
        private long commit;

        Row(long id) {
            this.id = id;
        }
    }

    /** Where an id stands among the first of sorted ids, all different and 0 or more; negative where it does not. */
    static int find(long[] ids, int count, long id) {
        int high = (int) Math.min(id, count - 1L);       // before an id there are no more than id others
        if (high >= 0 && ids[high] == id) {
            return high;
        }
        return high < 0 ? -1 : Arrays.binarySearch(ids, 0, high + 1, id);
    }

    /** One more than the highest ordinal. */
    int size() {
        return ids.length + added.size();
    }

    /** Memory that the rows take; the overlay is not counted. */
    long bytes() {
        return 8L * (ids.length + updated.length) + types.length + 4L * (parents.length + childOff.length + child.length + off.length + dst.length) + kind.length
            + confidence.length;
    }

    /** Containers in the overlay. */
    int overlaid() {
        return rows.size();
    }

    /** Who has which name; null where that has not been asked for. */
    Names names() {
        return names;
    }

    void names(Names known) {
        names = known;
    }

    @Override
    public Set<Long> named(Name name) {
        return names.of(name);
    }

    @Override
    public int ordinal(long id) {
        int found = find(ids, ids.length, id);
        int ordinal = found >= 0 ? found : added.isEmpty() ? NONE : added.getOrDefault(id, NONE);
        return ordinal != NONE && changed.get(ordinal) && rows.get(ordinal).gone ? NONE : ordinal;
    }

    @Override
    public long id(int ordinal) {
        return ordinal < ids.length ? ids[ordinal] : rows.get(ordinal).id;
    }

    @Override
    public ContainerType type(int ordinal) {
        return TYPES[changed.get(ordinal) ? rows.get(ordinal).type : types[ordinal]];
    }

    @Override
    public long updated(int ordinal) {
        return changed.get(ordinal) ? rows.get(ordinal).updated : updated[ordinal];
    }

    @Override
    public int parent(int ordinal) {
        return changed.get(ordinal) ? rows.get(ordinal).parent : parents[ordinal];
    }

    @Override
    public void links(int ordinal, boolean relations, Links links) {
        if (changed.get(ordinal)) {
            Row row = rows.get(ordinal);
            for (int i = 0; i < row.links && (relations || row.kinds[i] == CHILD); i++) {
                if (!links.link(row.targets[i], row.kinds[i] & 0xFF, row.confidences[i] & 0xFF)) {
                    return;
                }
            }
            return;
        }
        for (int i = childOff[ordinal]; i < childOff[ordinal + 1]; i++) {
            if (!links.link(child[i], CHILD, CERTAIN)) {
                return;
            }
        }
        for (int i = relations ? off[ordinal] : off[ordinal + 1]; i < off[ordinal + 1]; i++) {
            if (!links.link(dst[i], kind[i] & 0xFF, confidence[i] & 0xFF)) {
                return;
            }
        }
    }

    /** What is not wanted is leapt over: thousands may depend on one that a walk comes by, and not one of them concern it. */
    @Override
    public void links(int ordinal, boolean[] kinds, boolean relations, Links links) {
        if (changed.get(ordinal)) {
            Row row = rows.get(ordinal);
            some(row.targets, row.kinds, row.confidences, 0, row.links, kinds, links);
            return;
        }
        if (kinds[CHILD]) {
            for (int i = childOff[ordinal]; i < childOff[ordinal + 1]; i++) {
                if (!links.link(child[i], CHILD, CERTAIN)) {
                    return;
                }
            }
        }
        if (relations) {
            some(dst, kind, confidence, off[ordinal], off[ordinal + 1], kinds, links);
        }
    }

    private static void some(int[] targets, byte[] sorted, byte[] confidences, int from, int to, boolean[] kinds, Links links) {
        int i = from;
        while (i < to) {
            int next = sorted[i] & 0xFF;
            if (!kinds[next]) {
                i = after(sorted, i, to, next);
            } else if (links.link(targets[i], next, confidences[i] & 0xFF)) {
                i++;
            } else {
                return;
            }
        }
    }

    /** Where, among sorted kinds, one ends that begins at a place. */
    private static int after(byte[] sorted, int from, int to, int ended) {
        int step = 1;
        while (from + step < to && (sorted[from + step] & 0xFF) == ended) {
            from += step;
            step <<= 1;
        }
        int high = Math.min(to, from + step);
        int low = from + 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if ((sorted[middle] & 0xFF) == ended) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Whether a container's links, type, time and parent are the same since a commit that was followed; what was there at first is the same always. */
    boolean sameSince(int ordinal, long sequence) {
        return !changed.get(ordinal) || rows.get(ordinal).commit <= sequence;
    }

    /**
     * Follows a commit. One that the graph holds already, wholly or in part, may be followed again, if all later ones are too.
     */
    void follow(Commit next) {
        commit = next.sequence();
        for (long id : next.removed()) {
            remove(id);
        }
        for (Container container : next.written()) {
            admit(container.id());
        }
        for (Container container : next.written()) {
            put(container);
        }
        for (Relation relation : next.unrelated()) {
            unlink(ordinal(relation.from()), ordinal(relation.to()), relation.type().code());
            unlink(ordinal(relation.to()), ordinal(relation.from()), relation.type().inverse().code());
        }
        for (Relation relation : next.related()) {
            int sure = View.confidence(relation.confidence());
            link(ordinal(relation.from()), ordinal(relation.to()), relation.type().code(), sure);
            link(ordinal(relation.to()), ordinal(relation.from()), relation.type().inverse().code(), sure);
        }
        if (names != null) {
            names.follow(next);
        }
    }

    /** Gives a container that is written a row, if it is new or was gone. */
    private void admit(long id) {
        if (ordinal(id) != NONE) {
            return;
        }
        int known = find(ids, ids.length, id);
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
        row.updated = container.updated().toEpochMilli();
        row.commit = commit;
        int parent = ordinal(container.parent());
        if (row.parent != parent) {
            unlink(row.parent, ordinal, CHILD);
        }
        row.parent = parent;
        link(parent, ordinal, CHILD, CERTAIN);
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
        row.commit = commit;
    }

    private Row row(int ordinal) {
        return rows.computeIfAbsent(ordinal, number -> {
            Row row = new Row(ids[ordinal]);
            row.type = types[ordinal];
            row.updated = updated[ordinal];
            row.parent = parents[ordinal];
            int children = childOff[ordinal + 1] - childOff[ordinal];
            row.links = children + off[ordinal + 1] - off[ordinal];
            row.targets = new int[row.links];
            row.kinds = new byte[row.links];
            row.confidences = new byte[row.links];
            System.arraycopy(child, childOff[ordinal], row.targets, 0, children);
            System.arraycopy(dst, off[ordinal], row.targets, children, row.links - children);
            System.arraycopy(kind, off[ordinal], row.kinds, children, row.links - children);
            System.arraycopy(confidence, off[ordinal], row.confidences, children, row.links - children);
            Arrays.fill(row.confidences, 0, children, (byte) CERTAIN);
            changed.set(ordinal);
            return row;
        });
    }

    /** Where a link is in a row, or, as {@code -place - 1}, where it belongs. Ordinals behind the rows do not sort as ids do. */
    private int place(Row row, int target, int linkKind) {
        long id = id(target);
        int low = 0;
        int high = row.links - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = Integer.compare(row.kinds[middle] & 0xFF, linkKind);
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

    private void link(int source, int target, int linkKind, int sure) {
        if (source == NONE || target == NONE) {
            return; // one end is removed by a later commit
        }
        Row row = row(source);
        int at = place(row, target, linkKind);
        if (at >= 0) {
            if ((row.confidences[at] & 0xFF) != sure) {
                row.confidences[at] = (byte) sure;
                row.commit = commit;
            }
            return;
        }
        at = -at - 1;
        if (row.links == row.targets.length) {
            row.targets = Arrays.copyOf(row.targets, row.links + (row.links >> 1) + 2);
            row.kinds = Arrays.copyOf(row.kinds, row.targets.length);
            row.confidences = Arrays.copyOf(row.confidences, row.targets.length);
        }
        System.arraycopy(row.targets, at, row.targets, at + 1, row.links - at);
        System.arraycopy(row.kinds, at, row.kinds, at + 1, row.links - at);
        System.arraycopy(row.confidences, at, row.confidences, at + 1, row.links - at);
        row.targets[at] = target;
        row.kinds[at] = (byte) linkKind;
        row.confidences[at] = (byte) sure;
        row.links++;
        row.commit = commit;
    }

    private void unlink(int source, int target, int linkKind) {
        if (source == NONE || target == NONE) {
            return;
        }
        Row row = row(source);
        int at = place(row, target, linkKind);
        if (at >= 0) {
            row.links--;
            System.arraycopy(row.targets, at + 1, row.targets, at, row.links - at);
            System.arraycopy(row.kinds, at + 1, row.kinds, at, row.links - at);
            System.arraycopy(row.confidences, at + 1, row.confidences, at, row.links - at);
            row.commit = commit;
        }
    }

    /** The ids of containers that are not in both graphs, or differ in what is known of them. */
    List<Long> mismatches(Graph other) {
        List<Long> wrong = new ArrayList<>();
        for (int ordinal = 0; ordinal < other.size(); ordinal++) {
            long id = other.id(ordinal);
            int theirs = other.ordinal(id);
            int ours = ordinal(id);
            if ((theirs == NONE) != (ours == NONE) || theirs != NONE && !same(ours, other, theirs)) {
                wrong.add(id);
            }
        }
        for (int ordinal = 0; ordinal < size(); ordinal++) {
            long id = id(ordinal);
            if (ordinal(id) != NONE && !other.knows(id)) {
                wrong.add(id);
            }
        }
        return wrong;
    }

    /** Whether an ordinal was ever given to it. */
    private boolean knows(long id) {
        return find(ids, ids.length, id) >= 0 || added.containsKey(id);
    }

    private boolean same(int ours, Graph other, int theirs) {
        return type(ours) == other.type(theirs) && updated(ours) == other.updated(theirs) && Arrays.equals(row(ours, this), row(theirs, other));
    }

    /** A container's parent and links, by ids. */
    private static long[] row(int ordinal, Graph graph) {
        List<Long> row = new ArrayList<>();
        int parent = graph.parent(ordinal);
        row.add(parent == NONE ? NONE : graph.id(parent));
        graph.links(ordinal, true, (target, linkKind, sure) -> row.add(graph.id(target)) && row.add((long) linkKind << 8 | sure));
        return row.stream().mapToLong(Long::longValue).toArray();
    }

    /** The same graph without an overlay; ordinals are others. */
    Graph compacted() {
        long[] live = new long[size()];
        int count = 0;
        int links = 0;
        for (int ordinal = 0; ordinal < size(); ordinal++) {
            boolean over = changed.get(ordinal);
            if (!over || !rows.get(ordinal).gone) {
                live[count++] = id(ordinal);
                links += over ? rows.get(ordinal).links : off[ordinal + 1] - off[ordinal];
            }
        }
        Arrays.sort(live, 0, count);
        GraphBuilder builder = new GraphBuilder(count, links);
        for (int i = 0; i < count; i++) {
            int ordinal = ordinal(live[i]);
            int parent = parent(ordinal);
            builder.container(live[i], parent == NONE ? 0 : id(parent), type(ordinal), updated(ordinal));
        }
        for (int i = 0; i < count; i++) {
            long from = live[i];
            links(ordinal(from), true, (target, linkKind, sure) -> {
                if (linkKind != CHILD) {
                    builder.edge(from, linkKind, id(target), sure);
                }
                return true;
            });
        }
        Graph graph = builder.build();
        graph.names = names;
        return graph;
    }
}
