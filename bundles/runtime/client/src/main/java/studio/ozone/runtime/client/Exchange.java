package studio.ozone.runtime.client;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * One HTTP/1.1 request over the socket, and its response as it comes ({@code docs/formats/command-protocol.md}). Understands
 * what the instance sends, and no more.
 */
final class Exchange implements AutoCloseable {

    private final SocketChannel channel;
    private final ByteBuffer in = ByteBuffer.allocate(8192).limit(0);
    /** Headers, and after the body the trailers too; by lower-case name. */
    private final Map<String, String> fields = new TreeMap<>();

    /** @throws IOException if nobody listens there */
    Exchange(Path socket) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    }

    /** Sends a request with a body of known length. */
    void send(String method, String path, byte[] body, String... headers) throws IOException {
        head(method, path, "Content-Length: " + body.length, headers);
        write(ByteBuffer.wrap(body));
    }

    /** Begins a request whose body follows in {@link #chunk}s. */
    void begin(String path) throws IOException {
        head("POST", path, "Transfer-Encoding: chunked");
    }

    private void head(String method, String path, String length, String... headers) throws IOException {
        StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: ozone\r\n" + length + "\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        write(StandardCharsets.US_ASCII.encode(head.append("\r\n").toString()));
    }

    /** Sends a piece of the body; an empty one ends it. */
    void chunk(byte[] bytes, int length) throws IOException {
        ByteArrayOutputStream chunk = new ByteArrayOutputStream(length + 12);
        chunk.writeBytes((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        chunk.write(bytes, 0, length);
        chunk.writeBytes(new byte[] {'\r', '\n'});
        write(ByteBuffer.wrap(chunk.toByteArray()));
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /**
     * Reads the head of the response.
     *
     * @return the status
     */
    int status() throws IOException {
        String[] words = line().split(" ", 3);
        if (words.length < 2 || !words[0].startsWith("HTTP/1.") || !words[1].matches("[0-9]{3}")) {
            throw new IOException("What listens there is no instance of Ozone Studio");
        }
        readFields();
        return Integer.parseInt(words[1]);
    }

    /** Hands the body on as it comes. Then {@link #field} has the trailers too. */
    void body(OutputStream out) throws IOException {
        if (field("transfer-encoding") == null) {
            copy(Long.parseLong(fields.getOrDefault("content-length", "0")), out);
            return;
        }
        for (long size = size(); size != 0; size = size()) {
            copy(size, out);
            line();
        }
        readFields();
    }

    private long size() throws IOException {
        return Long.parseLong(line(), 16);
    }

    private void copy(long length, OutputStream out) throws IOException {
        for (long left = length; left > 0;) {
            need();
            int part = (int) Math.min(left, in.remaining());
            out.write(in.array(), in.position(), part);
            out.flush();
            in.position(in.position() + part);
            left -= part;
        }
    }

    /** A header, or a trailer; null where there is none. */
    String field(String name) {
        return fields.get(name);
    }

    private void readFields() throws IOException {
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
            }
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            need();
            char c = (char) (in.get() & 0xff);
            if (c == '\n') {
                return line.toString().stripTrailing();
            }
            line.append(c);
        }
    }

    /** Waits for at least one byte. */
    private void need() throws IOException {
        if (!in.hasRemaining()) {
            int read = channel.read(in.clear());
            in.flip();
            if (read < 0) {
                throw new EOFException("The instance went away");
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
