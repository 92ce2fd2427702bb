package studio.ozone.zsei.traversal;

/**
 * What the configuration says. Immutable.
 *
 * @param depth of a walk that names none
 * @param results of a walk that names none
 * @param hotPaths answers that are remembered; 0 for none
 */
record Limits(int depth, int results, int hotPaths, Weights weights) {

    static final int MOST_HOPS = 65_535;
    static final int MOST_RESULTS = 100_000;
    static final int MOST_HOT_PATHS = 1_000_000;

    /** @throws IllegalArgumentException if a value is out of its range; names the key */
    static Limits of(GraphTraversal.Config config) {
        int size = within("hot_path_cache_size", config.hot__path__cache__size(), 0, MOST_HOT_PATHS);
        return new Limits(within("default_max_depth", config.default__max__depth(), 1, MOST_HOPS),
                within("default_max_results", config.default__max__results(), 1, MOST_RESULTS), config.cache__hot__paths() ? size : 0, Weights.of(config));
    }

    private static int within(String key, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("zsei.traversal." + key + " is " + least + ".." + most + ", not " + value);
        }
        return value;
    }
}
