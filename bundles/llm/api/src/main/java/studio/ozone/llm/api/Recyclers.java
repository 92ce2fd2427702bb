package studio.ozone.llm.api;

import com.fasterxml.jackson.core.util.BufferRecyclers;

/**
 * Jackson keeps its buffers with the thread that used them. Here that is a thread of whoever asks, which outlives this bundle and would
 * keep its classes in memory.
 */
final class Recyclers extends BufferRecyclers {

    private Recyclers() {
    }

    /** Takes the buffers from the present thread. */
    static void forget() {
        _recyclerRef.remove();
    }
}
