package studio.ozone.api.zsei;

import java.util.Objects;

/**
 * A directed typed edge. The store writes the inverse edge with it, in the same commit. Immutable.
 *
 * @param from the container it leaves
 * @param to the container it reaches
 * @param type what it says
 * @param confidence 0..1
 * @param discovery how it was found
 */
public record Relation(long from, long to, RelationType type, double confidence, Discovery discovery) {

    /** How an edge was found (requirements, part A). The order is stored. */
    public enum Discovery { MANUAL, ZERO_SHOT, TRAVERSAL, ML, CODE_ANALYSIS, TEXT_ANALYSIS, WEB }

    public Relation {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(discovery, "discovery");
        if (!(confidence >= 0 && confidence <= 1)) {
            throw new IllegalArgumentException("confidence is 0..1, not " + confidence);
        }
    }

    public Relation inverse() {
        return new Relation(to, from, type.inverse(), confidence, discovery);
    }
}
