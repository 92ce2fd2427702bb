package studio.ozone.runtime.socket;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * What a command writes, sent by one thread that does nothing else. A command may hand its output to workers of any bundle, and who stops a
 * bundle interrupts them: a channel closes under whoever is interrupted while it writes, and the response would end in its middle.
 *
 * <p>Some of it may wait to be sent; who writes more waits. Who is interrupted then has a moment left for a caller that reads, so that
 * a worker of a stopped bundle gets free of a caller that does not; what was taken before is sent whole. Thread-safe.
 */
final class Sending extends OutputStream implements Runnable {

    private static final int MOST_WAITING = 1 << 14;
    private static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final OutputStream out;
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
    private boolean busy;
    /** Somebody was interrupted and gave up, and nothing has been sent since: there is no moment for the next one. */
    private boolean stuck;
    private boolean closed;
    private boolean hurried;
    private IOException failure;

    /** @param out written to by the thread that is in {@link #run}, and by nobody else */
    Sending(OutputStream out) {
        this.out = out;
    }

    /** Sends until it is closed, or nobody is there any more. */
    @Override
    public void run() {
        try {
            for (byte[] piece = next(); piece != null; piece = next()) {
                out.write(piece);
            }
        } catch (IOException e) {
            fail(e);
        } catch (InterruptedException e) {
            fail(new InterruptedIOException("The thread that sends was interrupted"));
        }
    }

    private synchronized byte[] next() throws InterruptedException {
        busy = false;
        stuck = false;
        notifyAll();
        while (waiting.size() == 0 && !closed) {
            wait();
        }
        if (waiting.size() == 0) {
            return null;
        }
        byte[] piece = waiting.toByteArray();
        waiting.reset();
        busy = true;
        notifyAll();
        return piece;
    }

    private synchronized void fail(IOException e) {
        failure = e;
        notifyAll();
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    /** @throws IOException if what was written before could not be sent, or the caller does not read and the writing thread is interrupted */
    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        if (!await(() -> waiting.size() >= MOST_WAITING && failure == null && !closed, false)) {
            stuck = true;
            throw new InterruptedIOException("The caller does not read");
        }
        if (failure != null || closed) {
            throw new IOException("The caller has gone", failure);
        }
        waiting.write(bytes, offset, length);
        notifyAll();
    }

    /** The caller has nothing more to say and may be gone: whatever waits for it has a moment left. */
    synchronized void hurry() {
        hurried = true;
        notifyAll();
    }

    /** Waits until all is sent, then closes the connection. */
    @Override
    public void close() throws IOException {
        synchronized (this) {
            await(() -> (waiting.size() > 0 || busy) && failure == null, true);
            closed = true;
            notifyAll();
        }
        out.close();
    }

    /**
     * Waits while something is so. It is never left half way: an interrupt is kept for later.
     *
     * @param patient whether only a caller that may be gone makes the wait short, and not an interrupt
     * @return false if it is still so after a moment
     */
    private boolean await(BooleanSupplier so, boolean patient) {
        boolean interrupted = false;
        long until = 0;
        try {
            while (so.getAsBoolean()) {
                boolean bounded = hurried || interrupted && !patient;
                until = bounded && until == 0 ? System.nanoTime() + (stuck && !patient ? 0 : MOMENT_NANOS) : until;
                long left = bounded ? until - System.nanoTime() : Long.MAX_VALUE;
                if (left <= 0) {
                    return false;
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            return true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
