package studio.ozone.zsei.index;

import java.nio.file.Path;

/**
 * Where the index lies and how its graph is built. Immutable.
 *
 * @param folder Lucene's files and nothing else
 * @param m links of a node, 2..512
 * @param efConstruction nodes looked at when one is added, 1..3200
 * @param efSearch nodes looked at by a query, 1..4096; never fewer than are wanted
 */
record Settings(Path folder, int m, int efConstruction, int efSearch) {

    Settings {
        check("m", m, 2, 512);
        check("ef_construction", efConstruction, 1, 3200);
        check("ef_search", efSearch, 1, 4096);
    }

    private static void check(String key, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("zsei.embeddings.hnsw." + key + " is " + value + "; it is " + least + ".." + most);
        }
    }
}
