package studio.ozone.runtime.socket;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The body of a response: a chunk is sent when the buffer is full or somebody flushes. After {@link #end} it takes nothing
 * more, so that a command that was cancelled and writes on is not heard. Thread-safe.
 */
final class ChunkedOutput extends OutputStream {

    private static final int HEAD = 10;
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final OutputStream out;
    private final byte[] buffer = new byte[HEAD + 8192 + 2];
    private int at = HEAD;
    private boolean ended;

    ChunkedOutput(OutputStream out) {
        this.out = out;
    }

    @Override
    public synchronized void write(int b) throws IOException {
        if (at == buffer.length - 2) {
            flush();
        }
        buffer[at++] = (byte) b;
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            if (at == buffer.length - 2) {
                flush();
            }
            int part = Math.min(length - done, buffer.length - 2 - at);
            System.arraycopy(bytes, offset + done, buffer, at, part);
            at += part;
            done += part;
        }
    }

    /** Sends what is there as one chunk, in one write. */
    @Override
    public synchronized void flush() throws IOException {
        int length = at - HEAD;
        at = HEAD;
        if (ended || length == 0) {
            return;
        }
        int from = HEAD;
        buffer[--from] = '\n';
        buffer[--from] = '\r';
        for (int rest = length; rest > 0; rest >>>= 4) {
            buffer[--from] = DIGITS[rest & 15];
        }
        buffer[HEAD + length] = '\r';
        buffer[HEAD + length + 1] = '\n';
        out.write(buffer, from, HEAD + length + 2 - from);
    }

    /** Sends what is left and the trailers; nothing after that. */
    synchronized void end(Map<String, String> trailers) throws IOException {
        if (ended) {
            return;
        }
        flush();
        ended = true;
        StringBuilder text = new StringBuilder("0\r\n");
        trailers.forEach((name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
        out.write(text.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
    }
}
