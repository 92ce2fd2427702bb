package studio.ozone.llm.local;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

import studio.ozone.api.egress.Egress;
import studio.ozone.api.egress.EgressException;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.llm.ProviderException.Code;
import studio.ozone.runtime.json.Json;

/** Speaks to one server: OpenAI's chat protocol, and llama-server's own requests where it has them. Thread-safe. */
final class Client {

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration SHORT = Duration.ofSeconds(20);
    private static final Duration LONG = Duration.ofHours(6);
    private static final long MOST_ANSWER = 64L << 20;
    private static final int MOST_SHORT = 16 << 20;

    /** An answer that is read whole. */
    record Answer(int status, String body) { }

    private final Supplier<Egress> egress;
    private final Egress.Destination to;
    private final String base;
    private final Map<String, String> secrets;
    private final Duration silence;

    /**
     * @param base URL without a slash at its end
     * @param key null for none
     * @param silence the longest time without a byte while an answer is made
     */
    Client(Supplier<Egress> egress, Egress.Destination to, String base, String key, Duration silence) {
        this.egress = egress;
        this.to = to;
        this.base = base;
        this.secrets = key == null ? Map.of() : Map.of("Authorization", "Bearer " + key);
        this.silence = silence;
    }

    Answer get(String path) throws ProviderException, InterruptedException {
        return whole("GET", path, null, "status");
    }

    /** @param body null for none */
    private Answer whole(String method, String path, Object body, String reason) throws ProviderException, InterruptedException {
        try (Egress.Response response = send(method, path, body, reason, new Egress.Limits(CONNECT, SHORT, SHORT.multipliedBy(3), MOST_SHORT))) {
            return new Answer(response.status(), text(response.body(), MOST_SHORT));
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /** The server's properties or another JSON object; an empty map where it does not know the request. */
    Map<String, Object> object(String path) throws ProviderException, InterruptedException {
        Answer answer = get(path);
        if (answer.status() != 200) {
            return Map.of();
        }
        try {
            return Json.readObject(answer.body());
        } catch (IOException e) {
            return Map.of();     // a page, where another kind of server was expected
        }
    }

    /** Tokens of a text; -1 where the server cannot say. Its answer lists them; they are counted without being kept. */
    int tokens(String text) throws ProviderException, InterruptedException {
        Map<String, Object> body = Map.of("content", text, "add_special", false, "parse_special", false);
        try (Egress.Response response = send("POST", "/tokenize", body, "count tokens", new Egress.Limits(CONNECT, SHORT, SHORT.multipliedBy(3), MOST_ANSWER))) {
            if (response.status() != 200) {
                if (response.status() >= 500) {
                    throw refused(response.status(), text(response.body(), 4_096));
                }
                return -1;
            }
            return list(response.body());
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /** Entries of the one list in a JSON text such as {@code {"tokens":[1,2]}}; -1 where there is none. */
    private static int list(InputStream in) throws IOException {
        byte[] buffer = new byte[1 << 14];
        int count = -1;
        boolean entry = false;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            for (int i = 0; i < read; i++) {
                byte c = buffer[i];
                if (c == '[') {
                    count = 0;
                } else if (count >= 0 && c >= '0' && c <= '9') {
                    count += entry ? 0 : 1;
                    entry = true;
                } else if (c == ',' || c == ']') {
                    entry = false;
                }
            }
        }
        return count;
    }

    /** Asks for an answer and hands on its pieces. */
    ChatStream.Result chat(Map<String, Object> body, Consumer<String> pieces) throws ProviderException, InterruptedException {
        try (Egress.Response response = send("POST", "/v1/chat/completions", body, "chat", new Egress.Limits(CONNECT, silence, LONG, MOST_ANSWER))) {
            if (response.status() != 200) {
                throw refused(response.status(), text(response.body(), 1 << 16));
            }
            String type = response.header("content-type");
            if (type == null || !type.startsWith("text/event-stream")) {
                throw new ProviderException(Code.FAILED, base + " does not answer as a model server: it sent " + shown(type == null ? "no content type" : type)
                    + " where a stream of events was asked for (" + shown(text(response.body(), 200)) + ").");
            }
            return new ChatStream(response.body(), base, pieces).read();
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private Egress.Response send(String method, String path, Object body, String reason, Egress.Limits limits) throws ProviderException, InterruptedException {
        Egress out = egress.get();
        if (out == null) {
            throw new ProviderException(Code.UNAVAILABLE, "Nothing may be connected to: egress is not there (ozone-core capabilities).");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Accept", "application/json, text/event-stream");
        byte[] bytes = null;
        if (body != null) {
            headers.put("Content-Type", "application/json");
            bytes = Json.write(body).getBytes(StandardCharsets.UTF_8);
        }
        try {
            return out.send(new Egress.Request(to, method, URI.create(base + path), headers, secrets, bytes, reason, limits));
        } catch (EgressException e) {
            throw broken(e);
        }
    }

    private static String text(InputStream in, int most) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(in.readNBytes(most));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** What a broken connection means; an interrupt is one that the caller wanted. */
    private ProviderException broken(Exception e) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return new ProviderException(Code.FAILED, base + ": " + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()), e);
    }

    /** What an error answer of a server means. */
    private ProviderException refused(int status, String body) {
        String message = body;
        String type = "";
        try {
            Map<String, Object> object = Json.readObject(body);
            if (object.get("error") instanceof Map<?, ?> error) {
                message = String.valueOf(error.get("message"));
                type = String.valueOf(error.get("type"));
            } else if (object.get("error") instanceof String text) {
                message = text;
            }
        } catch (IOException e) {
            message = body;     // no JSON: shown as it is
        }
        boolean tooLong = type.equals("exceed_context_size_error") || message.contains("context size") || message.contains("context length");
        return new ProviderException(tooLong ? Code.TOO_LONG : status == 400 ? Code.INVALID : Code.FAILED, base + " answered HTTP " + status + ": "
            + shown(message) + (tooLong ? " Raise llm.local.inference.context_length, or lower llm.prompt.max_context_tokens."
            : status == 401 || status == 403 ? " It asks for a key: start it without one on 127.0.0.1, or use llm.api." : ""));
    }

    static String shown(String foreign) {
        String line = foreign.replaceAll("[\\s\\p{Cntrl}\\p{Cf}]+", " ").strip();
        return line.length() > 300 ? line.substring(0, 300) + "…" : line;
    }

    /** The name of the first model that the server lists; null where it lists none. */
    String firstModel() throws ProviderException, InterruptedException {
        return object("/v1/models").get("data") instanceof List<?> list && !list.isEmpty() && list.getFirst() instanceof Map<?, ?> first
            && first.get("id") instanceof String id ? id : null;
    }
}
