package studio.ozone.zsei.traversal;

import java.util.Arrays;

import studio.ozone.api.zsei.ContainerType;

/**
 * Makes rows of containers in the order of their ids, and then of edges in the order of from, type and to, as
 * {@link studio.ozone.api.zsei.ContainerStore#scanLinks} tells them: nothing is sorted, and little more memory is taken than the rows need. An edge
 * with an end that is not there is left out.
 */
final class GraphBuilder {

    private int containers;
    private long[] ids;
    private long[] above;
    private long[] updated;
    private byte[] types;
    private int edges;
    private int[] off;
    private int[] dst;
    private byte[] kinds;
    private byte[] confidences;
    private int source = View.NONE;

    /** The numbers that are expected; more or fewer may come. */
    GraphBuilder(int containers, int edges) {
        ids = new long[Math.max(16, containers)];
        above = new long[ids.length];
        updated = new long[ids.length];
        types = new byte[ids.length];
        dst = new int[Math.max(16, edges)];
        kinds = new byte[dst.length];
        confidences = new byte[dst.length];
    }

    void container(long id, long parent, ContainerType type, long written) {
        if (off != null || containers > 0 && ids[containers - 1] >= id) {
            throw new IllegalStateException("Containers come first, by their ids; " + id + " does not");
        }
        if (containers == ids.length) {
            resize(containers + (containers >> 1));
        }
        ids[containers] = id;
        above[containers] = parent;
        updated[containers] = written;
        types[containers++] = (byte) type.ordinal();
    }

    private void resize(int length) {
        ids = Arrays.copyOf(ids, length);
        above = Arrays.copyOf(above, length);
        updated = Arrays.copyOf(updated, length);
        types = Arrays.copyOf(types, length);
    }

    void edge(long from, int kind, long to, int confidence) {
        if (off == null) {
            off = new int[containers + 1];
        }
        if (source == View.NONE || ids[source] != from) {
            int next = Graph.find(ids, containers, from);
            if (next < source && next >= 0) {
                throw new IllegalStateException("Edges come in the order of their starts; that of " + from + " does not");
            }
            if (next < 0) {
                return;
            }
            source = next;
        }
        int target = Graph.find(ids, containers, to);
        if (target < 0) {
            return;
        }
        if (edges == dst.length) {
            resizeEdges(edges + (edges >> 1));
        }
        dst[edges] = target;
        kinds[edges] = (byte) kind;
        confidences[edges++] = (byte) confidence;
        off[source + 1] = edges;
    }

    private void resizeEdges(int length) {
        dst = Arrays.copyOf(dst, length);
        kinds = Arrays.copyOf(kinds, length);
        confidences = Arrays.copyOf(confidences, length);
    }

    Graph build() {
        if (ids.length != containers) {
            resize(containers);
        }
        if (off == null) {
            off = new int[containers + 1];
        }
        for (int i = 1; i <= containers; i++) {
            off[i] = Math.max(off[i], off[i - 1]);       // who has no edge begins where the one before ends
        }
        int[] parents = new int[containers];
        int[] childOff = new int[containers + 1];
        for (int i = 0; i < containers; i++) {
            parents[i] = ids[i] == 0 ? View.NONE : Math.max(View.NONE, Graph.find(ids, containers, above[i]));
            if (parents[i] != View.NONE) {
                childOff[parents[i] + 1]++;
            }
        }
        above = null;
        for (int i = 0; i < containers; i++) {
            childOff[i + 1] += childOff[i];
        }
        int[] child = new int[childOff[containers]];
        int[] next = Arrays.copyOf(childOff, containers);
        for (int i = 0; i < containers; i++) {
            if (parents[i] != View.NONE) {
                child[next[parents[i]]++] = i;
            }
        }
        if (dst.length != edges) {
            resizeEdges(edges);
        }
        return new Graph(ids, types, updated, parents, childOff, child, off, dst, kinds, confidences);
    }
}
