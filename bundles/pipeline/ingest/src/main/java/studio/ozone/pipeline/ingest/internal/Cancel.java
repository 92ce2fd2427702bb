package studio.ozone.pipeline.ingest.internal;

/**
 * Cancels a run without ever interrupting it while it writes to the store, where an interrupt would close files under other writers.
 * The run asks {@link #check()} between documents, and allows an interrupt only around what may be broken off: reading and waiting.
 */
final class Cancel {

    /** Work that may be interrupted. */
    @FunctionalInterface
    interface Interruptible<T, E extends Exception, F extends Exception> {
        T call() throws E, F, InterruptedException;
    }

    private boolean cancelled;
    private Thread allowed;

    synchronized void cancel() {
        cancelled = true;
        if (allowed != null) {
            allowed.interrupt();
        }
    }

    synchronized void check() throws InterruptedException {
        if (cancelled) {
            Thread.interrupted();
            throw new InterruptedException("cancelled");
        }
    }

    <T, E extends Exception, F extends Exception> T interruptible(Interruptible<T, E, F> work) throws E, F, InterruptedException {
        return with(Thread.currentThread(), work);
    }

    /** Within work that may be interrupted, a part that may not. */
    <T, E extends Exception, F extends Exception> T protect(Interruptible<T, E, F> work) throws E, F, InterruptedException {
        return with(null, work);
    }

    private <T, E extends Exception, F extends Exception> T with(Thread interruptible, Interruptible<T, E, F> work)
            throws E, F, InterruptedException {
        Thread before;
        synchronized (this) {
            check();
            before = allowed;
            allowed = interruptible;
        }
        try {
            return work.call();
        } finally {
            synchronized (this) {
                allowed = before;
                if (cancelled) {
                    Thread.interrupted(); // its message has arrived: the next check throws
                }
            }
        }
    }
}
