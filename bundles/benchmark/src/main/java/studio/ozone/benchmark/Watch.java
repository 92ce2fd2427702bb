package studio.ozone.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Looks at the memory of whichever instance runs, five times a second, from the first to the last step. Thread-safe. */
final class Watch implements AutoCloseable {

    static final long PERIOD_MS = 200;

    private final List<Memory> all = new ArrayList<>();
    private final ScheduledFuture<?> looking;
    private volatile long pid;
    private int from;

    Watch(ScheduledExecutorService timer) {
        looking = timer.scheduleAtFixedRate(this::look, PERIOD_MS, PERIOD_MS, TimeUnit.MILLISECONDS);
    }

    /** @param process which process counts from now on; 0 for none */
    void at(long process) {
        pid = process;
    }

    private void look() {
        long now = pid;
        Memory memory = now == 0 ? null : Memory.of(now);
        if (memory != null) {
            synchronized (this) {
                all.add(memory);
            }
        }
    }

    /** Begins a stretch of time. */
    synchronized void mark() {
        from = all.size();
    }

    /** What was seen since {@link #mark}. */
    synchronized List<Memory> since() {
        return List.copyOf(all.subList(from, all.size()));
    }

    synchronized List<Memory> all() {
        return List.copyOf(all);
    }

    @Override
    public void close() {
        looking.cancel(false);
    }
}
