package studio.ozone.llm.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.Test;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

public class PaceTest {

    /** A minute passes only when somebody waits for it. */
    private static final class Virtual implements Clock {

        final AtomicLong now = new AtomicLong();

        @Override
        public long now() {
            return now.get();
        }

        @Override
        public void pause(long nanos) {
            now.addAndGet(nanos);
        }
    }

    @Test
    public void soManyAMinuteAndNoMore() throws Exception {
        Virtual clock = new Virtual();
        Pace pace = new Pace(clock, () -> 5);
        List<Long> begun = new ArrayList<>();
        for (int i = 0; i < 23; i++) {
            pace.enter();
            begun.add(clock.now());
            clock.now.addAndGet(TimeUnit.SECONDS.toNanos(i % 3));
        }
        for (int i = 5; i < begun.size(); i++) {
            assertTrue(begun.toString(), begun.get(i) - begun.get(i - 5) >= Pace.MINUTE);
        }
        assertTrue("nobody waits for nothing", begun.getLast() < 5 * Pace.MINUTE);
    }

    @Test
    public void aHigherLimitLetsThoseGoWhoWait() throws Exception {
        Virtual clock = new Virtual();
        AtomicInteger limit = new AtomicInteger(1);
        Pace pace = new Pace(new Clock() {
            @Override
            public long now() {
                return clock.now();
            }

            @Override
            public void pause(long nanos) {
                clock.pause(nanos);
                limit.set(2);
            }
        }, limit::get);
        pace.enter();
        pace.enter();
        assertTrue(clock.now() < TimeUnit.SECONDS.toNanos(1));
    }

    @Test(timeout = 30_000)
    public void thoseWhoWaitGoInTheOrderOfComing() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        Pace pace = new Pace(new Clock() {
            @Override
            public long now() {
                return 0;
            }

            @Override
            public void pause(long nanos) throws InterruptedException {
                open.await();
            }
        }, () -> {
            if (open.getCount() > 0) {
                return 1;
            }
            order.add(Thread.currentThread().getName());        // who holds the lock and goes through
            return 100;
        });
        pace.enter();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            threads.add(Thread.ofPlatform().name("t" + i).start(() -> {
                try {
                    pace.enter();
                } catch (InterruptedException e) {
                    order.add("interrupted " + Thread.currentThread().getName());
                }
            }));
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while ((i == 0 ? threads.getFirst().getState() != Thread.State.WAITING : pace.waiting() < i) && System.nanoTime() < until) {
                Thread.onSpinWait();
            }
        }
        threads.get(4).interrupt();
        threads.get(4).join();
        open.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(List.of("interrupted t4", "t0", "t1", "t2", "t3", "t5", "t6", "t7", "t8", "t9"), order);
    }
}
