package studio.ozone.benchmarks.side_by_side;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import studio.ozone.api.runtime.Workers;

/** Threads without accounting. All are daemons, so that nothing of a finished part keeps the series from ending. */
final class PlainWorkers implements Workers, AutoCloseable {

    private final Map<String, ExecutorService> pools = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("timer").factory());

    @Override
    public ExecutorService pool(String name, int threads) {
        return pools.computeIfAbsent(name, key -> Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon().name(key + "-", 0).factory()));
    }

    @Override
    public ScheduledExecutorService timer() {
        return timer;
    }

    @Override
    public boolean close(String name, Duration within) {
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

    /** Returns when nothing runs or waits in a pool; at once where there is none. */
    void awaitIdle(String name) throws InterruptedException {
        while (pools.get(name) instanceof ThreadPoolExecutor pool && (pool.getActiveCount() > 0 || !pool.getQueue().isEmpty())) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    @Override
    public Working working() {
        return () -> { };
    }

    @Override
    public void close() {
        pools.values().forEach(ExecutorService::shutdownNow);
        timer.shutdownNow();
    }
}
