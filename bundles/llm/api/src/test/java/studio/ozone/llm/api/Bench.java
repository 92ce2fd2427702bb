package studio.ozone.llm.api;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import com.codahale.metrics.MetricRegistry;

import studio.ozone.api.egress.Egress;
import studio.ozone.api.kit.TestWorkers;
import studio.ozone.api.llm.Provider.Completion;
import studio.ozone.api.llm.Provider.Message;
import studio.ozone.api.llm.Provider.Request;
import studio.ozone.api.llm.Provider.Role;

/** A provider with all that it needs, before a server. */
final class Bench {

    static final String SECRET = "top-secret-0123456789";

    final TestWorkers workers = TestWorkers.withoutPools();
    final MetricRegistry metrics = new MetricRegistry();
    final LoopbackEgress egress = new LoopbackEgress();
    final AtomicReference<Instant> time = new AtomicReference<>(Instant.parse("2026-03-01T12:00:00Z"));
    final Map<String, String> environment = new HashMap<>(Map.of("OZONE_OPENAI_API_KEY", SECRET, "OZONE_ANTHROPIC_API_KEY", SECRET));
    final Map<String, Table.Source> tables = new HashMap<>();
    final Map<String, Object> values = new HashMap<>();
    final List<String> pieces = new ArrayList<>();
    private final Path data;
    private Egress out = egress;

    Bench(Path data, String chosen) {
        this.data = data;
        values.put("default__provider", chosen);
        tables.put("openai", new OpenAi(Configs.of(OpenAi.Config.class, Map.of())));
        tables.put("anthropic", new Anthropic(Configs.of(Anthropic.Config.class, Map.of())));
        tables.put("custom", new Custom(Configs.of(Custom.Config.class, Map.of())));
        tables.put("ollama", new Ollama(Configs.of(Ollama.Config.class, Map.of())));
    }

    /** The chosen one's table: the model m at this server. */
    Bench at(ScriptedServer server) {
        return at((String) values.get("default__provider"), server.url(values.get("default__provider").equals("ollama") ? "" : "/v1"));
    }

    Bench at(String name, String url) {
        Table old = tables.get(name).table();
        Table changed = new Table(name, old.protocol(), url, "m", old.contextLength(), old.inputPrice(), old.outputPrice(), old.keyFile());
        tables.put(name, () -> changed);
        return this;
    }

    Bench set(String key, Object value) {
        values.put(key, value);
        return this;
    }

    /** Through another way out. */
    Bench through(Egress other) {
        out = other;
        return this;
    }

    ApiProvider provider() {
        return new ApiProvider(workers, metrics, tables, data, environment::get, time::get, Configs.of(ApiProvider.Config.class, values)).with(out);
    }

    Completion ask() throws Exception {
        ApiProvider provider = provider();
        try {
            return provider.complete(question("What is it?", null), pieces::add);
        } finally {
            provider.close();
        }
    }

    static Request question(String text, String schema) {
        return new Request(List.of(new Message(Role.SYSTEM, "Be short."), new Message(Role.USER, "Hello"), new Message(Role.ASSISTANT, "Hello."),
                new Message(Role.USER, text)), List.of(), 100, schema);
    }
}
