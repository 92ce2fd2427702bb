package studio.ozone.llm.local;

import java.util.ArrayDeque;
import java.util.Deque;

/** One at a time, in the order of arrival. */
final class Turns {

    private final Deque<Object> queue = new ArrayDeque<>();
    private boolean busy;
    private boolean closed;

    /**
     * Waits for the caller's turn.
     *
     * @param placed run once the caller stands in the queue
     * @return false if there are none any more
     */
    synchronized boolean take(Runnable placed) throws InterruptedException {
        Object ticket = new Object();
        queue.add(ticket);
        try {
            placed.run();
            while (!closed && (busy || queue.peek() != ticket)) {
                wait();
            }
            busy |= !closed;
            return !closed;
        } finally {
            queue.remove(ticket);
            notifyAll();     // whoever is first now may have waited for this one to leave the queue
        }
    }

    /** Takes the turn if nobody has it or waits for it. */
    synchronized boolean takeIfIdle() {
        if (busy || closed || !queue.isEmpty()) {
            return false;
        }
        busy = true;
        return true;
    }

    synchronized void give() {
        busy = false;
        notifyAll();
    }

    synchronized boolean busy() {
        return busy;
    }

    synchronized int waiting() {
        return queue.size();
    }

    /** Sends all away who wait, and all who come. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
