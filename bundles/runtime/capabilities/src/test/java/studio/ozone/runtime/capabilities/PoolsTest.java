package studio.ozone.runtime.capabilities;

import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.junit.Test;

import studio.ozone.api.runtime.Workers;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

public class PoolsTest {

    private final Ledger ledger = new Ledger();

    @Test
    public void threadsAreNamedAndBounded() throws Exception {
        Pools pools = new Pools("zsei.index", getClass().getClassLoader(), ledger);
        ExecutorService pool = pools.pool("embed", 2);
        assertSame(pool, pools.pool("embed", 2));
        Callable<String> name = () -> Thread.currentThread().getName();
        List<String> names = pool.invokeAll(List.of(name, name, name, name)).stream().map(Future::resultNow).distinct().sorted().toList();
        assertTrue(names.toString(), List.of("zsei.index/embed-1", "zsei.index/embed-2").containsAll(names));
        assertEquals("zsei.index/timer-1", pools.timer().submit(name).get());
        pools.close();
    }

    @Test
    public void costIsCountedWhileThreadsLiveAndKeptWhenThePoolIsMadeAnew() throws Exception {
        long bytes = 0;
        for (int round = 1; round <= 3; round++) {
            Pools pools = new Pools("busy", getClass().getClassLoader(), ledger);
            long sum = pools.pool("work", 1).submit(PoolsTest::burn).get();
            assertEquals(64L << 20, sum);
            Ledger.Cost live = ledger.cost("busy");
            assertEquals(1, live.threads());
            assertTrue(live + " in round " + round, live.allocatedBytes() >= bytes + (64L << 20));
            pools.close();
            Ledger.Cost after = ledger.cost("busy");
            assertEquals(0, after.threads());
            assertTrue(after + " after " + live, after.allocatedBytes() >= live.allocatedBytes() && after.cpuMs() >= live.cpuMs());
            bytes = after.allocatedBytes();
        }
        assertTrue(ledger.cost("busy").cpuMs() > 0);
        assertEquals(new Ledger.Cost(0, 0, 0, 0), ledger.cost("idle"));
    }

    @Test
    public void workInProgressIsWhatRunsAndWaitsAndWhatOthersThreadsAskedFor() throws Exception {
        Pools pools = new Pools("counted", null, ledger);
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        List<Future<?>> tasks = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            tasks.add(pools.pool("work", 1).submit(() -> {
                started.countDown();
                return release.await(1, TimeUnit.HOURS);
            }));
        }
        pools.timer().schedule(() -> { }, 1, TimeUnit.HOURS);
        started.await();
        assertEquals("one runs, two wait, and what is planned is not work", 3, ledger.cost("counted").working());
        try (Workers.Working request = pools.working()) {
            assertEquals(4, ledger.working("counted"));
            request.close();
            assertEquals(3, ledger.working("counted"));
        }
        assertEquals("closed twice, counted once", 3, ledger.working("counted"));
        release.countDown();
        for (Future<?> task : tasks) {
            task.get();
        }
        await("nothing is left", () -> ledger.working("counted") == 0);
        Workers.Working late = pools.working();
        pools.close();
        assertEquals("a request outlives the pools of its bundle", 1, ledger.working("counted"));
        late.close();
        assertEquals(0, ledger.working("counted"));
        assertEquals(0, ledger.working("never heard of"));
    }

    @Test
    public void poolTakesAnotherSizeWithoutLosingWhatRunsInIt() throws Exception {
        Pools pools = new Pools("sized", null, ledger);
        ExecutorService pool = pools.pool("work", 1);
        CountDownLatch three = new CountDownLatch(3);
        Callable<Boolean> meet = () -> {
            three.countDown();
            return three.await(1, TimeUnit.MINUTES);
        };
        List<Future<Boolean>> tasks = List.of(pool.submit(meet), pool.submit(meet), pool.submit(meet));
        assertSame(pool, pools.pool("work", 3));
        for (Future<Boolean> task : tasks) {
            assertTrue("they only meet where three run at once", task.get());
        }
        assertSame(pool, pools.pool("work", 1));
        assertTrue(pool.submit(() -> true).get());
        pools.close();
    }

    @Test
    public void closingInterruptsAndRefuses() throws Exception {
        Pools pools = new Pools("sleepy", null, ledger);
        CountDownLatch started = new CountDownLatch(1);
        Future<?> task = pools.pool("work", 1).submit(() -> {
            started.countDown();
            return new CountDownLatch(1).await(1, TimeUnit.HOURS);
        });
        started.await();
        long begin = System.nanoTime();
        pools.close();
        assertTrue(Duration.ofNanos(System.nanoTime() - begin).toMillis() < 1000);
        assertTrue(task.isDone());
        assertThrows(IllegalStateException.class, () -> pools.pool("work", 1));
        assertThrows(IllegalStateException.class, pools::timer);
    }

    @Test
    public void closingGivesUpOnAThreadThatDoesNotListen() {
        Pools pools = new Pools("deaf", null, ledger);
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(1);
        pools.pool("work", 1).execute(() -> {
            started.countDown();
            boolean waiting = true;
            while (waiting) {
                try {
                    waiting = !release.await(1, TimeUnit.HOURS);
                } catch (InterruptedException e) {
                    waiting = true;
                }
            }
        });
        await(started);
        long begin = System.nanoTime();
        assertFalse(pools.close("work", Duration.ofMillis(50)));
        pools.close();
        assertTrue(Duration.ofNanos(System.nanoTime() - begin).toMillis() < 2500);
        release.countDown();
    }

    @Test
    public void threadsInheritNothingOfTheOneWhoAsked() throws Exception {
        InheritableThreadLocal<String> secret = new InheritableThreadLocal<>();
        Pools pools = new Pools("clean", null, ledger);
        ThreadGroup mine = new ThreadGroup("mine");
        Thread asking = new Thread(mine, () -> {
            secret.set("subject");
            Thread.currentThread().setContextClassLoader(new URLClassLoader(new URL[0]));
            pools.pool("work", 1).execute(() -> { });
        });
        asking.start();
        asking.join();
        Thread thread = pools.pool("work", 1).submit(Thread::currentThread).get();
        assertNull(pools.pool("work", 1).submit(secret::get).get());
        assertNull(thread.getContextClassLoader());
        assertEquals("ozone", thread.getThreadGroup().getName());
        assertTrue(thread.isDaemon());
        pools.close();
    }

    @Test
    public void classLoaderOfTheClientCanGoWhenItsPoolsAreClosed() throws Exception {
        WeakReference<ClassLoader> loader = use();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (loader.get() != null) {
            assertTrue("the class loader is still held", System.nanoTime() < deadline);
            System.gc();
        }
    }

    private WeakReference<ClassLoader> use() throws Exception {
        ClassLoader loader = new URLClassLoader(new URL[0]);
        Pools pools = new Pools("guest", loader, ledger);
        assertSame(loader, pools.pool("work", 1).submit(() -> Thread.currentThread().getContextClassLoader()).get());
        pools.close();
        return new WeakReference<>(loader);
    }

    private static long burn() {
        long sum = 0;
        for (int i = 0; i < 64; i++) {
            byte[] block = new byte[1 << 20];
            block[i] = 1;
            sum += block.length;
        }
        return sum;
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertTrue(what, System.nanoTime() < deadline);
            Thread.onSpinWait();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
