package studio.ozone.llm.api;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.llm.ProviderException.Code;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

public class BudgetTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void itStopsClearlyAndOverARestartAndBeginsAnewTheNextDay() throws Exception {
        try (ScriptedServer server = new ScriptedServer(Scripts.openAi("x"))) {
            Bench bench = new Bench(folder.getRoot().toPath(), "openai").at(server).set("max__tokens__per__day", 200L);
            bench.ask();
            bench.ask();
            assertEquals("2026-03-01 tokens 56 usd 0.0\n", Files.readString(file()));
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
            bench.set("max__tokens__per__day", 100L);
            ProviderException spent = assertThrows(ProviderException.class, bench::ask);
            assertEquals(Code.UNAVAILABLE, spent.code());
            for (String part : List.of("llm.api.max_tokens_per_day = 100", "used 56 tokens", "2026-03-02T00:00:00Z")) {
                assertTrue(spent.getMessage(), spent.getMessage().contains(part));
            }
            bench.set("max__tokens__per__day", 56L);
            assertThrows("check sees it too", ProviderException.class, () -> bench.provider().check());
            assertEquals("a request that may not be sent is not sent", 2, server.asked.size());
            bench.metrics.removeMatching((name, metric) -> true);
            bench.time.set(Instant.parse("2026-03-02T00:00:00Z"));
            bench.set("max__tokens__per__day", 200L).ask();
            assertEquals("2026-03-02 tokens 28 usd 0.0\n", Files.readString(file()));
        }
    }

    @Test
    public void moneyNeedsPrices() throws Exception {
        try (ScriptedServer server = new ScriptedServer(Scripts.openAi("x"))) {
            Bench bench = new Bench(folder.getRoot().toPath(), "openai").at(server).set("max__usd__per__day", 0.002);
            ProviderException unknown = assertThrows(ProviderException.class, bench::ask);
            assertTrue(unknown.getMessage(), unknown.getMessage().contains("llm.api.openai.input_price_per_million_usd"));
            bench.tables.put("openai", new OpenAi(Configs.of(OpenAi.Config.class, Map.of("base__url", server.url("/v1"), "model", "m",
                    "input__price__per__million__usd", 2.0, "output__price__per__million__usd", 10.0))));
            bench.ask();
            assertEquals("2026-03-01 tokens 28 usd 1.12E-4\n", Files.readString(file()));
            bench.set("max__usd__per__day", 0.001);
            ProviderException spent = assertThrows(ProviderException.class, bench::ask);
            assertTrue(spent.getMessage(), spent.getMessage().contains("llm.api.max_usd_per_day") && spent.getMessage().contains("0.0001 USD"));
        }
    }

    @Test
    public void requestsAtTheSameTimeDoNotExceedItTogether() throws Exception {
        Table table = new Table("openai", Table.Protocol.OPENAI, "http://x/v1", "m", 1_000, -1, -1, "");
        Budget budget = new Budget(file(), () -> Instant.parse("2026-03-01T12:00:00Z"), () -> new Budget.Limits(1_000, 0));
        AtomicInteger taken = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    go.await();
                    budget.take(table, 60, 40);
                    taken.incrementAndGet();
                } catch (ProviderException | InterruptedException e) {
                    assertTrue(e.getMessage(), e.getMessage().contains("spent"));
                }
            }));
        }
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(10, taken.get());
        assertEquals("what was set aside counts after a crash", 1_000, new Budget(file(), () -> Instant.parse("2026-03-01T13:00:00Z"),
                () -> new Budget.Limits(1_000, 0)).today().tokens());
    }

    @Test
    public void aDamagedFileStopsOnlyWhereThereIsABudget() throws Exception {
        Files.createDirectories(file().getParent());
        Files.writeString(file(), "rubbish");
        try (ScriptedServer server = new ScriptedServer(Scripts.openAi("x"))) {
            Bench bench = new Bench(folder.getRoot().toPath(), "openai").at(server).set("max__tokens__per__day", 1_000L);
            ProviderException stopped = assertThrows(ProviderException.class, bench::ask);
            assertTrue(stopped.getMessage(), stopped.getMessage().contains(file().toString()));
            assertEquals("x", bench.set("max__tokens__per__day", 0L).ask().text());
        }
    }

    private Path file() {
        return folder.getRoot().toPath().resolve("llm").resolve("api-usage");
    }
}
