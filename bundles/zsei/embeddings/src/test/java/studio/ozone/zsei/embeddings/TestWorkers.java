package studio.ozone.zsei.embeddings;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

import studio.ozone.api.runtime.Workers;

/** The timer alone; the embedder has no pool. */
final class TestWorkers implements Workers, AutoCloseable {

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

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
    public Working working() {
        return () -> { };
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
