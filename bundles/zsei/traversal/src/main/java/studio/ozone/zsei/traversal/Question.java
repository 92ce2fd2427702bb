package studio.ozone.zsei.traversal;

import studio.ozone.api.zsei.Traversal.Mode;
import studio.ozone.api.zsei.Traversal.Request;

/**
 * What an answer is remembered by.
 *
 * @param request with the limits that hold for it
 */
record Question(Request request, Weights weights) {

    /** Whether it is about a text and no place. */
    boolean placeless() {
        return request.text() != null && request.start() == 0;
    }

    boolean asksIndex() {
        return request.mode() == Mode.SEMANTIC || request.mode() == Mode.HYBRID;
    }
}
