package studio.ozone.zsei.traversal;

import java.util.Arrays;

import studio.ozone.api.zsei.ContainerType;

/** Gathers containers and edges in any order, and makes rows of them. An edge with an end that is not there is left out. */
final class GraphBuilder {

    private int containers;
    private long[] ids = new long[1024];
    private long[] parents = new long[1024];
    private byte[] types = new byte[1024];
    private int edges;
    private long[] from = new long[256];
    private long[] to = new long[256];
    private byte[] kinds = new byte[256];

    void container(long id, long parent, ContainerType type) {
        if (containers == ids.length) {
            ids = Arrays.copyOf(ids, containers * 2);
            parents = Arrays.copyOf(parents, containers * 2);
            types = Arrays.copyOf(types, containers * 2);
        }
        ids[containers] = id;
        parents[containers] = parent;
        types[containers++] = (byte) type.ordinal();
    }

    void edge(long source, int kind, long target) {
        if (edges == from.length) {
            from = Arrays.copyOf(from, edges * 2);
            to = Arrays.copyOf(to, edges * 2);
            kinds = Arrays.copyOf(kinds, edges * 2);
        }
        from[edges] = source;
        to[edges] = target;
        kinds[edges++] = (byte) kind;
    }

    Graph build() {
        long[] sorted = Arrays.copyOf(ids, containers);
        Arrays.sort(sorted);
        byte[] type = new byte[containers];
        int[] parent = new int[containers];
        long[] links = new long[edges + containers];
        int[] source = new int[edges + containers];
        int[] off = new int[containers + 1];
        int count = 0;
        for (int i = 0; i < containers; i++) {
            int ordinal = Arrays.binarySearch(sorted, ids[i]);
            int above = ids[i] == 0 ? -1 : Arrays.binarySearch(sorted, parents[i]);
            type[ordinal] = types[i];
            parent[ordinal] = Math.max(above, -1);
            if (above >= 0) {
                source[count] = above;
                links[count++] = link(Graph.CHILD, ordinal);
                off[above + 1]++;
            }
        }
        for (int i = 0; i < edges; i++) {
            int start = Arrays.binarySearch(sorted, from[i]);
            int end = Arrays.binarySearch(sorted, to[i]);
            if (start >= 0 && end >= 0) {
                source[count] = start;
                links[count++] = link(kinds[i] & 0xFF, end);
                off[start + 1]++;
            }
        }
        for (int i = 0; i < containers; i++) {
            off[i + 1] += off[i];
        }
        int[] next = Arrays.copyOf(off, containers);
        long[] placed = new long[count];
        for (int i = 0; i < count; i++) {
            placed[next[source[i]]++] = links[i];
        }
        int[] dst = new int[count];
        byte[] kind = new byte[count];
        for (int i = 0; i < containers; i++) {
            Arrays.sort(placed, off[i], off[i + 1]);
        }
        for (int i = 0; i < count; i++) {
            dst[i] = (int) placed[i];
            kind[i] = (byte) (placed[i] >>> 32);
        }
        return new Graph(sorted, type, parent, off, dst, kind);
    }

    /** Sorts by kind, then by ordinal. */
    private static long link(int kind, int ordinal) {
        return (long) kind << 32 | ordinal;
    }
}
