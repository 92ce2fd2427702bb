package studio.ozone.egress;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * A socket whose every wait (for the connection, for a byte, for room to write) ends at a deadline, at an interrupt of the waiting thread,
 * and when another thread closes it. The JDK's own sockets do none of that for writing, and cannot be interrupted. TLS lies over it as over any
 * other.
 *
 * <p>The channel never blocks; a thread waits in a selector, one for reading and one for all else, so that one thread may read while another writes.
 */
final class ChannelSocket extends Socket {

    /** How a wait ended that was not let go on. */
    enum Cut { NONE, LATE, SILENT, INTERRUPTED }

    /** Larger pieces would stay in the buffers that the JDK keeps for each thread. */
    private static final int PIECE = 32 << 10;
    private static final long MS = 1_000_000;

    private final SocketChannel channel;
    private final Selector readable;
    private final Selector other;
    private final InputStream in = new In();
    private final OutputStream out = new Out();
    private volatile Deadline deadline;
    private volatile Cut cut = Cut.NONE;

    ChannelSocket(Deadline deadline) throws IOException {
        super((SocketImpl) null);
        this.deadline = deadline;
        channel = SocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            readable = Selector.open();
            other = Selector.open();
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** What holds from the next wait on. */
    void until(Deadline next) {
        deadline = next;
    }

    Deadline deadline() {
        return deadline;
    }

    Cut cut() {
        return cut;
    }

    @Override
    public void connect(SocketAddress address) throws IOException {
        long since = System.nanoTime();
        if (!channel.connect(address)) {
            channel.register(other, SelectionKey.OP_CONNECT);
            while (!channel.finishConnect()) {
                await(other, since);
            }
        }
        channel.register(readable, SelectionKey.OP_READ);
        channel.register(other, SelectionKey.OP_WRITE);
    }

    /** The deadline holds, not the timeout. */
    @Override
    public void connect(SocketAddress address, int timeout) throws IOException {
        connect(address);
    }

    private void await(Selector selector, long since) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw cut(Cut.INTERRUPTED, new InterruptedIOException("Interrupted"));
        }
        Deadline now = deadline;
        long time = System.nanoTime();
        long left = now.end() - time;
        long patience = now.silence() - (time - since);
        if (left <= 0 || patience <= 0) {
            throw cut(left <= 0 ? Cut.LATE : Cut.SILENT, new SocketTimeoutException("Too late"));
        }
        try {
            selector.select(Math.min(left, patience) / MS + 1);
            selector.selectedKeys().clear();
        } catch (ClosedSelectorException e) {
            throw new SocketException("Socket closed", e);
        }
        if (!channel.isOpen()) {
            throw new SocketException("Socket closed");
        }
    }

    private <E extends IOException> E cut(Cut how, E exception) {
        if (cut == Cut.NONE) {
            cut = how;
        }
        close();
        return exception;
    }

    private final class In extends InputStream {

        private final byte[] one = new byte[1];

        @Override
        public int read() throws IOException {
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            ByteBuffer buffer = ByteBuffer.wrap(bytes, from, Math.min(length, PIECE));
            long since = System.nanoTime();
            // A peer that sends without an end is late too.
            if (since - deadline.end() >= 0) {
                throw cut(Cut.LATE, new SocketTimeoutException("Too late"));
            }
            int count = channel.read(buffer);
            while (count == 0) {
                await(readable, since);
                count = channel.read(buffer);
            }
            return count;
        }

        @Override
        public void close() {
            ChannelSocket.this.close();
        }
    }

    private final class Out extends OutputStream {

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            long since = System.nanoTime();
            for (int done = 0; done < length;) {
                int count = channel.write(ByteBuffer.wrap(bytes, from + done, Math.min(length - done, PIECE)));
                done += count;
                if (count == 0) {
                    await(other, since);
                } else {
                    since = System.nanoTime();
                }
            }
        }

        @Override
        public void close() {
            ChannelSocket.this.close();
        }
    }

    @Override
    public InputStream getInputStream() {
        return in;
    }

    @Override
    public OutputStream getOutputStream() {
        return out;
    }

    @Override
    public void close() {
        try (Selector first = readable; Selector second = other) {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean isConnected() {
        return channel.isConnected();
    }

    @Override
    public boolean isBound() {
        return channel.isConnected();
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public boolean isInputShutdown() {
        return false;
    }

    @Override
    public boolean isOutputShutdown() {
        return false;
    }

    @Override
    public void shutdownInput() {
        // It is closed as a whole.
    }

    @Override
    public void shutdownOutput() {
        // It is closed as a whole.
    }

    @Override
    public InetAddress getInetAddress() {
        return getRemoteSocketAddress() instanceof InetSocketAddress address ? address.getAddress() : null;
    }

    @Override
    public InetAddress getLocalAddress() {
        return getLocalSocketAddress() instanceof InetSocketAddress address ? address.getAddress() : null;
    }

    @Override
    public int getPort() {
        return getRemoteSocketAddress() instanceof InetSocketAddress address ? address.getPort() : 0;
    }

    @Override
    public int getLocalPort() {
        return getLocalSocketAddress() instanceof InetSocketAddress address ? address.getPort() : -1;
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return channel.socket().getRemoteSocketAddress();
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return channel.socket().getLocalSocketAddress();
    }

    @Override
    public SocketChannel getChannel() {
        return null;
    }

    @Override
    public void setSoTimeout(int timeout) {
        // The deadline holds.
    }

    @Override
    public int getSoTimeout() {
        return 0;
    }

    @Override
    public void setTcpNoDelay(boolean on) {
        // It always is.
    }

    @Override
    public boolean getTcpNoDelay() {
        return true;
    }

    @Override
    public void setSoLinger(boolean on, int linger) throws SocketException {
        channel.socket().setSoLinger(on, linger);
    }

    @Override
    public int getSoLinger() throws SocketException {
        return channel.socket().getSoLinger();
    }

    @Override
    public void setKeepAlive(boolean on) throws SocketException {
        channel.socket().setKeepAlive(on);
    }
}
