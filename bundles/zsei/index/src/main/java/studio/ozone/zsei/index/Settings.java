package studio.ozone.zsei.index;

import java.nio.file.Path;

/**
 * Where the index lies, what shape it has, and how it is searched. Immutable.
 *
 * @param root Lucene's folders and {@link Manifest}; nothing else lies in it
 * @param shape how vectors are kept
 * @param efSearch nodes looked at by a query, 1..4096; never fewer than are wanted
 * @param sharding whether and how it is cut into shards
 */
record Settings(Path root, Shape shape, int efSearch, Sharding sharding) {

    Settings {
        check("embeddings.hnsw.ef_search", efSearch, 1, 4096);
    }

    /**
     * How vectors are kept. Another shape, and the index is built again.
     *
     * @param m links of a node, 2..128
     * @param efConstruction nodes looked at when one is added, 2..4096; kept as the engine can take it: never fewer than a node has links, and
     *     never more than Lucene allows
     * @param quantization bits of a number
     */
    record Shape(int m, int efConstruction, Quantization quantization) {

        private static final int MAX_BEAM = 3200;

        Shape {
            check("embeddings.hnsw.m", m, 2, 128);
            check("embeddings.hnsw.ef_construction", efConstruction, 2, 4096);
            efConstruction = Math.min(MAX_BEAM, Math.max(m, efConstruction));
        }

        /** As it is written beside the index; two that make the same index are written alike. */
        String text() {
            return "m=" + m + " ef_construction=" + efConstruction + (quantization == Quantization.NONE ? "" : " quantization=" + quantization);
        }

        /** @throws IllegalArgumentException if it is not one's {@link #text} */
        static Shape of(String text) {
            int m = 0;
            int beam = 0;
            Quantization quantization = Quantization.NONE;
            for (String part : text.split(" ")) {
                String value = part.substring(part.indexOf('=') + 1);
                switch (part.substring(0, part.length() - value.length())) {
                    case "m=" -> m = Integer.parseInt(value);
                    case "ef_construction=" -> beam = Integer.parseInt(value);
                    case "quantization=" -> quantization = Quantization.of(value);
                    default -> throw new IllegalArgumentException("Not a shape of an index: " + text);
                }
            }
            return new Shape(m, beam, quantization);
        }
    }

    /**
     * @param size containers of a shard, 1000 or more; 0 for a single index
     * @param parallel whether shards are searched at the same time
     * @param most shards that a search by meaning visits, 1..1024
     */
    record Sharding(int size, boolean parallel, int most) {

        /** One index. */
        static final Sharding NONE = new Sharding(0, true, 4);

        Sharding {
            if (size != 0) {
                check("sharding.shard_size", size, 1000, Integer.MAX_VALUE);
            }
            check("sharding.max_shards_searched", most, 1, 1024);
        }

        /** Shards for so many documents. */
        int count(long documents) {
            return size == 0 ? 1 : (int) Math.max(1, (documents + size - 1) / size);
        }
    }

    private static void check(String key, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("zsei." + key + " is " + value + "; it is " + (most == Integer.MAX_VALUE ? least + " or more"
                : least + ".." + most));
        }
    }
}
