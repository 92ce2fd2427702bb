package studio.ozone.runtime.capabilities;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.runtime.Workers;

/** The pools of one bundle. */
final class Pools implements Workers {

    /** How long all pools of a bundle together may take to end. */
    static final Duration GRACE = Duration.ofSeconds(2);
    private static final long IDLE_SECONDS = 60;
    private static final String TIMER = "timer";
    private static final Logger LOG = LoggerFactory.getLogger(Pools.class);

    private final String capability;
    private final ClassLoader contextLoader;
    private final Ledger ledger;
    private final Map<String, ExecutorService> pools = new HashMap<>();
    private final Map<Thread, String> alive = new ConcurrentHashMap<>();
    private final IntSupplier tasks = this::tasks;
    private boolean closed;

    /**
     * @param capability whose account the threads run on, and the first part of their names
     * @param contextLoader what the threads have as context class loader: the bundle's own, never the asking thread's
     */
    Pools(String capability, ClassLoader contextLoader, Ledger ledger) {
        this.capability = capability;
        this.contextLoader = contextLoader;
        this.ledger = ledger;
        ledger.count(capability, tasks);
    }

    @Override
    public synchronized ExecutorService pool(String name, int threads) {
        if (name.isBlank() || name.equals(TIMER)) {
            throw new IllegalArgumentException("A pool cannot be called '" + name + "'");
        }
        if (threads < 1) {
            throw new IllegalArgumentException("threads = " + threads + " for pool " + name + ": 1 or more");
        }
        requireOpen(name);
        ThreadPoolExecutor found = (ThreadPoolExecutor) pools.computeIfAbsent(name, key -> {
            ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory(key));
            pool.allowCoreThreadTimeOut(true);
            return pool;
        });
        if (found.getMaximumPoolSize() < threads) {
            found.setMaximumPoolSize(threads);
            found.setCorePoolSize(threads);
        } else if (found.getMaximumPoolSize() > threads) {
            found.setCorePoolSize(threads);
            found.setMaximumPoolSize(threads);
        }
        return found;
    }

    @Override
    public Working working() {
        return ledger.request(capability);
    }

    /** What runs in all pools or waits in one; what the timer has planned is not work yet. */
    private synchronized int tasks() {
        int count = 0;
        for (ExecutorService each : pools.values()) {
            ThreadPoolExecutor pool = (ThreadPoolExecutor) each;
            count += pool.getActiveCount() + (pool instanceof ScheduledThreadPoolExecutor ? 0 : pool.getQueue().size());
        }
        return count;
    }

    @Override
    public synchronized ScheduledExecutorService timer() {
        requireOpen(TIMER);
        return (ScheduledExecutorService) pools.computeIfAbsent(TIMER, key -> {
            ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, factory(key));
            timer.setRemoveOnCancelPolicy(true);
            return timer;
        });
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
        return ended(name, pool, System.nanoTime() + within.toNanos());
    }

    /** Ends everything; the threads that do not end within {@link #GRACE} are named in the log. */
    void close() {
        Map<String, ExecutorService> ending;
        synchronized (this) {
            closed = true;
            ending = new HashMap<>(pools);
            pools.clear();
        }
        ledger.forget(capability, tasks);
        ending.values().forEach(ExecutorService::shutdownNow);
        long deadline = System.nanoTime() + GRACE.toNanos();
        List<String> stuck = new ArrayList<>();
        ending.forEach((name, pool) -> {
            if (!ended(name, pool, deadline)) {
                stuck.add(name);
            }
        });
        if (!stuck.isEmpty()) {
            LOG.warn("{}: threads of {} did not end within {} s of their interruption; its class loader stays until they do",
                capability, stuck, GRACE.toSeconds());
        }
    }

    private void requireOpen(String name) {
        if (closed) {
            throw new IllegalStateException(capability + " has let its workers go; there is no pool " + name + " any more");
        }
    }

    /** Waits for the threads too: a pool calls itself terminated a moment before its last thread is gone. */
    private boolean ended(String name, ExecutorService pool, long deadline) {
        if (name.equals(alive.get(Thread.currentThread()))) {
            return false;
        }
        try {
            boolean ended = pool.awaitTermination(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            for (Map.Entry<Thread, String> thread : alive.entrySet()) {
                if (thread.getValue().equals(name)) {
                    ended &= thread.getKey().join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
                }
            }
            return ended;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return pool.isTerminated();
        }
    }

    private ThreadFactory factory(String name) {
        AtomicInteger count = new AtomicInteger();
        return work -> {
            Thread thread = Thread.ofPlatform()
                .name(capability + "/" + name + "-" + count.incrementAndGet())
                .group(ledger.group())
                .daemon(true)
                .inheritInheritableThreadLocals(false)
                .unstarted(() -> run(name, work));
            thread.setContextClassLoader(contextLoader);
            return thread;
        };
    }

    private void run(String name, Runnable work) {
        alive.put(Thread.currentThread(), name);
        try {
            ledger.run(capability, work);
        } finally {
            alive.remove(Thread.currentThread());
        }
    }
}
