package studio.ozone.runtime.socket;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The head of one HTTP/1.1 request, and its body as a stream. Only what the command socket needs: one request a connection.
 *
 * @param method for instance {@code POST}
 * @param path without the query
 * @param headers by lower-case name
 * @param body ends where the request ends
 */
record Request(String method, String path, Map<String, String> headers, InputStream body) {

    private static final int MAX_HEAD = 16 * 1024;

    /** A request that cannot be served; the code is an HTTP status. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;
        final int status;

        Refused(int status, String message) {
            super(message);
            this.status = status;
        }
    }

    /** What is done before the first byte of the body is read: a client may wait to be told to go on. */
    @FunctionalInterface
    interface Continue {
        void goOn() throws IOException;
    }

    /**
     * Reads the head; the body is read by whoever wants it.
     *
     * @return null if the connection was closed before a request came
     * @throws Refused if this is no HTTP request
     */
    static Request read(InputStream in, Continue waiting) throws IOException {
        String line = line(in, MAX_HEAD);
        if (line == null) {
            return null;
        }
        String[] words = line.split(" ");
        if (words.length != 3 || !words[2].startsWith("HTTP/1.")) {
            throw new Refused(400, "Not an HTTP/1.1 request");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        int left = MAX_HEAD - line.length();
        for (line = line(in, left); line != null && !line.isEmpty(); line = line(in, left)) {
            left -= line.length();
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new Refused(400, "A header without a name");
            }
            headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
        }
        int query = words[1].indexOf('?');
        String path = query < 0 ? words[1] : words[1].substring(0, query);
        if ("100-continue".equalsIgnoreCase(headers.get("expect"))) {
            waiting.goOn();
        }
        return new Request(words[0], path, headers, body(in, headers));
    }

    private static InputStream body(InputStream in, Map<String, String> headers) throws Refused {
        if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            return new Chunked(in);
        }
        String length = headers.getOrDefault("content-length", "0");
        try {
            return new Counted(in, Long.parseLong(length));
        } catch (NumberFormatException e) {
            throw new Refused(400, "Content-Length is not a number: " + length);
        }
    }

    /** @throws Refused with 413 if the body is longer than that many bytes */
    byte[] bytes(int most) throws IOException {
        byte[] bytes = body.readNBytes(most);
        if (bytes.length == most && body.read() >= 0) {
            throw new Refused(413, "The request is longer than " + most + " bytes");
        }
        return bytes;
    }

    private static String line(InputStream in, int most) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(80);
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                if (line.size() == 0) {
                    return null;
                }
                throw new EOFException("The request broke off");
            }
            if (line.size() >= most) {
                throw new Refused(431, "The head of the request is too long");
            }
            line.write(b);
        }
        String text = line.toString(StandardCharsets.UTF_8);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    /** A body of a known length. A client that goes away in the middle of it is an error, never a short body. */
    private static final class Counted extends InputStream {
        private final InputStream in;
        private long left;

        Counted(InputStream in, long length) {
            this.in = in;
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left <= 0) {
                return -1;
            }
            int read = in.read(bytes, offset, (int) Math.min(length, left));
            if (read < 0) {
                throw new EOFException("The request broke off");
            }
            left -= read;
            return read;
        }
    }

    /** A body in chunks, whose bytes are handed on as they come. */
    private static final class Chunked extends InputStream {
        private final InputStream in;
        private long left;
        private boolean begun;
        private boolean ended;

        Chunked(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left == 0 && !ended) {
                next();
            }
            if (ended) {
                return -1;
            }
            int read = in.read(bytes, offset, (int) Math.min(length, left));
            if (read < 0) {
                throw new EOFException("The request broke off");
            }
            left -= read;
            return read;
        }

        private void next() throws IOException {
            if (begun) {
                line(in, 2);
            }
            begun = true;
            String size = line(in, 1024);
            if (size == null) {
                throw new EOFException("The request broke off");
            }
            int semicolon = size.indexOf(';');
            try {
                left = Long.parseLong((semicolon < 0 ? size : size.substring(0, semicolon)).trim(), 16);
            } catch (NumberFormatException e) {
                throw new Refused(400, "A chunk without a size");
            }
            if (left == 0) {
                ended = true;
                for (String trailer = line(in, MAX_HEAD); trailer != null && !trailer.isEmpty(); trailer = line(in, MAX_HEAD)) {
                    // Trailers say nothing here; they are read so that the connection is at its end.
                }
            }
        }
    }
}
