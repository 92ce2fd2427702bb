package studio.ozone.zsei.traversal;

import java.util.Locale;

import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;

/**
 * The name of a keyword or of a topic.
 *
 * @param text in lower case
 */
record Name(boolean topic, String text) {

    static boolean has(ContainerType type) {
        return type == ContainerType.TERM || topic(type);
    }

    static boolean topic(ContainerType type) {
        return type == ContainerType.CATEGORY || type == ContainerType.SUBCATEGORY;
    }

    /** @return null if it is neither a keyword nor a topic */
    static Name of(Container container) {
        return has(container.type()) ? new Name(topic(container.type()), container.name().toLowerCase(Locale.ROOT)) : null;
    }
}
