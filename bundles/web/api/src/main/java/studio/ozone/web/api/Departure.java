package studio.ozone.web.api;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CancellationException;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * Interrupts the thread that works for a client when the client goes away, also while nothing is being written.
 *
 * <p>Once a request's body has been read, the server does not read from its connection until the answer is complete. In that time this asks
 * to be told when there is something to read: the end of the stream is a client that has gone. The order is: {@link #watch} registers the
 * interest; a callback either sees the end and interrupts, or sees nothing and registers again; {@link #close()} first forbids
 * further callbacks under the lock, then takes the interest back, so that the server finds the connection as it left it. Bytes of
 * a next request sent too early cannot be given back: the connection ends after this answer, as HTTP allows.
 */
final class Departure implements Callback, AutoCloseable {

    private final AbstractEndPoint connection;
    private final HttpServletResponse response;
    private final Thread worker;
    private boolean over;
    private boolean gone;
    private boolean early;

    private Departure(AbstractEndPoint connection, HttpServletResponse response, Thread worker) {
        this.connection = connection;
        this.response = response;
        this.worker = worker;
    }

    /** Begins to watch the client of a request whose body has been read, for the calling thread. */
    static Departure watch(HttpServletRequest request, HttpServletResponse response) {
        EndPoint endPoint = ServletContextRequest.getServletContextRequest(request).getConnectionMetaData().getConnection().getEndPoint();
        Departure departure = new Departure(endPoint instanceof AbstractEndPoint known ? known : null, response, Thread.currentThread());
        departure.register();
        return departure;
    }

    private void register() {
        if (connection != null) {
            connection.tryFillInterested(this);
        }
    }

    @Override
    public synchronized void succeeded() {
        if (over) {
            return;
        }
        try {
            ByteBuffer one = BufferUtil.allocate(1);
            int read = connection.fill(one);
            if (read < 0) {
                leave();
            } else if (read == 0) {
                register();
            } else {
                early = true;
            }
        } catch (IOException e) {
            leave();
        }
    }

    @Override
    public synchronized void failed(Throwable cause) {
        if (!over) {
            leave();
        }
    }

    private void leave() {
        gone = true;
        worker.interrupt();
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    synchronized boolean gone() {
        return gone;
    }

    /** Ends the watch; to be called by the working thread, which is not left interrupted by it. */
    @Override
    public void close() {
        synchronized (this) {
            over = true;
            if (gone) {
                Thread.interrupted();
            }
            if (early && !response.isCommitted()) {
                response.setHeader("Connection", "close");
            }
        }
        if (connection != null) {
            connection.getFillInterest().onFail(new CancellationException("The answer is complete"));
        }
    }
}
