package studio.ozone.llm.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

import dev.langchain4j.http.client.sse.ServerSentEvent;

/**
 * Reads server-sent events, or lines of JSON as Ollama sends them. langchain4j's own readers take a line of any length and go on after an
 * error; this one bounds both.
 */
final class EventStream {

    static final int LONGEST = 1 << 20;

    /** Takes each event. */
    interface Sink {

        /** @return whether more is wanted */
        boolean take(ServerSentEvent event) throws IOException, Failure;
    }

    private final InputStream in;
    private final byte[] buffer = new byte[8_192];
    private int next;
    private int end;

    EventStream(InputStream in) {
        this.in = in;
    }

    /** @throws IOException if the stream breaks, or a line or event is too long */
    void events(Sink sink) throws IOException, Failure {
        String name = null;
        StringBuilder data = new StringBuilder();
        for (String line = line(); line != null; line = line()) {
            if (line.isEmpty()) {
                if (!data.isEmpty() && !sink.take(new ServerSentEvent(name, data.toString()))) {
                    return;
                }
                name = null;
                data.setLength(0);
            } else if (line.startsWith("event:")) {
                name = line.substring("event:".length()).strip();
            } else if (line.startsWith("data:")) {
                data.append(data.isEmpty() ? "" : "\n").append(line.substring("data:".length()).strip());
                if (data.length() > LONGEST) {
                    throw new IOException("an event is longer than 1 MiB");
                }
            }
        }
        if (!data.isEmpty()) {
            sink.take(new ServerSentEvent(name, data.toString()));
        }
    }

    /** @throws IOException if the stream breaks, or a line is too long */
    void lines(Sink sink) throws IOException, Failure {
        for (String line = line(); line != null; line = line()) {
            if (!line.isBlank() && !sink.take(new ServerSentEvent(null, line))) {
                return;
            }
        }
    }

    /** Without its end; null at the end of the stream. */
    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(256);
        boolean any = false;
        while (true) {
            if (next == end) {
                end = Math.max(0, in.read(buffer));
                next = 0;
                if (end == 0) {
                    return any ? text(line) : null;
                }
            }
            any = true;
            int from = next;
            while (next < end && buffer[next] != '\n') {
                next++;
            }
            line.write(buffer, from, next - from);
            if (line.size() > LONGEST) {
                throw new IOException("a line is longer than 1 MiB");
            }
            if (next < end) {
                next++;
                return text(line);
            }
        }
    }

    private static String text(ByteArrayOutputStream line) {
        String text = line.toString(StandardCharsets.UTF_8);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}
