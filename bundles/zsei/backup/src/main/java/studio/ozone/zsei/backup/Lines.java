package studio.ozone.zsei.backup;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** The lines of a file, packed or not, of bounded length. Keeps count, and a digest of what was read before the line at hand. */
final class Lines implements Closeable {

    /** A container has 250,000 characters at most, a vector some thousand numbers. */
    private static final int MOST_BYTES = 4 << 20;
    private static final int GZIP_FIRST = 0x1f;
    private static final int GZIP_SECOND = 0x8b;

    private final Path file;
    private final InputStream in;
    private final Digest digest = new Digest();
    private byte[] last = new byte[0];
    private long number;
    private long bytes;

    Lines(Path file) throws IOException {
        this.file = file;
        InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        try {
            raw.mark(2);
            boolean packed = raw.read() == GZIP_FIRST && raw.read() == GZIP_SECOND;
            raw.reset();
            in = packed ? new BufferedInputStream(new GZIPInputStream(raw, 1 << 16), 1 << 16) : raw;
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    /** @return null at the end of the file */
    String next() throws IOException, BadLineException {
        digest.add(last);
        ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        number++;
        int octet = read();
        if (octet < 0) {
            return null;
        }
        for (; octet != '\n'; octet = read()) {
            if (octet < 0) {
                throw bad("the file ends in the middle of it", "It was cut off: export anew, or copy it again");
            }
            if (line.size() == MOST_BYTES) {
                throw bad("it is longer than " + MOST_BYTES + " bytes", "No line of an export is");
            }
            line.write(octet);
        }
        byte[] content = line.toByteArray();
        line.write('\n');
        last = line.toByteArray();
        bytes += last.length;
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
        } catch (CharacterCodingException e) {
            throw bad("it is not UTF-8", "Store the file as UTF-8");
        }
    }

    private int read() throws IOException, BadLineException {
        try {
            return in.read();
        } catch (EOFException | ZipException e) {
            throw bad("the packed file is damaged or cut off (" + e.getMessage() + ")", "Export anew, or copy it again");
        }
    }

    /** The number of the line at hand, from 1. */
    long number() {
        return number;
    }

    /** Read so far, unpacked. */
    long bytes() {
        return bytes;
    }

    /** The digest of all lines before the one at hand. To be asked once. */
    String digest() {
        return digest.text();
    }

    BadLineException bad(String what, String remedy) {
        return bad(number, what, remedy);
    }

    BadLineException bad(long line, String what, String remedy) {
        return new BadLineException(file + ", line " + line + ": " + what + ". " + remedy);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** A line that is not one of an export. The message is for a user. */
    static final class BadLineException extends Exception {

        private static final long serialVersionUID = 1L;

        BadLineException(String message) {
            super(message);
        }
    }
}
