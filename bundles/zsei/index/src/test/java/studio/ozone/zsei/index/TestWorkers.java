package studio.ozone.zsei.index;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import studio.ozone.api.runtime.Workers;

/** Pools that end with the test. */
final class TestWorkers implements Workers, AutoCloseable {

    private final Map<String, ExecutorService> pools = new HashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    @Override
    public synchronized ExecutorService pool(String name, int threads) {
        return pools.computeIfAbsent(name, ignored -> Executors.newFixedThreadPool(threads));
    }

    @Override
    public ScheduledExecutorService timer() {
        return timer;
    }

    @Override
    public synchronized boolean close(String name, Duration within) {
        ExecutorService pool = pools.remove(name);
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
        return () -> { };
    }

    @Override
    public synchronized void close() {
        timer.shutdownNow();
        pools.values().forEach(ExecutorService::shutdownNow);
    }
}
