package studio.ozone.egress;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.protocol.HttpCoreContext;

import studio.ozone.api.egress.Egress.Limits;
import studio.ozone.api.egress.EgressException;
import studio.ozone.api.egress.EgressException.Code;

/**
 * One request and its answer, over a connection of its own to an address that was checked. Nothing is tried again, nothing is remembered for the
 * next one, and no compression is asked for, so that the bytes that are counted are those that are read.
 */
final class Hop {

    private static final Http1Config HTTP = Http1Config.custom().setMaxHeaderCount(200).setMaxLineLength(32 << 10).setMaxEmptyLineCount(5).build();
    private static final int PIECE = 8 << 10;
    /** What is this class's to say. */
    private static final Set<String> OWN = Set.of("host", "connection", "content-length", "transfer-encoding", "accept-encoding", "expect", "te", "trailer",
        "upgrade", "keep-alive", "proxy-connection");

    /**
     * How connections are made.
     *
     * @param tls asked for at the first https
     * @param route what is connected to instead; the identity but in tests
     */
    record Lines(Supplier<SSLSocketFactory> tls, UnaryOperator<InetSocketAddress> route) { }

    private final Origin origin;
    private final Limits limits;
    private final Deadline total;
    private final Attempt attempt;
    private ChannelSocket socket;
    private boolean closed;

    Hop(Origin origin, Limits limits, Deadline total, Attempt attempt) {
        this.origin = origin;
        this.limits = limits;
        this.total = total;
        this.attempt = attempt;
    }

    /** Closes the connection, from any thread. */
    synchronized void close() {
        if (socket != null) {
            socket.close();
        }
        closed = true;
    }

    private synchronized ChannelSocket opened(Deadline deadline) throws IOException {
        if (closed) {
            throw new IOException("Closed");
        }
        socket = new ChannelSocket(deadline);
        return socket;
    }

    /**
     * Connects and sends, and returns when the headers are there.
     *
     * @param addresses checked; tried in their order, each for its share of the time to connect
     * @param deadline until the connection must stand
     */
    ClassicHttpResponse send(List<InetAddress> addresses, Deadline deadline, Lines lines, String method, String path, Map<String, String> headers, byte[] body)
            throws EgressException, InterruptedException {
        BasicClassicHttpRequest request = request(method, path, headers, body);
        Socket line = connect(addresses, deadline, lines);
        try {
            socket.until(new Deadline(total.end(), Deadline.nanos(limits.silence()), total.said()));
            DefaultBHttpClientConnection connection = new DefaultBHttpClientConnection(HTTP, null, null, null, null, null, new DefaultHttpResponseParserFactory(HTTP)) {
                @Override
                public void close() {
                    // Else it would wait for what the peer still has to say.
                    Hop.this.close();
                }
            };
            if (line instanceof SSLSocket secure) {
                connection.bind(secure, socket);
            } else {
                connection.bind(line);
            }
            ClassicHttpResponse response = new HttpRequestExecutor().execute(request, connection, HttpCoreContext.create());
            long length = response.getEntity() == null ? 0 : response.getEntity().getContentLength();
            if (length > limits.mostBytes()) {
                throw tooLarge();
            }
            return response;
        } catch (IOException | HttpException e) {
            throw failed(e);
        }
    }

    private Socket connect(List<InetAddress> addresses, Deadline deadline, Lines lines) throws EgressException, InterruptedException {
        EgressException last = null;
        for (int i = 0; i < addresses.size(); i++) {
            InetAddress address = addresses.get(i);
            attempt.address(address.getHostAddress());
            long share = (deadline.end() - System.nanoTime()) / (addresses.size() - i);
            try {
                ChannelSocket next = opened(new Deadline(System.nanoTime() + share, Deadline.nanos(limits.connect()), deadline.said()));
                next.connect(lines.route().apply(new InetSocketAddress(address, origin.port())));
                next.until(deadline);
                return origin.secure() ? secured(next, lines.tls().get()) : next;
            } catch (IOException e) {
                last = unreachable(e);
                close(socket);
            }
        }
        throw last;
    }

    private static void close(ChannelSocket socket) {
        if (socket != null) {
            socket.close();
        }
    }

    private SSLSocket secured(ChannelSocket next, SSLSocketFactory factory) throws IOException {
        String host = origin.host().text();
        SSLSocket secure = (SSLSocket) factory.createSocket(next, host.startsWith("[") ? host.substring(1, host.length() - 1) : host, origin.port(), true);
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        secure.setSSLParameters(parameters);
        secure.startHandshake();
        return secure;
    }

    private BasicClassicHttpRequest request(String method, String path, Map<String, String> headers, byte[] body) throws EgressException {
        BasicClassicHttpRequest request = new BasicClassicHttpRequest(method, path);
        boolean usual = origin.port() == (origin.secure() ? Origin.HTTPS_PORT : 80);
        request.setHeader("Host", usual ? origin.host().text() : origin.place());
        request.setHeader("User-Agent", "ozone-studio");
        Map<String, String> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        sorted.putAll(headers);
        for (Map.Entry<String, String> header : sorted.entrySet()) {
            String name = header.getKey();
            if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+") || !header.getValue().chars().allMatch(c -> c == '\t' || c >= ' ' && c < 127 || c > 159 && c < 256)) {
                throw new EgressException(Code.FAILED, "The header " + name.replaceAll("[^!-~]", "?") + " cannot be sent to " + origin.place()
                    + ": it holds a line end or another character that no header may hold");
            }
            if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
                request.setHeader(name, header.getValue());
            }
        }
        request.setHeader("Connection", "close");
        if (body != null) {
            request.setHeader("Content-Length", body.length);
            request.setEntity(new EntityTemplate(body.length, null, null, out -> write(body, out)));
        } else if (method.equals("POST") || method.equals("PUT")) {
            request.setHeader("Content-Length", 0);
        }
        return request;
    }

    private void write(byte[] body, OutputStream out) throws IOException {
        for (int at = 0; at < body.length; at += PIECE) {
            int length = Math.min(PIECE, body.length - at);
            out.write(body, at, length);
            attempt.sent(length);
        }
    }

    private EgressException unreachable(IOException e) throws InterruptedException {
        return switch (cut()) {
            case INTERRUPTED -> throw interrupted();
            case LATE, SILENT -> new EgressException(Code.TIMEOUT, origin.place() + " did not take the connection within " + limits.connect().toMillis() + " ms", e);
            case NONE -> new EgressException(Code.UNREACHABLE, origin.place() + " cannot be reached: " + said(e), e);
        };
    }

    /** What a failure after the connection stood means. */
    EgressException failed(Exception e) throws InterruptedException {
        return switch (cut()) {
            case INTERRUPTED -> throw interrupted();
            case LATE -> new EgressException(Code.TIMEOUT, origin.place() + " took longer than " + total.said() + " in all", e);
            case SILENT -> new EgressException(Code.TIMEOUT, origin.place() + " was silent for " + limits.silence().toMillis() + " ms", e);
            case NONE -> new EgressException(Code.FAILED, "The connection to " + origin.place() + " broke: " + said(e), e);
        };
    }

    EgressException tooLarge() {
        return new EgressException(Code.TOO_LARGE, origin.place() + " sends more than the " + limits.mostBytes() + " bytes that are allowed");
    }

    private ChannelSocket.Cut cut() {
        return socket == null ? ChannelSocket.Cut.NONE : socket.cut();
    }

    private InterruptedException interrupted() {
        Thread.interrupted();
        return new InterruptedException("Interrupted while connected to " + origin.place());
    }

    /** Short, on one line, and without what the other side may have put in. */
    private static String said(Exception e) {
        String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        String line = text.replaceAll("[^ -~]+", " ");
        return line.length() > 200 ? line.substring(0, 200) + "…" : line;
    }
}
