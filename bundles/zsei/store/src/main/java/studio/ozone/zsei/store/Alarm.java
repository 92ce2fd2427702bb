package studio.ozone.zsei.store;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Runs something later, on a thread that may block. */
@FunctionalInterface
interface Alarm {

    void after(long nanos, Runnable task);

    /** For a store outside of an instance. */
    static Alarm ofTheJvm() {
        return (nanos, task) -> CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS, each -> new Thread(each, "flush").start()).execute(task);
    }

    /** @param timer whose tasks must be short @param executor runs the task */
    static Alarm of(ScheduledExecutorService timer, Executor executor) {
        return (nanos, task) -> {
            try {
                timer.schedule(() -> executor.execute(task), nanos, TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                task.run(); // the bundle stops: what waits goes to the disk now
            }
        };
    }
}
