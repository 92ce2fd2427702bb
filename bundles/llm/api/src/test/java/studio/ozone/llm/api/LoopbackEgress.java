package studio.ozone.llm.api;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import studio.ozone.api.egress.Egress;
import studio.ozone.api.egress.EgressException;

/** A way out that leads to 127.0.0.1 only: one request a connection, HTTP/1.1, interruptible. */
final class LoopbackEgress implements Egress {

    final ConcurrentLinkedQueue<Request> requests = new ConcurrentLinkedQueue<>();

    @Override
    public Response send(Request request) throws EgressException, InterruptedException {
        requests.add(request);
        URI uri = request.uri();
        if (!uri.getHost().equals("127.0.0.1") || !(request.to() instanceof Named)) {
            throw new EgressException(EgressException.Code.REFUSED, uri.getHost() + " is not 127.0.0.1");
        }
        Thread asking = Thread.currentThread();
        Socket socket = new Socket();
        // An interrupt has to close the connection: a watch per connection is enough for a test.
        Thread watch = Thread.ofVirtual().unstarted(() -> {
            while (!socket.isClosed()) {
                if (asking.isInterrupted()) {
                    try {
                        socket.close();
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                }
                LockSupport.parkNanos(5_000_000);
            }
        });
        try {
            socket.connect(new InetSocketAddress("127.0.0.1", uri.getPort()), (int) request.limits().connect().toMillis());
            socket.setSoTimeout((int) Math.min(request.limits().silence().toMillis(), Math.max(1, request.limits().total().toMillis())));
            watch.start();
            StringBuilder head = new StringBuilder(request.method() + " " + uri.getRawPath() + " HTTP/1.1\r\nHost: " + uri.getAuthority()
                    + "\r\nConnection: close\r\nContent-Length: " + request.body().length + "\r\n");
            request.headers().forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
            request.secretHeaders().forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
            socket.getOutputStream().write((head + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().write(request.body());
            return answer(request, socket);
        } catch (SocketTimeoutException e) {
            close(socket);
            throw new EgressException(EgressException.Code.TIMEOUT, uri.getHost() + " said nothing for too long", e);
        } catch (IOException e) {
            close(socket);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw new EgressException(EgressException.Code.UNREACHABLE, uri.getHost() + ":" + uri.getPort() + " is not reachable: " + e.getMessage(), e);
        }
    }

    private static Response answer(Request request, Socket socket) throws IOException {
        InputStream in = new BufferedInputStream(socket.getInputStream());
        String status = line(in);
        Map<String, List<String>> headers = new HashMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.computeIfAbsent(line.substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>()).add(line.substring(colon + 1).strip());
        }
        boolean chunked = headers.getOrDefault("transfer-encoding", List.of()).contains("chunked");
        List<String> length = headers.get("content-length");
        InputStream body = chunked ? new Chunks(in) : new Chunks(in, length == null ? Long.MAX_VALUE : Long.parseLong(length.getFirst()));
        InputStream counted = new FilterInputStream(body) {
            private long total;

            @Override
            public int read(byte[] into, int from, int most) throws IOException {
                int read = super.read(into, from, most);
                total += Math.max(0, read);
                if (total > request.limits().mostBytes()) {
                    throw new IOException("too large", new EgressException(EgressException.Code.TOO_LARGE, "127.0.0.1 sent more than was allowed"));
                }
                return read;
            }
        };
        int code = Integer.parseInt(status.split(" ")[1]);
        return new Response() {
            @Override
            public URI uri() {
                return request.uri();
            }

            @Override
            public int status() {
                return code;
            }

            @Override
            public Map<String, List<String>> headers() {
                return headers;
            }

            @Override
            public InputStream body() {
                return counted;
            }

            @Override
            public void close() {
                LoopbackEgress.close(socket);
            }
        };
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the connection ended in the head");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public List<Connection> connections() {
        return List.of();
    }

    @Override
    public AutoCloseable follow(Consumer<Connection> consumer) {
        return () -> { };
    }

    @Override
    public List<Reach> reaches() {
        return List.of();
    }

    /** A body of a known length, or in chunks. */
    private static final class Chunks extends InputStream {

        private final InputStream in;
        private final boolean chunked;
        private long left;
        private boolean first = true;

        Chunks(InputStream in) {
            this.in = in;
            this.chunked = true;
        }

        Chunks(InputStream in, long length) {
            this.in = in;
            this.chunked = false;
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int most) throws IOException {
            if (left == 0 && chunked) {
                if (!first) {
                    line(in);
                }
                first = false;
                left = Long.parseLong(line(in).strip(), 16);
                if (left == 0) {
                    left = -1;
                }
            }
            if (left <= 0) {
                return -1;
            }
            int read = in.read(into, from, (int) Math.min(most, left));
            if (read < 0) {
                if (chunked || left < Long.MAX_VALUE / 2) {
                    throw new IOException("the connection was closed in the middle");
                }
                return -1;
            }
            left -= read;
            return read;
        }
    }
}
