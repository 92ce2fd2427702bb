package studio.ozone.zsei.store;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Lets writers that come at the same time share one transaction and one forced write.
 *
 * <p>A writer puts its request into the queue. If nobody is committing, it takes all that is in the queue and commits it on its own
 * thread; else it waits until its request has been answered or the committing is free. So a lone writer waits for nobody, and while
 * one forced write is under way the next batch gathers.
 *
 * @param <R> a request
 */
final class GroupCommit<R extends GroupCommit.Request> {

    /** What waits to be committed. */
    abstract static class Request {

        private boolean answered;
    }

    private final Consumer<List<R>> commit;
    private List<R> queue = new ArrayList<>();
    private Thread committing;

    /** @param commit commits a batch and puts the answers into its requests; called by one thread at a time; throws nothing */
    GroupCommit(Consumer<List<R>> commit) {
        this.commit = commit;
    }

    /** Returns when the request is answered. An interrupt does not shorten the wait, since the write may have happened already. */
    void submit(R request) {
        List<R> batch;
        boolean interrupted = false;
        synchronized (this) {
            if (committing == Thread.currentThread()) {
                throw new IllegalStateException("Who is told of a commit (a StoreListener) must not write to the store before it returns");
            }
            queue.add(request);
            while (committing != null && !answered(request)) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            batch = answered(request) ? List.of() : queue;
            if (!batch.isEmpty()) {
                queue = new ArrayList<>();
                committing = Thread.currentThread();
            }
        }
        if (!batch.isEmpty()) {
            try {
                commit.accept(batch);
            } finally {
                synchronized (this) {
                    batch.forEach(each -> ((Request) each).answered = true);
                    committing = null;
                    notifyAll();
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean answered(R request) {
        return ((Request) request).answered;
    }
}
