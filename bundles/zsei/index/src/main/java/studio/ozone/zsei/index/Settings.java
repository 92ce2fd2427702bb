package studio.ozone.zsei.index;

import java.nio.file.Path;

/**
 * Where the index lies and how its graph is built. Immutable.
 *
 * @param folder Lucene's files and nothing else
 * @param m links of a node, 2..128
 * @param efConstruction nodes looked at when one is added, 2..4096; see {@link #beam}
 * @param efSearch nodes looked at by a query, 1..4096; never fewer than are wanted
 */
record Settings(Path folder, int m, int efConstruction, int efSearch) {

    private static final int MAX_BEAM = 3200;

    Settings {
        check("m", m, 2, 128);
        check("ef_construction", efConstruction, 2, 4096);
        check("ef_search", efSearch, 1, 4096);
    }

    /** {@code ef_construction} as the engine can take it: never fewer nodes than a node has links, never more than Lucene allows. */
    int beam() {
        return Math.min(MAX_BEAM, Math.max(m, efConstruction));
    }

    private static void check(String key, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("zsei.embeddings.hnsw." + key + " is " + value + "; it is " + least + ".." + most);
        }
    }
}
