package studio.ozone.llm.local;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

import studio.ozone.api.runtime.Workers;

/** A timer and a count of what is in progress; there are no pools, since none is wanted. */
final class TestWorkers implements Workers, AutoCloseable {

    final AtomicInteger working = new AtomicInteger();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    @Override
    public Working working() {
        working.incrementAndGet();
        return working::decrementAndGet;
    }

    @Override
    public ExecutorService pool(String name, int threads) {
        throw new AssertionError("No pool is wanted, but " + name + " was");
    }

    @Override
    public ScheduledExecutorService timer() {
        return timer;
    }

    @Override
    public boolean close(String name, Duration within) {
        return true;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
