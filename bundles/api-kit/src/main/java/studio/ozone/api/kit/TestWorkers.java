package studio.ozone.api.kit;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import studio.ozone.api.runtime.Workers;

/** Pools and a timer that end with the test, and a count of what is in progress. Thread-safe. */
public final class TestWorkers implements Workers, AutoCloseable {

    private final boolean pooled;
    private final AtomicInteger inProgress = new AtomicInteger();
    private final Map<String, ExecutorService> pools = new HashMap<>();
    private ScheduledExecutorService timer;

    public TestWorkers() {
        this(true);
    }

    private TestWorkers(boolean pooled) {
        this.pooled = pooled;
    }

    /** For what has to work on the threads of whoever asks: a pool that is asked for fails the test. */
    public static TestWorkers withoutPools() {
        return new TestWorkers(false);
    }

    /** Requests that count as being worked on. */
    public int inProgress() {
        return inProgress.get();
    }

    /** Waits until everything that a pool of one thread was given before has ended. */
    public void settle(String pool) throws InterruptedException, ExecutionException {
        pool(pool, 1).submit(() -> { }).get();
    }

    @Override
    public synchronized ExecutorService pool(String name, int threads) {
        if (!pooled) {
            throw new AssertionError("No pool is wanted, but " + name + " was");
        }
        return pools.computeIfAbsent(name, ignored -> Executors.newFixedThreadPool(threads));
    }

    @Override
    public synchronized ScheduledExecutorService timer() {
        if (timer == null) {
            timer = Executors.newSingleThreadScheduledExecutor();
        }
        return timer;
    }

    @Override
    public boolean close(String name, Duration within) {
        ExecutorService pool;
        synchronized (this) {
            pool = pools.remove(name);
        }
        if (pool == null) {
            return true;
        }
        pool.shutdownNow();
        try {
            return pool.awaitTermination(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public Working working() {
        inProgress.incrementAndGet();
        return inProgress::decrementAndGet;
    }

    @Override
    public synchronized void close() {
        pools.values().forEach(ExecutorService::shutdownNow);
        if (timer != null) {
            timer.shutdownNow();
        }
    }
}
