package studio.ozone.benchmark;

import java.util.ArrayList;
import java.util.List;

/**
 * A tree of a given number of nodes, ten below each, numbered level by level from 0: the parent of i is (i - 1) / 10. Leaves are chunks; a node all
 * of whose children are leaves is a document; every other is a folder. (Of the one folder that may have leaves too, these are plain texts.)
 */
record Tree(int size) {

    static final int FAN_OUT = 10;

    /** What a node is. */
    enum Kind { FOLDER, DOCUMENT, CHUNK, TEXT }

    int parent(int node) {
        return (node - 1) / FAN_OUT;
    }

    private boolean leaf(int node) {
        return (long) node * FAN_OUT + 1 >= size;
    }

    Kind kind(int node) {
        if (!leaf(node)) {
            return leaf(node * FAN_OUT + 1) ? Kind.DOCUMENT : Kind.FOLDER;
        }
        return node > 0 && kind(parent(node)) == Kind.DOCUMENT ? Kind.CHUNK : Kind.TEXT;
    }

    /** Those with at least so many nodes below them, themselves counted; at most so many, from the smallest of these trees on. */
    List<Integer> roomy(int least, int most) {
        int[] below = new int[size];
        for (int node = size - 1; node >= 0; node--) {
            below[node]++;
            if (node > 0) {
                below[parent(node)] += below[node];
            }
        }
        List<Integer> nodes = new ArrayList<>();
        for (int node = size - 1; node >= 0 && nodes.size() < most; node--) {
            if (below[node] >= least) {
                nodes.add(node);
            }
        }
        return nodes;
    }
}
