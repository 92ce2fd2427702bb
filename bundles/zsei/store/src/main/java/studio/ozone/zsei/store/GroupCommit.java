package studio.ozone.zsei.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

import studio.ozone.api.zsei.ZseiException;

/**
 * Lets writers that come at the same time, or shortly after one another, share one transaction and one forced write.
 *
 * <ol>
 * <li>Every request goes to the end of one queue. One thread at a time takes from its front, as many requests as make up a group, and
 * commits them.
 * <li>A writer that waits ({@link #submit}) commits on its own thread if nobody is committing, its own request and all before it; else
 * it waits until its request has been answered or the committing is free. So a lone writer waits for nobody, and while one forced
 * write is under way the next group gathers.
 * <li>A request of a writer that does not wait ({@link #later}) stays in the queue until a group is full, somebody waits for a later
 * request, or the interval since the oldest is over. Whoever makes the group full commits it: so the queue stays short, and
 * who writes faster than the disk is slowed down to its pace.
 * <li>Something that nobody may commit beside ({@link #alone}) comes before every group that has not begun.
 * </ol>
 *
 * @param <R> a request
 */
final class GroupCommit<R extends GroupCommit.Request> {

    /** What waits to be committed. */
    abstract static class Request {

        private boolean answered;

        /** What it counts towards the size of a group; at least 1. */
        abstract int records();

        /** Called when it is answered, by the thread that committed it; throws nothing. */
        void answered() { }
    }

    /**
     * How large groups grow.
     *
     * @param records a group is taken to the disk when it has so many; a single request may have more
     * @param nanos the longest time before a request that nobody waits for is taken there; 0 for at once
     */
    record Limits(int records, long nanos) { }

    private final Consumer<List<R>> commit;
    private final LongConsumer alarm;
    private final Queue<R> queue = new ArrayDeque<>();
    private volatile Limits limits;
    private long queued;
    private int exclusive;
    private boolean alarmed;
    private Thread committing;

    /**
     * @param commit commits a group and puts the answers into its requests; called by one thread at a time; throws nothing
     * @param alarm asked to call {@link #flush} after so many nanoseconds, on a thread of its own
     */
    GroupCommit(Limits limits, Consumer<List<R>> commit, LongConsumer alarm) {
        this.limits = limits;
        this.commit = commit;
        this.alarm = alarm;
    }

    /** For the groups that are formed from now on. */
    void limits(Limits next) {
        limits = next;
    }

    /** Returns when the request is answered. An interrupt does not shorten the wait, since the write may have happened already. */
    void submit(R request) {
        synchronized (this) {
            enqueue(request);
        }
        commitUntil(() -> answered(request));
    }

    /** Returns when the request is in the queue, and the queue is shorter than a group. */
    void later(R request) {
        Limits now = limits;
        long wake = -1;
        synchronized (this) {
            enqueue(request);
            if (now.nanos() > 0 && queued < now.records() && !alarmed) {
                alarmed = true;
                wake = now.nanos();
            }
        }
        if (wake >= 0) {
            alarm.accept(wake);
        }
        commitUntil(() -> queued < now.records() && (now.nanos() > 0 || answered(request)));
    }

    /** Returns when everything that was in the queue is answered. */
    void flush() {
        List<R> before;
        synchronized (this) {
            alarmed = false;
            before = List.copyOf(queue);
        }
        if (!before.isEmpty()) {
            commitUntil(() -> answered(before.getLast()));
        }
    }

    private void enqueue(R request) {
        if (committing == Thread.currentThread()) {
            throw new IllegalStateException("Who is told of a commit (a StoreListener) must not write to the store before it returns");
        }
        queue.add(request);
        queued += request.records();
    }

    private interface Goal {
        boolean reached();
    }

    private void commitUntil(Goal goal) {
        boolean interrupted = false;
        for (List<R> group = List.of(); group != null;) {
            synchronized (this) {
                while ((committing != null || exclusive > 0) && !goal.reached()) {
                    try {
                        wait();
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
                group = goal.reached() ? null : take();
            }
            if (group != null) {
                try {
                    commit.accept(group);
                } finally {
                    synchronized (this) {
                        group.forEach(each -> ((Request) each).answered = true);
                        committing = null;
                        notifyAll();
                    }
                    group.forEach(Request::answered);
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** What runs while nobody commits. */
    @FunctionalInterface
    interface Alone {
        void run() throws ZseiException, InterruptedException;
    }

    /** Runs something when the group that is being committed is done, and before the next: what comes meanwhile waits in the queue. */
    void alone(Alone work) throws ZseiException, InterruptedException {
        synchronized (this) {
            exclusive++;
            try {
                while (committing != null) {
                    wait();
                }
                committing = Thread.currentThread();
            } finally {
                exclusive--;
                notifyAll();
            }
        }
        try {
            work.run();
        } finally {
            synchronized (this) {
                committing = null;
                notifyAll();
            }
        }
    }

    private List<R> take() {
        committing = Thread.currentThread();
        List<R> group = new ArrayList<>();
        int most = limits.records();
        for (long records = 0; records < most && !queue.isEmpty();) {
            R next = queue.remove();
            group.add(next);
            records += next.records();
            queued -= next.records();
        }
        return group;
    }

    private boolean answered(R request) {
        return ((Request) request).answered;
    }
}
