package studio.ozone.llm.api;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.AfterClass;
import org.junit.Assume;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.llm.Provider.Completion;
import studio.ozone.api.llm.Provider.Message;
import studio.ozone.api.llm.Provider.Request;
import studio.ozone.api.llm.Provider.Role;
import studio.ozone.api.llm.Provider.Stop;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.llm.ProviderException.Code;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** OpenAI's and Anthropic's protocol against llama.cpp's server with a small real model, which a script fetches. What it says is not looked at. */
public class RealServerTest {

    private static final Path CACHE = Path.of(System.getenv().getOrDefault("OZONE_TEST_CACHE", System.getProperty("user.home") + "/.cache/ozone-studio-tests"));
    private static final Path SERVER = CACHE.resolve("llama.cpp/bin/llama-server");
    private static final Path MODEL = CACHE.resolve("SmolLM2-135M-Instruct.Q4_1.gguf");
    private static final String SECRET = "a-key-of-this-test";

    @ClassRule
    public static final TemporaryFolder FOLDER = new TemporaryFolder();

    private static Process server;
    private static int port;

    @BeforeClass
    public static void start() throws Exception {
        boolean there = Files.exists(SERVER) && Files.exists(MODEL);
        Assume.assumeTrue(CACHE + " lacks llama-server or the model; itests/real-parts.sh model server fetches them.", there);
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        server = new ProcessBuilder(SERVER.toString(), "-m", MODEL.toString(), "--host", "127.0.0.1", "--port", "" + port, "-c", "1024", "-np", "1", "-t", "2",
                "-b", "256", "--cache-ram", "0", "--api-key", SECRET).redirectErrorStream(true).redirectOutput(FOLDER.newFile("log")).start();
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!healthy()) {
            assertTrue("llama-server has not started", server.isAlive() && System.nanoTime() < until);
            server.waitFor(100, TimeUnit.MILLISECONDS);
        }
    }

    @AfterClass
    public static void stop() {
        if (server != null) {
            server.destroyForcibly();
        }
    }

    @Test(timeout = 60_000)
    public void bothProtocolsStreamAndCount() throws Exception {
        for (String chosen : List.of("custom", "anthropic")) {
            List<String> pieces = new ArrayList<>();
            Completion completion = bench(chosen, SECRET).provider().complete(request(8, null, "Tell me a long story about the sea."), pieces::add);
            assertEquals(chosen, completion.text(), String.join("", pieces));
            int tokens = completion.usage().outputTokens();
            assertTrue(chosen + " " + pieces, !pieces.isEmpty() && tokens > 0 && tokens <= 9);
            assertTrue(chosen + " " + completion, completion.stop() == Stop.COMPLETE || completion.stop() == Stop.LENGTH && tokens >= 7);
            assertTrue(chosen + " " + completion.usage(), completion.usage().inputTokens() > 10 && completion.usage().inputTokens() < 80);
        }
    }

    @Test(timeout = 60_000)
    public void aSchemaBinds() throws Exception {
        String schema = "{\"type\":\"object\",\"properties\":{\"yes\":{\"type\":\"boolean\"}},\"required\":[\"yes\"],\"additionalProperties\":false}";
        Completion completion = bench("custom", SECRET).provider().complete(request(60, schema, "Is the sea wet?"), piece -> { });
        assertEquals(Stop.COMPLETE, completion.stop());
        assertTrue(completion.text(), completion.text().replaceAll("\\s", "").matches("\\{\"yes\":(true|false)}"));
    }

    @Test(timeout = 60_000)
    public void whatItRefusesIsUnderstood() throws Exception {
        for (String chosen : List.of("custom", "anthropic")) {
            ProviderException key = assertThrows(ProviderException.class,
                    () -> bench(chosen, "wrong").provider().complete(request(8, null, "Hello."), piece -> { }));
            assertEquals(key.getMessage(), Code.UNAVAILABLE, key.code());
            assertTrue(key.getMessage(), key.getMessage().contains("does not take the key"));
            ProviderException longer = assertThrows(ProviderException.class,
                    () -> bench(chosen, SECRET).provider().complete(request(8, null, "the sea ".repeat(2_000)), piece -> { }));
            assertEquals(longer.getMessage(), Code.TOO_LONG, longer.code());
        }
    }

    @Test(timeout = 60_000)
    public void anInterruptFreesTheServer() throws Exception {
        ApiProvider provider = bench("custom", SECRET).provider();
        assertThrows(InterruptedException.class, () -> provider.complete(request(900, null, "Count from one to ten thousand."),
                piece -> Thread.currentThread().interrupt()));
        long begun = System.nanoTime();
        assertNotNull(provider.complete(request(1, null, "Hello."), piece -> { }));
        System.out.printf("after an interrupt the next answer was whole in %d ms%n", (System.nanoTime() - begun) / 1_000_000);
    }

    private static Request request(int tokens, String schema, String question) {
        return new Request(List.of(new Message(Role.SYSTEM, "Be kind."), new Message(Role.USER, question)), List.of(), tokens, schema);
    }

    private static Bench bench(String chosen, String secret) {
        Bench bench = new Bench(FOLDER.getRoot().toPath(), chosen).at(chosen, "http://127.0.0.1:" + port + "/v1");
        bench.environment.put("OZONE_CUSTOM_LLM_KEY", secret);
        bench.environment.put("OZONE_ANTHROPIC_API_KEY", secret);
        return bench;
    }

    private static boolean healthy() {
        try {
            HttpURLConnection connection = (HttpURLConnection) URI.create("http://127.0.0.1:" + port + "/health").toURL().openConnection();
            return connection.getResponseCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }
}
