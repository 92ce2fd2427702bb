package studio.ozone.llm.local;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import studio.ozone.api.llm.Provider.Stop;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.llm.ProviderException.Code;
import studio.ozone.runtime.json.Json;

/** Reads the events of one answer of OpenAI's chat protocol, in order, as they come. What is no event of an answer is passed over. */
final class ChatStream {

    private static final int LONGEST_LINE = 1 << 20;

    /**
     * @param firstNanos {@link System#nanoTime} when the first piece came; 0 where none did
     * @param tokensPerSecond as the server says, else measured from the first piece to the last; NaN with fewer than two tokens
     */
    record Result(String text, Stop stop, int inputTokens, int outputTokens, long firstNanos, double tokensPerSecond) { }

    private final InputStream in;
    private final String server;
    private final Consumer<String> pieces;
    private final StringBuilder text = new StringBuilder();
    private final byte[] buffer = new byte[1 << 13];
    private int at;
    private int end;
    private int count;
    private long first;
    private long last;
    private String finish;
    private int input = -1;
    private int output = -1;
    private double speed = Double.NaN;

    ChatStream(InputStream in, String server, Consumer<String> pieces) {
        this.in = in;
        this.server = server;
        this.pieces = pieces;
    }

    /** @throws ProviderException FAILED if the answer breaks off, or the server says that it cannot go on */
    Result read() throws IOException, ProviderException {
        boolean done = false;
        for (String line = line(); line != null && !done; line = done ? null : line()) {
            if (line.startsWith("data:")) {
                String data = line.substring(5).strip();
                done = data.equals("[DONE]");
                if (!done && !data.isEmpty()) {
                    event(data);
                }
            } else if (line.startsWith("error:")) {
                throw failed("says " + Client.shown(line.substring(6)));
            }
        }
        if (finish == null) {
            throw failed("broke off in the middle of the answer, after " + text.length() + " characters");
        }
        if (Double.isNaN(speed) && count > 1 && last > first) {
            speed = (count - 1) * 1e9 / (last - first);
        }
        return new Result(text.toString(), stop(), Math.max(0, input), output < 0 ? count : output, first, speed);
    }

    private Stop stop() {
        return switch (finish) {
            case "length" -> Stop.LENGTH;
            case "content_filter" -> Stop.REFUSED;
            default -> Stop.COMPLETE;
        };
    }

    private void event(String data) throws ProviderException {
        Map<String, Object> event;
        try {
            event = Json.readObject(data);
        } catch (IOException e) {
            throw failed("sent an event that is no JSON: " + Client.shown(data));
        }
        if (event.get("error") instanceof Map<?, ?> error) {
            throw failed("says " + Client.shown(String.valueOf(error.get("message"))));
        }
        if (event.get("choices") instanceof List<?> choices && !choices.isEmpty() && choices.getFirst() instanceof Map<?, ?> choice) {
            if (choice.get("delta") instanceof Map<?, ?> delta && delta.get("content") instanceof String piece && !piece.isEmpty()) {
                last = System.nanoTime();
                first = count++ == 0 ? last : first;
                text.append(piece);
                pieces.accept(piece);
            }
            finish = choice.get("finish_reason") instanceof String reason ? reason : finish;
        }
        if (event.get("usage") instanceof Map<?, ?> usage) {
            input = usage.get("prompt_tokens") instanceof Number number ? number.intValue() : input;
            output = usage.get("completion_tokens") instanceof Number number ? number.intValue() : output;
        }
        if (event.get("timings") instanceof Map<?, ?> timings && timings.get("predicted_per_second") instanceof Number number
                && timings.get("predicted_n") instanceof Number n && n.intValue() > 1) {
            speed = number.doubleValue();
        }
    }

    /** The next line, without its end; null at the end of the stream. */
    private String line() throws IOException, ProviderException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            if (at == end) {
                at = 0;
                end = Math.max(0, in.read(buffer));
                if (end == 0) {
                    return line.size() == 0 ? null : line.toString(StandardCharsets.UTF_8);
                }
            }
            int from = at;
            while (at < end && buffer[at] != '\n') {
                at++;
            }
            line.write(buffer, from, at - from);
            if (line.size() > LONGEST_LINE) {
                throw failed("sent a line of more than " + LONGEST_LINE + " bytes");
            }
            if (at < end) {
                at++;
                String whole = line.toString(StandardCharsets.UTF_8);
                return whole.endsWith("\r") ? whole.substring(0, whole.length() - 1) : whole;
            }
        }
    }

    private ProviderException failed(String what) {
        return new ProviderException(Code.FAILED, "The model server at " + server + " " + what + ".");
    }
}
