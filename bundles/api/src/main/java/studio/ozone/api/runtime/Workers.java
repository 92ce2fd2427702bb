package studio.ozone.api.runtime;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The only source of threads. The service has bundle scope: each bundle that gets it has its own pools, whose threads are
 * named and accounted with that bundle, and all of them are shut down when the bundle stops or lets the service go.
 * Thread-safe.
 */
@ProviderType
public interface Workers {

    /**
     * A pool of the calling bundle. Asked for again with the same name, it is the same pool; asked for with another number of threads, it
     * has that many from then on, and what runs or waits in it is not disturbed. What runs and waits counts as work in progress.
     *
     * @param name what the threads do, for instance {@code embed}; the threads are called {@code <capability>/<name>-<n>}
     * @param threads the most threads that run at once, 1 or more; idle ones end after a minute
     * @return an executor whose tasks may be cancelled by interruption; its queue is not bounded
     */
    ExecutorService pool(String name, int threads);

    /** A single thread of the calling bundle for periodic work. Its tasks must be short, or hand over to a pool. */
    ScheduledExecutorService timer();

    /**
     * Ends one pool early, without the bundle's stop: no new tasks, the running ones are interrupted.
     *
     * @param within how long to wait for them
     * @return whether all of them ended in time
     */
    boolean close(String name, Duration within);

    /**
     * Counts one request as work in progress of the calling bundle, until it is closed. For work on the threads of whoever asks, since that in
     * the bundle's own pools is counted there.
     */
    Working working();

    /** A request that is being worked on. */
    interface Working extends AutoCloseable {

        /** The request has ended; closing it again does nothing. */
        @Override
        void close();
    }
}
