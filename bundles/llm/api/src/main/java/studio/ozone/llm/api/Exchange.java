package studio.ozone.llm.api;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEvent;
import dev.langchain4j.http.client.sse.ServerSentEventContext;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import dev.langchain4j.http.client.sse.ServerSentEventParsingHandle;

import studio.ozone.api.egress.Egress;
import studio.ozone.api.egress.EgressException;
import studio.ozone.api.llm.ProviderException.Code;
import studio.ozone.llm.api.Table.Protocol;

/**
 * langchain4j's HTTP client for one request, over the one way out. It works on the thread that asks and returns when the stream has ended,
 * so that nothing is left when it returns. langchain4j never sees the key; it is put in here, as a secret header. What went wrong is kept
 * here too, as it was, before langchain4j makes its own exceptions of it.
 */
final class Exchange implements HttpClient, ServerSentEventParsingHandle {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SAID = 65_536;

    private final Egress egress;
    private final Table table;
    private final Key key;
    private final Verdict verdict;
    private final Egress.Limits limits;
    private final Answer answer;
    private final int mostCharacters;

    private boolean sent;
    private boolean opened;
    private boolean ended;
    private boolean cancelled;
    private boolean interrupted;
    private Failure failure;

    /** @param mostCharacters of an answer; one that is longer is no answer to what was asked */
    Exchange(Egress egress, Table table, Key key, Verdict verdict, Egress.Limits limits, Answer answer, int mostCharacters) {
        this.egress = egress;
        this.table = table;
        this.key = key;
        this.verdict = verdict;
        this.limits = limits;
        this.answer = answer;
        this.mostCharacters = mostCharacters;
    }

    /** What langchain4j asks for its client; always this one. */
    HttpClientBuilder builder() {
        return new HttpClientBuilder() {
            @Override
            public Duration connectTimeout() {
                return limits.connect();
            }

            @Override
            public HttpClientBuilder connectTimeout(Duration timeout) {
                return this;
            }

            @Override
            public Duration readTimeout() {
                return limits.silence();
            }

            @Override
            public HttpClientBuilder readTimeout(Duration timeout) {
                return this;
            }

            @Override
            public HttpClient build() {
                return Exchange.this;
            }
        };
    }

    @Override
    public SuccessfulHttpResponse execute(HttpRequest request) {
        throw new IllegalStateException("Answers are streamed; nothing else is asked for.");
    }

    @Override
    public void execute(HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
        try {
            sent = true;
            try (Egress.Response response = egress.send(outgoing(request))) {
                read(response, listener);
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } catch (EgressException e) {
            failure = unreachable(e);
        } catch (IOException e) {
            if (Thread.interrupted()) {
                interrupted = true;
            } else {
                failure = e.getCause() instanceof EgressException limit && limit.code() != EgressException.Code.FAILED ? unreachable(limit)
                        : verdict.broken("broke off (" + Said.clean(e.getMessage(), key) + ")", e);
            }
        } catch (Failure e) {
            failure = e;
        } catch (RuntimeException e) {
            failure = verdict.broken("cannot be read (" + Said.clean(e.getMessage(), key) + ")", e);
        }
    }

    private Egress.Request outgoing(HttpRequest request) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        request.headers().forEach((name, values) -> headers.put(name, String.join(", ", values)));
        headers.keySet().removeAll(List.of("Authorization", "x-api-key", "User-Agent"));
        headers.put("User-Agent", "Ozone-Studio");
        headers.put("Accept", table.protocol() == Protocol.OLLAMA ? "application/x-ndjson, application/json" : "text/event-stream, application/json");
        Map<String, String> secret = key == null ? Map.of()
                : table.protocol() == Protocol.ANTHROPIC ? Map.of("x-api-key", key.secret()) : Map.of("Authorization", "Bearer " + key.secret());
        return new Egress.Request(new Egress.Named(table.key("base_url")), request.method().name(), URI.create(request.url()), headers, secret,
                request.body().getBytes(StandardCharsets.UTF_8), "chat", limits);
    }

    private void read(Egress.Response response, ServerSentEventListener listener) throws IOException, Failure {
        String type = response.header("content-type");
        if (response.status() != 200) {
            throw verdict.status(response.status(), type, beginning(response.body()), response.header("retry-after"));
        }
        String kind = type == null ? "" : type.toLowerCase(Locale.ROOT);
        boolean lines = table.protocol() == Protocol.OLLAMA;
        if (!kind.isEmpty() && !kind.contains("event-stream") && !(lines && kind.contains("json"))) {
            throw verdict.notAStream(type, beginning(response.body()));
        }
        opened = true;
        EventStream stream = new EventStream(response.body());
        ServerSentEventContext context = new ServerSentEventContext(this);
        EventStream.Sink sink = event -> take(event, listener, context);
        if (lines) {
            stream.lines(sink);
        } else {
            stream.events(sink);
        }
        if (!cancelled && answer.thrown() == null) {
            listener.onClose();
            finish();
        }
    }

    private void finish() throws Failure {
        if (answer.error() != null) {
            throw verdict.broken("cannot be read (" + Said.clean(answer.error().getMessage(), key) + ")", answer.error());
        }
        boolean reason = answer.whole() != null && answer.whole().metadata().finishReason() != null;
        if (!ended && !reason) {
            throw verdict.broken(answer.streamed() ? "stops in the middle" : "holds nothing", null);
        }
        if (answer.whole() == null) {
            throw verdict.broken("stops in the middle", null);
        }
    }

    private boolean take(ServerSentEvent event, ServerSentEventListener listener, ServerSentEventContext context) throws IOException, Failure {
        if (Thread.interrupted()) {
            interrupted = true;
            cancelled = true;
            return false;
        }
        peek(event);
        listener.onEvent(event, context);
        if (answer.length() > mostCharacters) {
            throw Failure.of(Code.FAILED, table.name() + " (" + table.host() + ") sends far more than was asked for; the rest was not read.", null);
        }
        return !ended && !cancelled && answer.error() == null && answer.thrown() == null;
    }

    /** Sees what langchain4j passes over: errors in the stream, refusals, and the end. */
    private void peek(ServerSentEvent event) throws IOException, Failure {
        String data = event.data();
        if ("[DONE]".equals(data)) {
            ended = true;
            return;
        }
        ended = ended || "message_stop".equals(event.event());
        boolean looks = "error".equals(event.event()) || data.contains("\"error\"") || data.contains("\"refusal\"") || data.contains("\"done\"");
        if (!looks) {
            return;
        }
        JsonNode root = JSON.readTree(data);
        if (root.hasNonNull("error") || "error".equals(event.event())) {
            throw verdict.inStream(data);
        }
        ended = ended || table.protocol() == Protocol.OLLAMA && root.path("done").asBoolean();
        String refusal = root.path("choices").path(0).path("delta").path("refusal").asText("");
        if (!refusal.isEmpty() && !refusal.equals("null")) {
            answer.refuse();
            answer.onPartialResponse(refusal);
        }
        if ("refusal".equals(root.path("delta").path("stop_reason").asText())) {
            answer.refuse();
        }
    }

    private Failure unreachable(EgressException e) {
        return Failure.of(Code.UNAVAILABLE, table.name() + ": " + Said.sentence(Said.clean(e.getMessage(), key)), e);
    }

    private static String beginning(InputStream body) throws IOException {
        return new String(body.readNBytes(SAID), StandardCharsets.UTF_8);
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    /** Whether it was asked at all. */
    boolean sent() {
        return sent;
    }

    /** Whether the server began to answer, so that it may charge. */
    boolean opened() {
        return opened;
    }

    boolean interrupted() {
        return interrupted;
    }

    /** Null where nothing went wrong. */
    Failure failure() {
        return failure;
    }
}
