package studio.ozone.zsei.traversal;

import java.util.Set;

import studio.ozone.api.zsei.ContainerType;

/** What traversals go on: containers, each with an ordinal, and the links that leave them. An ordinal holds while the view is not changed. */
interface View {

    /** The kind of a child link; every other kind is the code of a relation's type. */
    int CHILD = 0;

    /** No ordinal. */
    int NONE = -1;

    /** The confidence of what is certain; a confidence counts in steps of 1/255. */
    int CERTAIN = 255;

    /** @return {@link #NONE} if there is no such container */
    int ordinal(long id);

    long id(int ordinal);

    ContainerType type(int ordinal);

    /** When its version was written, in milliseconds since 1970. */
    long updated(int ordinal);

    /** The ordinal of the one above; {@link #NONE} for the root. */
    int parent(int ordinal);

    /** Takes links. */
    interface Links {

        /** @return whether to go on */
        boolean link(int target, int kind, int confidence);
    }

    /** Child links, in the order of the ids, then, if they are wanted, relations by the code of their type, then by id. */
    void links(int ordinal, boolean relations, Links links);

    /**
     * Links of some kinds, in the same order.
     *
     * @param kinds by kind, whether it is wanted
     * @param relations whether any is but child links
     */
    default void links(int ordinal, boolean[] kinds, boolean relations, Links links) {
        links(ordinal, relations, (target, kind, confidence) -> !kinds[kind] || links.link(target, kind, confidence));
    }

    /** The ids of the containers that have a name. */
    Set<Long> named(Name name);

    static int confidence(double confidence) {
        return (int) Math.round(confidence * CERTAIN);
    }
}
