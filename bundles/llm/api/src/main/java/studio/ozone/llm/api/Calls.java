package studio.ozone.llm.api;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.llm.ProviderException.Code;

/**
 * The requests that are being answered, so that a stop can end them. They run on threads of whoever asks: each is interrupted at most once
 * and only between its begin and its end, and the interrupt is taken back at its end.
 */
final class Calls {

    /** One of them. */
    final class Call implements AutoCloseable {

        private final Thread thread = Thread.currentThread();
        private boolean interrupted;

        @Override
        public void close() {
            synchronized (Calls.this) {
                calls.remove(this);
                if (interrupted) {
                    Thread.interrupted();
                }
                Calls.this.notifyAll();
            }
        }
    }

    private final Set<Call> calls = new HashSet<>();
    private final CountDownLatch stopped = new CountDownLatch(1);

    /** Comes down at the stop. */
    CountDownLatch stopped() {
        return stopped;
    }

    boolean over() {
        return stopped.getCount() == 0;
    }

    synchronized Call begin() throws ProviderException {
        if (over()) {
            throw off();
        }
        Call call = new Call();
        calls.add(call);
        return call;
    }

    static ProviderException off() {
        return new ProviderException(Code.UNAVAILABLE, "llm.api was switched off. Switch it on with: ozone-core config --set llm.api.enabled=true");
    }

    /** Ends all of them, and waits for them so long. */
    synchronized void stop(long millis) {
        stopped.countDown();
        for (Call call : calls) {
            call.interrupted = true;
            call.thread.interrupt();
        }
        long until = System.nanoTime() + millis * 1_000_000;
        try {
            for (long left = millis; !calls.isEmpty() && left > 0; left = (until - System.nanoTime()) / 1_000_000) {
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
