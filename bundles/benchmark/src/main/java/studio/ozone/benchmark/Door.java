package studio.ozone.benchmark;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.URLDecoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Speaks with an instance over its command socket, as {@code ozone-core} does ({@code docs/formats/command-protocol.md}). An interrupt closes the
 * connection, which cancels the command over there.
 */
final class Door {

    private final Path socket;

    Door(Path socket) {
        this.socket = socket;
    }

    /**
     * @param exit the command's exit code
     * @param message what the command says to its user; empty where nothing
     */
    record Answer(int exit, String message) { }

    /** Whether it says that it is ready; false where nobody listens yet. */
    boolean ready() {
        try (SocketChannel channel = open(); InputStream in = send(channel, "GET /health/ready", new byte[0])) {
            return line(in).startsWith("HTTP/1.1 200");
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Runs a command.
     *
     * @param output gets each line that it prints
     * @throws IOException if the instance went away
     */
    Answer run(Path folder, List<String> words, Consumer<String> output) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (String field : concat(List.of(folder.toString(), "0"), words)) {
            body.writeBytes(field.getBytes(StandardCharsets.UTF_8));
            body.write(0);
        }
        try (SocketChannel channel = open(); InputStream in = send(channel, "POST /command", body.toByteArray())) {
            String status = line(in);
            while (!line(in).isEmpty()) {
                // The answer is chunked; the other headers say nothing that is needed.
            }
            if (!status.startsWith("HTTP/1.1 200")) {
                throw new IOException("It answered " + status);
            }
            ByteArrayOutputStream printed = new ByteArrayOutputStream();
            for (int size = size(in); size > 0; size = size(in)) {
                byte[] chunk = in.readNBytes(size);
                if (chunk.length < size) {
                    throw new EOFException("It went away in the middle of an answer");
                }
                printed = lines(printed, chunk, output);
                line(in);
            }
            if (printed.size() > 0) {
                output.accept(printed.toString(StandardCharsets.UTF_8));
            }
            return answer(in);
        }
    }

    private static List<String> concat(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    private SocketChannel open() throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static InputStream send(SocketChannel channel, String what, byte[] body) throws IOException {
        String head = what + " HTTP/1.1\r\nHost: ozone\r\nContent-Length: " + body.length + "\r\n\r\n";
        ByteBuffer bytes = ByteBuffer.allocate(head.length() + body.length).put(head.getBytes(StandardCharsets.US_ASCII)).put(body).flip();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        return new BufferedInputStream(Channels.newInputStream(channel));
    }

    /** Hands on what is whole, and keeps the rest. */
    private static ByteArrayOutputStream lines(ByteArrayOutputStream begun, byte[] chunk, Consumer<String> output) {
        ByteArrayOutputStream line = begun;
        for (byte b : chunk) {
            if (b == '\n') {
                output.accept(line.toString(StandardCharsets.UTF_8));
                line = new ByteArrayOutputStream();
            } else {
                line.write(b);
            }
        }
        return line;
    }

    private static int size(InputStream in) throws IOException {
        return Integer.parseInt(line(in), 16);
    }

    private static Answer answer(InputStream in) throws IOException {
        int exit = -1;
        String message = "";
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            String name = line.substring(0, Math.max(0, line.indexOf(':'))).toLowerCase(Locale.ROOT);
            String value = line.substring(line.indexOf(':') + 1).strip();
            if (name.equals("ozone-exit")) {
                exit = Integer.parseInt(value);
            } else if (name.equals("ozone-error")) {
                message = URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
            }
        }
        if (exit < 0) {
            throw new EOFException("It went away before the command ended");
        }
        return new Answer(exit, message);
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("It went away");
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.UTF_8).stripTrailing();
    }
}
