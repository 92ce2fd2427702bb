package studio.ozone.runtime.capabilities;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;

import com.sun.management.ThreadMXBean;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

import studio.ozone.api.runtime.Workers;

/**
 * What the threads of each capability have cost since the start of the process. It outlives the stop and start of a capability's
 * bundle, and holds nothing of that bundle: only thread numbers and sums.
 *
 * <p>A thread signs in and out by itself. While it lives it is read from outside; when it ends, its last figures are added to the
 * sum before its number is forgotten, so that the total never goes back by more than what one reading saw in between.
 */
@Component(service = Ledger.class)
public final class Ledger {

    /** Live threads, work in progress, CPU milliseconds and allocated bytes of one capability. */
    record Cost(int threads, int working, long cpuMs, long allocatedBytes) { }

    private static final class Account {
        final Set<Long> alive = ConcurrentHashMap.newKeySet();
        final LongAdder cpuNanos = new LongAdder();
        final LongAdder bytes = new LongAdder();
        final AtomicInteger requests = new AtomicInteger();
        final Set<IntSupplier> tasks = ConcurrentHashMap.newKeySet();
    }

    private final Map<String, Account> accounts = new ConcurrentHashMap<>();
    private final ThreadGroup group = new ThreadGroup(topGroup(), "ozone");

    @Activate
    public Ledger() {
    }

    /** The group of all pool threads, so that none inherits the group of whoever asked for the pool. */
    ThreadGroup group() {
        return group;
    }

    /** Runs a thread's whole life on the account of a capability. */
    void run(String capability, Runnable life) {
        Account account = account(capability);
        long id = Thread.currentThread().threadId();
        account.alive.add(id);
        try {
            life.run();
        } finally {
            ThreadMXBean threads = threads();
            synchronized (account) {
                account.cpuNanos.add(Math.max(0, threads.getCurrentThreadCpuTime()));
                account.bytes.add(Math.max(0, threads.getCurrentThreadAllocatedBytes()));
                account.alive.remove(id);
            }
        }
    }

    /** Counts what runs and waits in pools, until it is forgotten. */
    void count(String capability, IntSupplier tasks) {
        account(capability).tasks.add(tasks);
    }

    void forget(String capability, IntSupplier tasks) {
        account(capability).tasks.remove(tasks);
    }

    /** A request that is worked on by the thread of whoever asked. */
    Workers.Working request(String capability) {
        AtomicInteger requests = account(capability).requests;
        AtomicBoolean open = new AtomicBoolean(true);
        requests.incrementAndGet();
        return () -> {
            if (open.compareAndSet(true, false)) {
                requests.decrementAndGet();
            }
        };
    }

    /** Requests and tasks in progress. */
    int working(String capability) {
        Account account = accounts.get(capability);
        return account == null ? 0 : account.requests.get() + account.tasks.stream().mapToInt(IntSupplier::getAsInt).sum();
    }

    private Account account(String capability) {
        return accounts.computeIfAbsent(capability, name -> new Account());
    }

    Cost cost(String capability) {
        Account account = accounts.get(capability);
        if (account == null) {
            return new Cost(0, 0, 0, 0);
        }
        ThreadMXBean threads = threads();
        synchronized (account) {
            long cpu = account.cpuNanos.sum();
            long bytes = account.bytes.sum();
            int alive = 0;
            for (long id : account.alive) {
                cpu += Math.max(0, threads.getThreadCpuTime(id));
                bytes += Math.max(0, threads.getThreadAllocatedBytes(id));
                alive++;
            }
            return new Cost(alive, working(capability), cpu / 1_000_000, bytes);
        }
    }

    /** Fetched when it is needed: nobody asks at start-up. */
    private static ThreadMXBean threads() {
        return (ThreadMXBean) ManagementFactory.getThreadMXBean();
    }

    private static ThreadGroup topGroup() {
        ThreadGroup top = Thread.currentThread().getThreadGroup();
        while (top.getParent() != null) {
            top = top.getParent();
        }
        return top;
    }
}
