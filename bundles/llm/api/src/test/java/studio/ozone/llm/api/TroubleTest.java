package studio.ozone.llm.api;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.egress.Egress;
import studio.ozone.api.llm.Provider.Completion;
import studio.ozone.api.llm.Provider.Stop;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.llm.ProviderException.Code;
import studio.ozone.llm.api.ScriptedServer.Turn;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** Servers that refuse, hang, break and lie. */
public class TroubleTest {

    private static final String JSON = "application/json";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test(timeout = 30_000)
    public void itWaitsAsLongAsItIsAskedTo() throws Exception {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(429, JSON, "{\"error\":{\"message\":\"slow down\"}}", "Retry-After", "1"),
                Scripts.openAi("x"))) {
            Bench bench = bench("openai").at(server);
            long begun = System.nanoTime();
            assertEquals("x", bench.ask().text());
            assertTrue(System.nanoTime() - begun >= 1_000_000_000L);
            assertEquals(2, server.asked.size());
        }
    }

    @Test(timeout = 30_000)
    public void aServerInTroubleIsAskedAgain() throws Exception {
        for (int status : new int[] {500, 503, 529}) {
            try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(status, "text/html", "<html>bad gateway</html>"), Scripts.anthropic("end_turn", "x"))) {
                assertEquals("x", bench("anthropic").at(server).ask().text());
            }
        }
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.stream(Scripts.SSE,
                Scripts.event("error", "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}")), Scripts.anthropic("end_turn", "x"))) {
            assertEquals("x", bench("anthropic").at(server).ask().text());
        }
    }

    @Test(timeout = 30_000)
    public void attemptsAndWaitsAreBounded() throws Exception {
        Turn down = ScriptedServer.status(503, JSON, "{\"error\":\"loading model\"}", "Retry-After", "0");
        ProviderException failed = failed("openai", 3, down);
        assertEquals(Code.UNAVAILABLE, failed.code());
        assertTrue(failed.getMessage(), failed.getMessage().contains("loading model") && failed.getMessage().contains("openai (127.0.0.1:"));
        failed = failed("openai", 1, ScriptedServer.status(429, JSON, "{}", "Retry-After", "3600"));
        assertEquals(Code.UNAVAILABLE, failed.code());
        assertTrue(failed.getMessage(), failed.getMessage().contains("3600 s"));
        failed = failed("openai", 1, ScriptedServer.status(429, JSON, "{\"error\":{\"message\":\"You exceeded your current quota\",\"code\":\"insufficient_quota\"}}"));
        assertTrue(failed.getMessage(), failed.getMessage().contains("nothing left"));
    }

    @Test(timeout = 30_000)
    public void afterAPieceNothingIsAskedAgain() throws Exception {
        ProviderException failed = failed("openai", 1, ScriptedServer.stream(Scripts.SSE, Scripts.chunk("{\"content\":\"Half\"}", null),
                "data: {\"error\":{\"type\":\"server_error\",\"message\":\"boom\"}}\n\n"));
        assertEquals(Code.FAILED, failed.code());
        assertTrue(failed.getMessage(), failed.getMessage().contains("boom") && failed.getMessage().contains("not the whole answer"));
    }

    @Test(timeout = 30_000)
    public void aStreamThatStopsIsNoAnswer() throws Exception {
        for (Turn turn : List.of(ScriptedServer.stream(Scripts.SSE, Scripts.chunk("{\"content\":\"Half\"}", null)),
                ScriptedServer.cut(Scripts.SSE, Scripts.chunk("{\"content\":\"Half\"}", null)))) {
            ProviderException failed = failed("openai", 1, turn);
            assertEquals(Code.FAILED, failed.code());
            assertTrue(failed.getMessage(), failed.getMessage().contains("middle") || failed.getMessage().contains("broke off"));
        }
        ProviderException failed = failed("anthropic", 1, ScriptedServer.stream(Scripts.SSE,
                Scripts.event("content_block_start", "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"Half\"}}")));
        assertEquals(Code.FAILED, failed.code());
        failed = failed("ollama", 1, ScriptedServer.stream(Scripts.NDJSON, "{\"message\":{\"role\":\"assistant\",\"content\":\"Half\"},\"done\":false}\n"));
        assertEquals(Code.FAILED, failed.code());
        failed = failed("openai", 1, ScriptedServer.stream(Scripts.SSE));
        assertEquals("nothing was handed on", Code.UNAVAILABLE, failed.code());
    }

    @Test(timeout = 30_000)
    public void aWebPageIsNamedAsSuch() throws Exception {
        for (Turn turn : List.of(ScriptedServer.status(200, "text/html; charset=utf-8", "<!DOCTYPE html><html>Log in</html>"),
                ScriptedServer.status(404, "text/html", "<html>Not found</html>"), ScriptedServer.status(400, "text/plain", "  <html></html>"))) {
            for (String chosen : List.of("openai", "anthropic", "ollama")) {
                ProviderException failed = failed(chosen, 1, turn);
                assertTrue(failed.getMessage(), failed.getMessage().contains("web page") && failed.getMessage().contains("llm.api." + chosen + ".base_url"));
                assertFalse(failed.getMessage(), failed.getMessage().contains("<"));
            }
        }
        assertTrue(failed("openai", 1, ScriptedServer.status(200, JSON, "{\"hello\":1}")).getMessage().contains("no stream"));
    }

    @Test(timeout = 30_000)
    public void aWrongKeyIsNotRepeatedToAnyone() throws Exception {
        for (int status : new int[] {401, 403}) {
            ProviderException failed = failed("openai", 1, ScriptedServer.status(status, JSON,
                    "{\"error\":{\"message\":\"Incorrect API key provided: " + Bench.SECRET + " or sk-proj-abc****wxyz.\",\"code\":\"invalid_api_key\"}}"));
            assertEquals(Code.UNAVAILABLE, failed.code());
            assertTrue(failed.getMessage(), failed.getMessage().contains("OZONE_OPENAI_API_KEY") && failed.getMessage().contains("llm.api.openai.key_file"));
            for (Throwable each = failed; each != null; each = each.getCause()) {
                assertFalse(each.toString(), each.toString().contains(Bench.SECRET) || each.toString().contains("wxyz"));
            }
        }
    }

    @Test(timeout = 30_000)
    public void aContextThatIsTooLongForTheServer() throws Exception {
        for (String body : List.of("{\"error\":{\"message\":\"This model's maximum context length is 8192 tokens.\",\"code\":\"context_length_exceeded\"}}",
                "{\"error\":{\"code\":400,\"message\":\"the request exceeds the available context size\",\"type\":\"exceed_context_size_error\"}}",
                "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"prompt is too long: 210000 tokens > 200000 maximum\"}}")) {
            ProviderException failed = failed("openai", 1, ScriptedServer.status(400, JSON, body));
            assertEquals(Code.TOO_LONG, failed.code());
            assertTrue(failed.getMessage(), failed.getMessage().contains("llm.api.openai.context_length"));
        }
        assertEquals(Code.INVALID, failed("openai", 1, ScriptedServer.status(400, JSON, "{\"error\":{\"message\":\"no such parameter\"}}")).code());
        assertTrue(failed("ollama", 1, ScriptedServer.status(404, JSON, "{\"error\":\"model 'm' not found\"}")).getMessage().contains("llm.api.ollama.model"));
        assertEquals(Code.UNAVAILABLE, failed("openai", 1, ScriptedServer.status(302, "text/plain", "", "Location", "http://127.0.0.1:1/")).code());
    }

    @Test(timeout = 30_000)
    public void whatAServerSaysIsCleaned() throws Exception {
        ProviderException failed = failed("openai", 1, ScriptedServer.status(400, JSON,
                "{\"error\":{\"message\":\"\\u001b[31mred\\u001b]0;title\\u0007\\r\\n\\u202eevil " + "long ".repeat(5_000) + "\"}}"));
        assertTrue(failed.getMessage(), failed.getMessage().length() < 700);
        assertTrue(failed.getMessage(), failed.getMessage().chars().noneMatch(c -> c < ' ' || c == 0x202e || c == 0x7f));
    }

    @Test(timeout = 60_000)
    public void hostileStreamsEnd() throws Exception {
        Turn line = endless(Scripts.SSE, "data: " + "x".repeat(60_000));
        assertTrue(failed("openai", 1, line).getMessage().contains("longer than 1 MiB"));
        assertTrue(failed("ollama", 1, endless(Scripts.NDJSON, "x".repeat(60_000))).getMessage().contains("longer than 1 MiB"));
        assertTrue(failed("openai", 1, endless(Scripts.SSE, "data: xxxx\n".repeat(6_000))).getMessage().contains("longer than 1 MiB"));
        assertTrue(failed("openai", 1, endless(Scripts.SSE, Scripts.chunk("{\"content\":\"" + "y".repeat(500) + "\"}", null))).getMessage().contains("far more"));
        assertTrue(failed("openai", 1, endless(Scripts.SSE, ": ping\n\n".repeat(1_000))).getMessage().contains("allowed"));
        for (String chosen : List.of("openai", "anthropic", "ollama")) {
            for (String bad : List.of("{\"a\":", "[1,2]", "\"text\"", "{\"choices\":{\"a\":1},\"message\":[],\"delta\":7}", "[".repeat(5_000) + "\"error\"")) {
                Turn turn = chosen.equals("ollama") ? ScriptedServer.stream(Scripts.NDJSON, bad + "\n") : ScriptedServer.stream(Scripts.SSE, Scripts.event("content_block_delta", bad));
                assertEquals(chosen + " " + bad, Code.UNAVAILABLE, failed(chosen, 1, turn).code());
            }
        }
    }

    @Test(timeout = 30_000)
    public void timeLimitsHold() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        Turn hang = exchange -> await(done);
        try (ScriptedServer server = new ScriptedServer(hang)) {
            Bench bench = bench("openai").at(server).set("silence__timeout__seconds", 1);
            ProviderException failed = assertThrows(ProviderException.class, bench::ask);
            assertEquals(Code.UNAVAILABLE, failed.code());
        } finally {
            done.countDown();
        }
        Bench nobody = bench("openai").at("openai", "http://127.0.0.1:1/v1");
        ProviderException gone = assertThrows(ProviderException.class, nobody::ask);
        assertEquals(Code.UNAVAILABLE, gone.code());
        assertTrue(gone.getMessage(), gone.getMessage().contains("127.0.0.1:1 ") && gone.getMessage().contains("reach"));
    }

    @Test(timeout = 30_000)
    public void anInterruptClosesTheStream() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        CountDownLatch first = new CountDownLatch(1);
        try (ScriptedServer server = new ScriptedServer(endlessSlow(closed))) {
            Bench bench = bench("openai").at(server);
            ApiProvider provider = bench.provider();
            AtomicReference<Throwable> end = new AtomicReference<>();
            Thread asking = Thread.ofPlatform().start(() -> {
                try {
                    provider.complete(Bench.question("?", null), piece -> first.countDown());
                } catch (Throwable e) {
                    end.set(e);
                }
            });
            first.await();
            long begun = System.nanoTime();
            asking.interrupt();
            asking.join();
            assertTrue(System.nanoTime() - begun < 1_000_000_000L);
            assertEquals(InterruptedException.class, end.get().getClass());
            assertTrue("the server sees it", closed.await(10, TimeUnit.SECONDS));
            assertEquals(0, bench.workers.inProgress());
            assertTrue("what came counts", bench.metrics.counter("ozone_llm_api_input_tokens_total").getCount() > 0);
        }
    }

    @Test(timeout = 30_000)
    public void aStopUnderLoadEndsAllAndLeavesTheThreadsAsTheyWere() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        int load = 8;
        CountDownLatch begun = new CountDownLatch(load);
        try (ScriptedServer server = new ScriptedServer(endlessSlow(closed))) {
            ApiProvider provider = bench("openai").at(server).provider();
            List<Thread> threads = new ArrayList<>();
            List<Object> ends = Collections.synchronizedList(new ArrayList<>());
            for (int i = 0; i < load; i++) {
                threads.add(Thread.ofPlatform().start(() -> {
                    CountDownLatch once = new CountDownLatch(1);
                    try {
                        provider.complete(Bench.question("?", null), piece -> {
                            if (once.getCount() == 1) {
                                once.countDown();
                                begun.countDown();
                            }
                        });
                        ends.add("an answer");
                    } catch (ProviderException e) {
                        ends.add(e.getMessage());
                    } catch (InterruptedException e) {
                        ends.add(e);
                    }
                    ends.add(Thread.currentThread().isInterrupted());
                }));
            }
            begun.await();
            long start = System.nanoTime();
            provider.close();
            assertTrue(System.nanoTime() - start < 2_000_000_000L);
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(ends.toString(), load, ends.stream().filter(end -> end.toString().contains("switched off")).count());
            assertEquals(ends.toString(), load, ends.stream().filter(Boolean.FALSE::equals).count());
            assertThrows(ProviderException.class, () -> provider.complete(Bench.question("?", null), piece -> { }));
        }
    }

    @Test(timeout = 30_000)
    public void whoTakesThePiecesMayThrow() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (ScriptedServer server = new ScriptedServer(endlessSlow(closed))) {
            ApiProvider provider = bench("openai").at(server).provider();
            IllegalStateException mine = new IllegalStateException("the reader is gone");
            assertSame(mine, assertThrows(IllegalStateException.class, () -> provider.complete(Bench.question("?", null), piece -> {
                throw mine;
            })));
            assertTrue(closed.await(10, TimeUnit.SECONDS));
        }
    }

    @Test(timeout = 30_000)
    public void piecesSeeTheCallersClassLoader() throws Exception {
        try (ScriptedServer server = new ScriptedServer(Scripts.openAi("a", "b"))) {
            ClassLoader mine = new ClassLoader() { };
            List<ClassLoader> seen = new ArrayList<>();
            Thread.currentThread().setContextClassLoader(mine);
            Completion completion = bench("openai").at(server).provider().complete(Bench.question("?", null),
                    piece -> seen.add(Thread.currentThread().getContextClassLoader()));
            assertEquals(Stop.COMPLETE, completion.stop());
            assertEquals(List.of(mine, mine), seen);
            assertSame(mine, Thread.currentThread().getContextClassLoader());
        } finally {
            Thread.currentThread().setContextClassLoader(TroubleTest.class.getClassLoader());
        }
    }

    /** @param requests how many there must have been in the end */
    private ProviderException failed(String chosen, int requests, Turn turn) throws Exception {
        try (ScriptedServer server = new ScriptedServer(turn)) {
            Bench bench = bench(chosen).at(server).set("max__retries", 2);
            ProviderException failed = assertThrows(ProviderException.class, bench::ask);
            assertEquals(requests, server.asked.size());
            return failed;
        }
    }

    private static Turn endless(String type, String part) {
        return exchange -> {
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(200, 0);
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            while (true) {
                exchange.getResponseBody().write(bytes);
            }
        };
    }

    private static Turn endlessSlow(CountDownLatch closed) {
        return exchange -> {
            exchange.getResponseHeaders().set("Content-Type", Scripts.SSE);
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                CountDownLatch never = new CountDownLatch(1);
                while (true) {
                    out.write(Scripts.chunk("{\"content\":\"x\"}", null).getBytes(StandardCharsets.UTF_8));
                    out.flush();
                    if (never.await(20, TimeUnit.MILLISECONDS)) {
                        throw new AssertionError();
                    }
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            } finally {
                closed.countDown();
            }
        };
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private Bench bench(String chosen) {
        Bench bench = new Bench(folder.getRoot().toPath(), chosen);
        return bench.through(out(bench));
    }

    /** The way out that is used. */
    protected Egress out(Bench bench) {
        return bench.egress;
    }
}
