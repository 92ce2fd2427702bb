package studio.ozone.llm.api;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

import studio.ozone.api.runtime.Workers;

/** Counts what is in progress; there are no pools, since none is wanted. */
final class CountingWorkers implements Workers {

    final AtomicInteger working = new AtomicInteger();

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
        throw new AssertionError("No timer is wanted");
    }

    @Override
    public boolean close(String name, Duration within) {
        return true;
    }
}
