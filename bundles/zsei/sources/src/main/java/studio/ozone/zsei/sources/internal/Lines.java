package studio.ozone.zsei.sources.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A file's lines as bytes, from any byte on, one after another, without reading the whole file. Not thread-safe. */
final class Lines implements AutoCloseable {

    private final SeekableByteChannel channel;
    private final InputStream in;
    private final int maxBytes;
    private final byte[] buffer = new byte[1 << 16];
    private int at;
    private int filled;
    private long position;
    private byte[] line = new byte[1 << 12];
    private int length;
    private long offset;
    private boolean tooLong;

    /** @param maxBytes of a line; the rest of a longer one is passed over */
    Lines(Path file, long from, int maxBytes) throws IOException {
        this.channel = Files.newByteChannel(file);
        channel.position(from);
        this.in = Channels.newInputStream(channel);
        this.position = from;
        this.maxBytes = maxBytes;
    }

    /** Goes to the next line; false at the end of the file. */
    boolean next() throws IOException {
        length = 0;
        offset = position;
        tooLong = false;
        boolean any = false;
        while (true) {
            if (at == filled) {
                filled = in.read(buffer);
                at = 0;
                if (filled <= 0) {
                    filled = 0;
                    return any;
                }
            }
            any = true;
            int end = at;
            while (end < filled && buffer[end] != '\n') {
                end++;
            }
            append(at, end);
            position += end - at;
            at = end;
            if (at < filled) {
                at++;
                position++;
                return true;
            }
        }
    }

    private void append(int from, int to) {
        int more = to - from;
        if (tooLong || length + more > maxBytes) {
            tooLong = true;
            return;
        }
        if (length + more > line.length) {
            line = Arrays.copyOf(line, Math.max(length + more, Math.min(maxBytes, line.length * 2)));
        }
        System.arraycopy(buffer, from, line, length, more);
        length += more;
    }

    /** The line without its line feed; valid up to the next call of {@link #next()}. */
    byte[] bytes() {
        return line;
    }

    int length() {
        return length;
    }

    /** Where the line begins in the file, in bytes. */
    long offset() {
        return offset;
    }

    boolean tooLong() {
        return tooLong;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
