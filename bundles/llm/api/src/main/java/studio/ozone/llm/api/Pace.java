package studio.ozone.llm.api;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;

/**
 * Lets so many requests through in any minute. Whoever is one too many waits, in the order of coming: the one in front holds the fair lock
 * while it waits for its time, and the others stand behind it at the lock. An interrupt ends the wait of any of them.
 */
final class Pace {

    static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    private static final long GLANCE = TimeUnit.MILLISECONDS.toNanos(500);

    private final ReentrantLock turn = new ReentrantLock(true);
    private final Deque<Long> begun = new ArrayDeque<>();
    private final Clock clock;
    private final IntSupplier perMinute;

    /** @param perMinute looked at again while somebody waits, so that a changed setting is in force at once */
    Pace(Clock clock, IntSupplier perMinute) {
        this.clock = clock;
        this.perMinute = perMinute;
    }

    /** Returns when the request may begin; it counts from then on. */
    void enter() throws InterruptedException {
        turn.lockInterruptibly();
        try {
            while (true) {
                long now = clock.now();
                while (!begun.isEmpty() && now - begun.getFirst() >= MINUTE) {
                    begun.removeFirst();
                }
                int limit = perMinute.getAsInt();
                if (begun.size() < limit) {
                    begun.addLast(now);
                    return;
                }
                clock.pause(Math.min(GLANCE, MINUTE - (now - begun.getFirst())));
            }
        } finally {
            turn.unlock();
        }
    }

    /** How many wait at present, without the one in front. */
    int waiting() {
        return turn.getQueueLength();
    }
}
