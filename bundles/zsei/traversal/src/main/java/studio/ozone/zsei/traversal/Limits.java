package studio.ozone.zsei.traversal;

/** What holds for a walk that names no limits. Immutable. */
record Limits(int depth, int results) {

    static final int MOST_HOPS = 65_535;
    static final int MOST_RESULTS = 100_000;

    /** @throws IllegalArgumentException if a value is out of its range; names the key */
    static Limits of(GraphTraversal.Config config) {
        return new Limits(within("zsei.traversal.default_max_depth", config.default__max__depth(), MOST_HOPS),
                within("zsei.traversal.default_max_results", config.default__max__results(), MOST_RESULTS));
    }

    private static int within(String key, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(key + " is 1.." + most + ", not " + value);
        }
        return value;
    }
}
