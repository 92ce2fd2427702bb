package studio.ozone.llm.local;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

import studio.ozone.api.egress.Egress;
import studio.ozone.api.llm.Provider;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.runtime.Workers;
import studio.ozone.runtime.json.Json;

/** Answers with a model on this machine, one request at a time, in the order of arrival. */
@Component(service = Provider.class, property = {Provider.ID + "=" + LocalProvider.NAME, "service.ranking:Integer=0",
    Egress.KEYS + "=llm.local.server_url", Egress.KEYS + "=llm.local.pull_hosts"})
public final class LocalProvider implements Provider {

    static final String NAME = "local";
    private static final String ANSWERS = "ozone_llm_local_answer_seconds";
    private static final String FIRST = "ozone_llm_local_first_token_seconds";
    private static final String QUEUE = "ozone_llm_local_queue_seconds";
    private static final String INPUT = "ozone_llm_local_input_tokens_total";
    private static final String OUTPUT = "ozone_llm_local_output_tokens_total";
    private static final String FAILURES = "ozone_llm_local_failures_total";
    private static final String SPEED = "ozone_llm_local_tokens_per_second";
    /** What chat templates part a conversation by. Where a passage or a question holds it, it must not do so there. */
    private static final Pattern CONTROL = Pattern.compile("<\\|(?=[A-Za-z0-9_\\s\\uff5c|-]{1,40}\\|>)|<\\uff5c|\\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS)\\])"
        + "|<(?=/?(?:s|bos|eos|pad|unk|start_of_turn|end_of_turn|think|tool_call)>)|<<(?=/?SYS>>)", Pattern.CASE_INSENSITIVE);

    private final Engine engine;
    private final Workers workers;
    private final MetricRegistry metrics;
    private final Timer answers;
    private final Timer first;
    private final Timer queue;
    private final Counter input;
    private final Counter output;
    private final Counter failures;
    private volatile double speed = Double.NaN;

    @Activate
    public LocalProvider(@Reference Engine engine, @Reference Workers workers, @Reference MetricRegistry metrics) {
        this.engine = engine;
        this.workers = workers;
        this.metrics = metrics;
        this.answers = metrics.timer(ANSWERS);
        this.first = metrics.timer(FIRST);
        this.queue = metrics.timer(QUEUE);
        this.input = metrics.counter(INPUT);
        this.output = metrics.counter(OUTPUT);
        this.failures = metrics.counter(FAILURES);
        metrics.register(SPEED, (Gauge<Double>) () -> speed);
    }

    @Deactivate
    void close() {
        List.of(ANSWERS, FIRST, QUEUE, INPUT, OUTPUT, FAILURES, SPEED).forEach(metrics::remove);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Mode mode() {
        return Mode.GENERATED;
    }

    @Override
    public void check() throws ProviderException {
        engine.check();
    }

    @Override
    public int contextLength() throws ProviderException, InterruptedException {
        return engine.server().context();
    }

    /** As the server's own tokenizer counts; one token for three characters where it has none to ask, as Ollama. */
    @Override
    public int countTokens(String text) throws ProviderException, InterruptedException {
        while (true) {
            Running server = engine.server();
            try {
                int tokens = server.client().tokens(text);
                return tokens >= 0 ? tokens : (text.codePointCount(0, text.length()) + 2) / 3;
            } catch (ProviderException e) {
                // It has no turn of its own, so a changed setting may have let the server go meanwhile.
                if (!engine.replaced(server)) {
                    throw engine.explained(server, e);
                }
            }
        }
    }

    @Override
    public Completion complete(Request request, Consumer<String> pieces) throws ProviderException, InterruptedException {
        return complete(request, pieces, () -> { });
    }

    @Override
    public Completion complete(Request request, Consumer<String> pieces, Runnable placed) throws ProviderException, InterruptedException {
        if (request.messages().isEmpty()) {
            throw new ProviderException(ProviderException.Code.INVALID, "There is no message to answer.");
        }
        Map<String, Object> body = body(request);
        try (Workers.Working counted = workers.working(); Timer.Context timing = answers.time(); Engine.Lease lease = engine.lease(placed)) {
            queue.update(lease.queuedNanos(), TimeUnit.NANOSECONDS);
            return answer(lease.server(), body, pieces);
        } catch (ProviderException e) {
            failures.inc();
            throw e;
        }
    }

    private Completion answer(Running server, Map<String, Object> body, Consumer<String> pieces) throws ProviderException, InterruptedException {
        body.put("model", server.model());
        if (server.child() != null) {
            // Its progress is a sign of life while a long prompt is read; an empty sign is not.
            body.put("return_progress", true);
            body.put("sse_ping_interval", -1);
        }
        long began = System.nanoTime();
        ChatStream.Result result;
        try {
            result = server.client().chat(body, pieces);
        } catch (ProviderException e) {
            throw engine.explained(server, e);
        }
        engine.answered();
        if (result.firstNanos() != 0) {
            first.update(result.firstNanos() - began, TimeUnit.NANOSECONDS);
        }
        input.inc(result.inputTokens());
        output.inc(result.outputTokens());
        speed = Double.isNaN(result.tokensPerSecond()) ? speed : result.tokensPerSecond();
        return new Completion(result.text(), List.of(), result.stop(), new Usage(result.inputTokens(), result.outputTokens(), 0));
    }

    private Map<String, Object> body(Request request) throws ProviderException {
        List<Map<String, Object>> messages = new ArrayList<>();
        for (Message message : request.messages()) {
            messages.add(Map.of("role", message.role().name().toLowerCase(Locale.ROOT), "content", harmless(message.text())));
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("messages", messages);
        body.put("stream", true);
        body.put("stream_options", Map.of("include_usage", true));
        body.put("max_tokens", Math.max(1, request.maxOutputTokens()));
        body.put("temperature", engine.options().temperature());
        if (request.jsonSchema() != null) {
            try {
                body.put("response_format", Map.of("type", "json_schema", "json_schema",
                    Map.of("name", "answer", "strict", true, "schema", Json.readObject(request.jsonSchema()))));
            } catch (IOException e) {
                throw new ProviderException(ProviderException.Code.INVALID, "The JSON Schema is no JSON object: " + e.getMessage(), e);
            }
        }
        return body;
    }

    /** A text in which nothing is read as the end of a message or the beginning of another: a space parts what would be. */
    static String harmless(String text) {
        return CONTROL.matcher(text).replaceAll(found -> found.group().charAt(0) + " " + found.group().substring(1));
    }
}
