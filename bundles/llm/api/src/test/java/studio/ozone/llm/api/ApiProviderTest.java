package studio.ozone.llm.api;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.llm.Provider.Completion;
import studio.ozone.api.llm.Provider.Stop;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.llm.ProviderException.Code;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** The three protocols, and what ends an answer. */
public class ApiProviderTest {

    private static final String SCHEMA = "{\"type\":\"object\",\"properties\":{\"sum\":{\"type\":\"integer\"}},\"required\":[\"sum\"],"
            + "\"additionalProperties\":false}";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void openAiStreams() throws Exception {
        try (ScriptedServer server = new ScriptedServer(Scripts.openAi("Two", " and", " two\nare \"four\"."))) {
            Bench bench = bench("openai").at(server);
            Completion completion = bench.ask();
            assertEquals("Two and two\nare \"four\".", completion.text());
            assertEquals(List.of("Two", " and", " two\nare \"four\"."), bench.pieces);
            assertEquals(Stop.COMPLETE, completion.stop());
            assertEquals(21, completion.usage().inputTokens());
            assertEquals(7, completion.usage().outputTokens());
            assertTrue("the price is not known", Double.isNaN(completion.usage().costUsd()));
            ScriptedServer.Asked asked = server.asked.getFirst();
            assertEquals("/v1/chat/completions", asked.path());
            assertEquals("Bearer " + Bench.SECRET, asked.headers().getFirst("Authorization"));
            for (String part : List.of("\"stream\" : true", "\"include_usage\" : true", "\"max_completion_tokens\" : 100", "\"model\" : \"m\"", "What is it?", "Be short.")) {
                assertTrue(part + " in " + asked.body(), asked.body().replaceAll("\\s*:\\s*", " : ").contains(part));
            }
        }
    }

    @Test
    public void theKeyIsASecretHeaderAndNothingElse() throws Exception {
        try (ScriptedServer server = new ScriptedServer(Scripts.openAi("x")); ScriptedServer other = new ScriptedServer(Scripts.anthropic("end_turn", "x"))) {
            Bench openAi = bench("openai").at(server);
            openAi.ask();
            Bench anthropic = bench("anthropic").at(other);
            anthropic.ask();
            for (Bench bench : List.of(openAi, anthropic)) {
                var request = bench.egress.requests.remove();
                assertEquals(1, request.secretHeaders().size());
                assertFalse(request.headers().toString().contains(Bench.SECRET));
                assertFalse(request.uri().toString().contains(Bench.SECRET));
                assertFalse(new String(request.body(), StandardCharsets.UTF_8).contains(Bench.SECRET));
                assertTrue(request.to().toString(), request.to().toString().contains("base_url"));
            }
            assertEquals(Bench.SECRET, other.asked.getFirst().headers().getFirst("x-api-key"));
            assertEquals(1, other.asked.getFirst().headers().get("x-api-key").size());
        }
    }

    @Test
    public void anthropicStreams() throws Exception {
        try (ScriptedServer server = new ScriptedServer(Scripts.anthropic("end_turn", "Two", " and two."))) {
            Bench bench = bench("anthropic").at(server);
            Completion completion = bench.ask();
            assertEquals("Two and two.", completion.text());
            assertEquals(List.of("Two", " and two."), bench.pieces);
            assertEquals(Stop.COMPLETE, completion.stop());
            assertEquals(25, completion.usage().inputTokens());
            assertEquals(9, completion.usage().outputTokens());
            assertEquals("/v1/messages", server.asked.getFirst().path());
            assertEquals("2023-06-01", server.asked.getFirst().headers().getFirst("anthropic-version"));
        }
    }

    @Test
    public void ollamaStreams() throws Exception {
        try (ScriptedServer server = new ScriptedServer(Scripts.ollama("stop", "Two", " and two."))) {
            Bench bench = bench("ollama").at(server);
            Completion completion = bench.ask();
            assertEquals("Two and two.", completion.text());
            assertEquals(List.of("Two", " and two."), bench.pieces);
            assertEquals(31, completion.usage().inputTokens());
            assertEquals(5, completion.usage().outputTokens());
            assertEquals("nobody charges", 0, completion.usage().costUsd(), 0);
            assertEquals("/api/chat", server.asked.getFirst().path());
            assertTrue("the server must cut nothing", server.asked.getFirst().body().replaceAll("\\s", "").contains("\"num_ctx\":8192"));
            assertNull(server.asked.getFirst().headers().getFirst("Authorization"));
        }
    }

    @Test
    public void aServerOfOnesOwnNeedsNoKey() throws Exception {
        try (ScriptedServer server = new ScriptedServer(Scripts.openAi("Yes."))) {
            Bench bench = bench("custom").at(server);
            assertEquals("Yes.", bench.ask().text());
            assertNull(server.asked.getFirst().headers().getFirst("Authorization"));
            assertTrue(server.asked.getFirst().body().replaceAll("\\s", "").contains("\"max_tokens\":100"));
            bench.environment.put("OZONE_CUSTOM_LLM_KEY", "another-secret");
            bench.ask();
            assertEquals("Bearer another-secret", server.asked.get(1).headers().getFirst("Authorization"));
        }
    }

    @Test
    public void whyItEnded() throws Exception {
        assertEquals(Stop.LENGTH, stop("openai", ScriptedServer.stream(Scripts.SSE, Scripts.all(new String[] {"x"}, "length", true))));
        assertEquals(Stop.REFUSED, stop("openai", ScriptedServer.stream(Scripts.SSE, Scripts.all(new String[] {"x"}, "content_filter", true))));
        assertEquals(Stop.REFUSED, stop("openai", ScriptedServer.stream(Scripts.SSE, Scripts.chunk("{\"refusal\":\"I cannot.\"}", null),
                Scripts.chunk("{}", "stop"), "data: [DONE]\n\n")));
        assertEquals(Stop.REFUSED, stop("openai", ScriptedServer.status(400, "application/json",
                "{\"error\":{\"code\":\"content_filter\",\"message\":\"The prompt was filtered.\"}}")));
        assertEquals(Stop.LENGTH, stop("anthropic", Scripts.anthropic("max_tokens", "x")));
        assertEquals(Stop.REFUSED, stop("anthropic", Scripts.anthropic("refusal", "x")));
        assertEquals(Stop.COMPLETE, stop("anthropic", Scripts.anthropic("stop_sequence", "x")));
        assertEquals(Stop.LENGTH, stop("ollama", Scripts.ollama("length", "x")));
        assertEquals("a name that nobody knows", Stop.COMPLETE, stop("custom", ScriptedServer.stream(Scripts.SSE, Scripts.all(new String[] {"x"}, "eos", true))));
    }

    @Test
    public void usageThatIsMissingIsEstimated() throws Exception {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.stream(Scripts.SSE, Scripts.all(new String[] {"Some words of an answer."}, "stop", false)))) {
            Completion completion = bench("openai").at(server).ask();
            assertTrue(completion.usage().toString(), completion.usage().inputTokens() > 10 && completion.usage().inputTokens() < 80);
            assertTrue(completion.usage().toString(), completion.usage().outputTokens() >= 6 && completion.usage().outputTokens() < 15);
        }
    }

    @Test
    public void pricesMakeCosts() throws Exception {
        try (ScriptedServer server = new ScriptedServer(Scripts.openAi("x"))) {
            Bench bench = bench("openai");
            bench.tables.put("openai", new OpenAi(Configs.of(OpenAi.Config.class, Map.of("base__url", server.url("/v1"), "model", "m",
                    "input__price__per__million__usd", 2.0, "output__price__per__million__usd", 10.0))));
            assertEquals((21 * 2 + 7 * 10) / 1e6, bench.ask().usage().costUsd(), 1e-12);
        }
    }

    @Test
    public void schemasAreSentAsEachServerWantsThem() throws Exception {
        String json = "{\"sum\":4}";
        try (ScriptedServer openAi = new ScriptedServer(Scripts.openAi("{\"sum\"", ":4}")); ScriptedServer anthropic = new ScriptedServer(Scripts.anthropic("end_turn", json));
                ScriptedServer ollama = new ScriptedServer(Scripts.ollama("stop", json))) {
            for (Map.Entry<String, ScriptedServer> each : Map.of("openai", openAi, "anthropic", anthropic, "ollama", ollama).entrySet()) {
                ApiProvider provider = bench(each.getKey()).at(each.getValue()).provider();
                assertEquals(json, provider.complete(Bench.question("Sum?", SCHEMA), piece -> { }).text());
                String body = each.getValue().asked.getFirst().body().replaceAll("\\s", "");
                assertTrue(body, body.contains("\"additionalProperties\":false") && body.contains("\"required\":[\"sum\"]"));
                assertTrue(body, body.contains(switch (each.getKey()) {
                    case "openai" -> "\"response_format\":{\"type\":\"json_schema\"";
                    case "anthropic" -> "\"output_config\":{\"format\":{\"type\":\"json_schema\"";
                    default -> "\"format\":{";
                }));
                provider.close();
            }
        }
    }

    @Test
    public void whatIsNoJsonIsNoAnswerToASchema() throws Exception {
        try (ScriptedServer server = new ScriptedServer(Scripts.openAi("The sum is 4."))) {
            ApiProvider provider = bench("openai").at(server).provider();
            ProviderException failed = assertThrows(ProviderException.class, () -> provider.complete(Bench.question("Sum?", SCHEMA), piece -> { }));
            assertEquals(Code.FAILED, failed.code());
            assertTrue(failed.getMessage(), failed.getMessage().contains("asked for JSON"));
            ProviderException invalid = assertThrows(ProviderException.class, () -> provider.complete(Bench.question("Sum?", "{not json"), piece -> { }));
            assertEquals(Code.INVALID, invalid.code());
        }
    }

    @Test
    public void checkTellsWhatIsMissingAndAsksNobody() throws Exception {
        Bench bench = bench("openai").at("openai", "http://127.0.0.1:1/v1");
        bench.provider().check();
        bench.metrics.removeMatching((name, metric) -> true);
        bench.environment.clear();
        unavailable(bench, "OZONE_OPENAI_API_KEY", "llm.api.openai.key_file");
        bench.environment.put("OZONE_OPENAI_API_KEY", "two words");
        unavailable(bench, "OZONE_OPENAI_API_KEY");
        unavailable(bench("custom"), "llm.api.custom.base_url");
        unavailable(bench("custom").at("custom", "http://user:pw@host/v1"), "llm.api.custom.base_url");
        unavailable(bench("custom").at("custom", "ftp://host/v1"), "llm.api.custom.base_url");
        unavailable(bench("anthropic"), "llm.api.anthropic.model");
        unavailable(bench("nothing"), "llm.api.default_provider");
        ApiProvider off = bench("ollama").at("ollama", "http://127.0.0.1:1").provider().with(null);
        ProviderException refused = assertThrows(ProviderException.class, off::check);
        assertEquals(Code.UNAVAILABLE, refused.code());
        assertTrue(refused.getMessage(), refused.getMessage().contains("egress.enabled"));
        assertTrue(bench.egress.requests.isEmpty());
    }

    @Test
    public void whatIsTooLongIsNotSent() throws Exception {
        Bench bench = bench("ollama").at("ollama", "http://127.0.0.1:1");
        ApiProvider provider = bench.provider();
        ProviderException refused = assertThrows(ProviderException.class, () -> provider.complete(Bench.question("word ".repeat(9_000), null), piece -> { }));
        assertEquals(Code.TOO_LONG, refused.code());
        assertTrue(refused.getMessage(), refused.getMessage().contains("llm.api.ollama.context_length"));
        assertTrue(bench.egress.requests.isEmpty());
    }

    @Test
    public void badNumbersNameTheirKeys() {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> bench("openai").set("max__retries", 99).provider());
        assertTrue(refused.getMessage().contains("llm.api.max_retries"));
        refused = assertThrows(IllegalArgumentException.class, () -> new Custom(Configs.of(Custom.Config.class, Map.of("context__length", 1))));
        assertTrue(refused.getMessage().contains("llm.api.custom.context_length"));
    }

    @Test
    public void nothingStaysBehind() throws Exception {
        try (ScriptedServer server = new ScriptedServer(Scripts.openAi("x"))) {
            Bench bench = bench("openai").at(server);
            ApiProvider provider = bench.provider();
            provider.complete(Bench.question("?", null), piece -> assertEquals(1, bench.workers.inProgress()));
            assertEquals(0, bench.workers.inProgress());
            assertEquals(10, bench.metrics.getNames().size());
            assertTrue(bench.metrics.getNames().stream().allMatch(name -> name.startsWith("ozone_llm_api_")));
            assertEquals(21, bench.metrics.counter("ozone_llm_api_input_tokens_total").getCount());
            assertEquals(1, bench.metrics.timer("ozone_llm_api_first_token_seconds").getCount());
            provider.close();
            assertTrue(bench.metrics.getNames().isEmpty());
        }
    }

    private Stop stop(String chosen, ScriptedServer.Turn turn) throws Exception {
        try (ScriptedServer server = new ScriptedServer(turn)) {
            return bench(chosen).at(server).ask().stop();
        }
    }

    private static void unavailable(Bench bench, String... named) {
        ApiProvider provider = bench.provider();
        ProviderException refused = assertThrows(ProviderException.class, provider::check);
        assertEquals(Code.UNAVAILABLE, refused.code());
        for (String name : named) {
            assertTrue(refused.getMessage(), refused.getMessage().contains(name));
        }
        provider.close();
    }

    private Bench bench(String chosen) {
        return new Bench(folder.getRoot().toPath(), chosen);
    }
}
