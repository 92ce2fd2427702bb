package studio.ozone.llm.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.After;
import org.junit.Assume;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.llm.Models.Loaded;
import studio.ozone.api.llm.Provider;
import studio.ozone.api.llm.Provider.Completion;
import studio.ozone.api.llm.Provider.Message;
import studio.ozone.api.llm.Provider.Role;
import studio.ozone.api.llm.Provider.Stop;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.runtime.json.Json;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** With llama.cpp's own server and a small real model, which {@code itests/real-parts.sh} fetches. What the model says is not looked at. */
public class RealServerTest {

    private static final Path CACHE = Path.of(System.getenv().getOrDefault("OZONE_TEST_CACHE", System.getProperty("user.home") + "/.cache/ozone-studio-tests"));
    private static final Path SERVER = CACHE.resolve("llama.cpp/bin/llama-server");
    private static final Path MODEL = CACHE.resolve("SmolLM2-135M-Instruct.Q4_1.gguf");

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private Home home;

    @Before
    public void start() throws IOException {
        boolean there = Files.exists(SERVER) && Files.exists(MODEL);
        Assume.assumeTrue(CACHE + " lacks llama-server or the model; itests/real-parts.sh model server fetches them.", there);
        home = new Home(temporary.getRoot().toPath()).model("smol", MODEL).set("server__path", SERVER.toString()).set("threads", 2);
    }

    @After
    public void stop() {
        if (home != null) {
            home.close();
        }
    }

    @Test
    public void itStreamsStopsAndCounts() throws Exception {
        List<String> pieces = new ArrayList<>();
        Completion answer = home.provider().complete(Home.ask("Say hello.", 24), pieces::add);
        assertEquals(String.join("", pieces), answer.text());
        assertTrue(pieces.size() > 2);
        assertTrue(answer.usage().inputTokens() > 5 && answer.usage().outputTokens() > 2 && answer.usage().outputTokens() <= 24);
        Completion cut = home.provider().complete(endless(5), piece -> { });
        assertEquals(Stop.LENGTH, cut.stop());
        assertEquals(5, cut.usage().outputTokens());
        assertEquals(5, home.provider().countTokens("The quick brown fox jumps."), 3);
        assertEquals(8192, home.provider().contextLength());
        Loaded loaded = home.engine().loaded().getFirst();
        System.out.println("loaded: " + loaded);
        assertTrue(loaded.residentBytes() > 50_000_000);
    }

    @Test
    public void aSchemaBindsTheAnswer() throws Exception {
        String schema = "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\",\"maxLength\":20},\"inhabitants\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":9999}},"
            + "\"required\":[\"city\",\"inhabitants\"],\"additionalProperties\":false}";
        Provider.Request request = new Provider.Request(List.of(new Message(Role.USER, "Name a city.")), List.of(), 100, schema);
        Map<String, Object> answer = Json.readObject(home.provider().complete(request, piece -> { }).text());
        assertEquals(List.of("city", "inhabitants"), List.copyOf(answer.keySet()));
        ProviderException failure = assertThrows(ProviderException.class, () -> home.provider().complete(new Provider.Request(request.messages(), List.of(), 100, "[1"),
            piece -> { }));
        assertEquals(ProviderException.Code.INVALID, failure.code());
    }

    @Test
    public void whatIsTooLongIsSaidSo() throws Exception {
        home.set("context__length", 512);
        ProviderException failure = assertThrows(ProviderException.class, () -> home.provider().complete(Home.ask("word ".repeat(2_000), 5), piece -> { }));
        assertEquals(failure.getMessage(), ProviderException.Code.TOO_LONG, failure.code());
        assertEquals(512, home.provider().contextLength());
    }

    @Test
    public void aCancelFreesTheServer() throws Exception {
        home.set("threads", 1);       // two wait for each other by spinning, which counts where others use the machine
        home.provider().complete(Home.ask("Hi", 1), piece -> { });
        String longPrompt = "All work and no play makes it a long prompt that has to be read first. ".repeat(200);
        double before = cpu();
        int tokens = home.provider().complete(Home.ask("All " + longPrompt.substring(0, 1_500), 1), piece -> { }).usage().inputTokens();
        double pass = (cpu() - before) / tokens * Starter.PROCESSOR_BATCH;
        for (boolean reading : new boolean[] {true, true, true, false}) {
            CountDownLatch begun = new CountDownLatch(1);
            Thread asking = new Thread(() -> {
                try {
                    home.provider().complete(reading ? Home.ask(System.nanoTime() + " " + longPrompt, 10) : endless(2_000), piece -> begun.countDown());
                } catch (ProviderException | InterruptedException e) {
                    begun.countDown();
                }
            });
            asking.start();
            if (reading) {
                ChildTest.until("it computes", () -> home.engine().loaded().getFirst().busy() == 1);
                long begins = (long) (1000 * home.engine().loaded().getFirst().cpuSeconds());
                ChildTest.until("it is in the prompt, which takes seconds", () -> 1000 * home.engine().loaded().getFirst().cpuSeconds() > begins + 400);
            } else {
                begun.await();
            }
            double spent = cpu();
            long cancelled = System.nanoTime();
            asking.interrupt();
            asking.join();
            long returned = System.nanoTime() - cancelled;
            home.provider().complete(Home.ask("Hi", 1), piece -> { });
            long free = System.nanoTime() - cancelled;
            double passes = (cpu() - spent) / pass;
            System.out.printf(Locale.ROOT, "cancel while %s: caller back after %d ms, the next answer whole after %d ms, the work of %.1f passes%n",
                reading ? "the prompt is read" : "it generates", returned / 1_000_000, free / 1_000_000, passes);
            // Two passes at most, and the next answer; in processor time, since others may be using the machine.
            assertTrue("It went on for the work of " + passes + " passes", passes < 4);
        }
    }

    @Test
    public void twentyAtOnceAreAnsweredInOrder() throws Exception {
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        Map<Integer, Future<Completion>> answers = new LinkedHashMap<>();
        home.provider().complete(Home.ask("Hi", 1), piece -> { });
        try (ExecutorService threads = Executors.newFixedThreadPool(20); Engine.Lease held = home.engine().lease()) {
            for (int i = 0; i < 20; i++) {
                int n = i;
                answers.put(n, threads.submit(() -> {
                    Completion answer = home.provider().complete(Home.ask("Say a word.", 4), piece -> {
                        if (!order.contains(n)) {
                            order.add(n);
                        }
                    });
                    return answer;
                }));
                ChildTest.until(n + " waits", () -> home.engine().loaded().getFirst().waiting() == n + 1);
            }
            assertEquals(20, home.workers.inProgress());
            held.close();
            for (Future<Completion> answer : answers.values()) {
                assertFalse(answer.get().text().isEmpty());
            }
        }
        assertEquals(List.copyOf(answers.keySet()), order);
    }

    @Test
    public void aKilledServerIsToldAndComesBack() throws Exception {
        home.provider().complete(Home.ask("Hi", 1), piece -> { });
        long pid = home.engine().loaded().getFirst().pid();
        ProviderException failure = assertThrows(ProviderException.class, () -> home.provider().complete(
            endless(2_000), piece -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly)));
        assertTrue(failure.getMessage(), failure.getMessage().contains("signal 9"));
        assertEquals(Stop.LENGTH, home.provider().complete(endless(3), piece -> { }).stop());
    }

    @Test
    public void aSwitchUnderLoadFailsNone() throws Exception {
        home.model("other", MODEL).set("default__model", "smol");
        List<Future<Completion>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 24; i++) {
                int n = i;
                answers.add(threads.submit(() -> {
                    assertTrue(home.provider().countTokens("some words " + n) > 2);
                    return home.provider().complete(Home.ask("Say a word.", 4), piece -> { });
                }));
                if (i % 6 == 5) {
                    answers.get(i / 2).get();
                    home.set("default__model", i % 12 == 5 ? "other" : "smol");
                }
            }
            for (Future<Completion> answer : answers) {
                assertFalse(answer.get().text().isEmpty());
            }
        }
    }

    @Test
    public void twentyStopsUnderLoadLeaveNothing() throws Exception {
        home.close();
        int before = Thread.activeCount();
        for (int i = 0; i < 20; i++) {
            Home each = new Home(temporary.newFolder().toPath()).model("smol", MODEL).set("server__path", SERVER.toString()).set("threads", 2);
            List<Future<Completion>> answers = new ArrayList<>();
            try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
                CountDownLatch begun = new CountDownLatch(1);
                for (int n = 0; n < 4; n++) {
                    answers.add(threads.submit(() -> each.provider().complete(endless(2_000), piece -> begun.countDown())));
                }
                assertTrue(begun.await(60, TimeUnit.SECONDS));
                long stopping = System.nanoTime();
                each.close();
                assertTrue("A stop takes two seconds at most", System.nanoTime() - stopping < Duration.ofSeconds(2).toNanos());
            }
            for (Future<Completion> answer : answers) {
                Throwable told = assertThrows(java.util.concurrent.ExecutionException.class, answer::get).getCause();
                assertTrue(String.valueOf(told), told instanceof ProviderException && told.getMessage().contains("llm.local.enabled"));
            }
        }
        ChildTest.until("every process has ended", () -> ProcessHandle.current().descendants().noneMatch(ProcessHandle::isAlive));
        ChildTest.until("every thread has ended", () -> Thread.activeCount() <= before);
    }

    @Test
    public void theSameSpeedAsTheBareServer() throws Exception {
        home.provider().complete(Home.ask("Hi", 1), piece -> { });
        long before = heap();
        Client client = home.engine().server().client();
        double[] bare = new double[5];
        double[] ours = new double[5];
        double[] bareFirst = new double[5];
        double[] oursFirst = new double[5];
        for (int i = 0; i < bare.length; i++) {
            String prompt = "Count from one to one thousand, one number a line. Begin with " + i + ".";
            long[] at = {System.nanoTime(), 0, 0};
            ChatStream.Result direct = client.chat(Map.of("messages", List.of(Map.of("role", "user", "content", prompt)), "stream", true,
                "stream_options", Map.of("include_usage", true), "max_tokens", 200, "temperature", 0.2), piece -> stamp(at));
            bareFirst[i] = (at[1] - at[0]) / 1e6;
            bare[i] = (direct.outputTokens() - 1) * 1e9 / (at[2] - at[1]);
            at[0] = System.nanoTime();
            at[1] = 0;
            Completion answer = home.provider().complete(Home.ask(prompt + " ", 200), piece -> stamp(at));
            oursFirst[i] = (at[1] - at[0]) / 1e6;
            ours[i] = (answer.usage().outputTokens() - 1) * 1e9 / (at[2] - at[1]);
        }
        System.out.printf(Locale.ROOT, "tokens/s: bare server %.1f, through the provider %.1f (%.1f %%); first token: %.1f ms and %.1f ms; heap grew by %d KiB%n",
            median(bare), median(ours), 100 * median(ours) / median(bare), median(bareFirst), median(oursFirst), (heap() - before) >> 10);
        assertTrue("a wrong order of magnitude: see the line above", median(ours) > 0.5 * median(bare));
    }

    /** Processor seconds of the server so far. */
    private double cpu() {
        return home.engine().loaded().getFirst().cpuSeconds();
    }

    /** A question whose answer cannot end before its many characters are there, whatever the model would say. */
    private static Provider.Request endless(int tokens) {
        String schema = "{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\",\"minLength\":1500}},\"required\":[\"text\"]}";
        return new Provider.Request(List.of(new Message(Role.USER, "Tell a story.")), List.of(), tokens, schema);
    }

    /** When the first piece came, and the last. */
    private static void stamp(long[] at) {
        at[2] = System.nanoTime();
        at[1] = at[1] == 0 ? at[2] : at[1];
    }

    private static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        java.util.Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
