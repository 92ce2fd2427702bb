package studio.ozone.zsei.traversal;

/**
 * What counts how much. Immutable.
 *
 * @param decay what is left of a score after a hop, 0..1
 * @param structure the confidence of a link up or down the tree in a contextual walk, 0..1; with 0 they are not followed
 * @param overlap the part of a contextual score that shared keywords and topics make up, 0..1
 * @param structural weight in a hybrid score, 0..1, as the next two; all alike where all are 0
 */
record Weights(double decay, double structure, double overlap, double structural, double semantic, double contextual) {

    /** @throws IllegalArgumentException if a value is out of its range; names the key */
    Weights {
        within("contextual_decay", decay);
        within("contextual_structure_confidence", structure);
        within("contextual_overlap_weight", overlap);
        within("hybrid_structural_weight", structural);
        within("hybrid_semantic_weight", semantic);
        within("hybrid_contextual_weight", contextual);
    }

    private static void within(String key, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("zsei.traversal." + key + " is 0..1, not " + value);
        }
    }

    static Weights of(GraphTraversal.Config config) {
        return new Weights(config.contextual__decay(), config.contextual__structure__confidence(), config.contextual__overlap__weight(),
            config.hybrid__structural__weight(), config.hybrid__semantic__weight(), config.hybrid__contextual__weight());
    }

    /** With weights of which one is more than 0. */
    Weights forHybrid() {
        return structural + semantic + contextual > 0 ? this : new Weights(decay, structure, overlap, 1, 1, 1);
    }

    /** The score of a way that is one link longer. */
    double step(double score, int kind, int confidence) {
        return score * (decay * (kind == View.CHILD ? structure : (double) confidence / View.CERTAIN));
    }

    /** @param shared the part of the wanted keywords and topics that a container has, 0..1 */
    double score(double way, double shared) {
        return way * (1 - overlap + overlap * shared);
    }
}
