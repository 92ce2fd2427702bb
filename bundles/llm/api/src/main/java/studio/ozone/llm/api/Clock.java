package studio.ozone.llm.api;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Time as the pace and the attempts see it, so that a test can pass a minute in no time. */
interface Clock {

    /** Nanoseconds, from any beginning. */
    long now();

    /** Waits, at the longest so many nanoseconds. */
    void pause(long nanos) throws InterruptedException;

    /** The real one. A pause ends early when the latch has come down. */
    static Clock system(CountDownLatch stopped) {
        return new Clock() {
            @Override
            public long now() {
                return System.nanoTime();
            }

            @Override
            public void pause(long nanos) throws InterruptedException {
                if (stopped.await(nanos, TimeUnit.NANOSECONDS)) {
                    throw new InterruptedException("llm.api was switched off");
                }
            }
        };
    }
}
