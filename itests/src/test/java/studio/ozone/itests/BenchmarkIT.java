package studio.ozone.itests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.runtime.json.Json;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

/** The benchmark on the shipped distribution: what it writes, and that nothing of it stays, however it ends. */
public class BenchmarkIT {

    private static final String[] SMALL = {"benchmark", "--only", "startup,durable_write,zsei_traversal", "--dataset", "small"};

    @ClassRule
    public static final TemporaryFolder FOLDER = new TemporaryFolder();

    private static Distribution distribution;
    private static ExecutorService aside;

    @BeforeClass
    public static void start() throws IOException {
        distribution = new Distribution(FOLDER.newFolder("b").toPath()).start();
        aside = Executors.newCachedThreadPool();
    }

    @AfterClass
    public static void stop() throws InterruptedException {
        aside.shutdownNow();
        distribution.close();
    }

    private static Path sandbox() {
        return distribution.data().resolve("bench");
    }

    private static void assertNothingLeft() {
        Distribution.await("the temporary folder is gone", () -> !Files.exists(sandbox(), LinkOption.NOFOLLOW_LINKS));
        assertEquals(List.of(), measured());
    }

    /** Measured instances that live: of this distribution, and of nobody else. */
    private static List<ProcessHandle> measured() {
        return ProcessHandle.allProcesses().filter(process -> process.info().arguments()
            .filter(arguments -> List.of(arguments).contains("-Dozone.data=" + sandbox().resolve("data"))).isPresent()).toList();
    }

    private static String[] with(String... further) {
        List<String> words = new ArrayList<>(List.of(SMALL));
        words.addAll(List.of(further));
        return words.toArray(String[]::new);
    }

    @Test
    public void theFileHoldsWhatWasMeasuredAndNothingIsLeft() throws Exception {
        long containers = containers();
        Distribution.Answer answer = distribution.run(with("--json"));
        assertEquals(answer.error(), 0, answer.exit());
        Map<String, Object> printed = Json.readObject(answer.out());
        Path file;
        try (var files = Files.list(distribution.data().resolve("benchmarks"))) {
            file = files.filter(each -> each.toString().endsWith(".json")).max(Path::compareTo).orElseThrow();
        }
        assertEquals("what is printed is what is kept", printed, Json.readObject(Files.readString(file)));
        assertTrue(Files.readString(Path.of(file.toString().replace(".json", ".html"))).contains("ZSEI traversal, 100 nodes"));
        assertEquals("small", printed.get("dataset"));
        assertTrue(printed.get("config_hash").toString().matches("[0-9a-f]{64}"));
        List<?> rows = (List<?>) printed.get("rows");
        assertEquals(List.of("startup", "zsei_traversal", "durable_write"), rows.stream().map(row -> ((Map<?, ?>) row).get("name")).toList());
        for (Object each : rows) {
            Map<?, ?> row = (Map<?, ?>) each;
            assertNull(row.toString(), row.get("not_measured"));
            assertTrue(row.toString(), ((Number) row.get("n")).intValue() >= (row.get("name").equals("startup") ? 3 : 30));
            assertTrue(row.toString(), ((Number) row.get("min")).doubleValue() > 0);
            assertTrue(row.get("workload").toString(), row.get("workload").toString().contains("10,000 containers"));
        }
        assertEquals("the user's store is as before", containers, containers());
        assertNothingLeft();

        Distribution.Answer compared = distribution.run("benchmark", "--only", "network_sync", "--compare", "last", "--json");
        assertEquals(compared.error(), 0, compared.exit());
        assertEquals(file.toString(), ((Map<?, ?>) Json.readObject(compared.out()).get("comparison")).get("file"));
    }

    private static long containers() throws IOException {
        Distribution.Answer answer = distribution.run("metrics");
        assertEquals(answer.error(), 0, answer.exit());
        return answer.out().lines().filter(line -> line.contains("ozone_zsei_store_containers")).count() == 0 ? -1
            : Long.parseLong(answer.out().lines().filter(line -> line.contains("ozone_zsei_store_containers")).findFirst().orElseThrow().replaceAll(".*\\D(\\d+)\\s*$", "$1"));
    }

    @Test
    public void wrongWordsAndDamagedFilesAreRefusedBeforeAnythingRuns() throws Exception {
        Path bad = Files.writeString(FOLDER.getRoot().toPath().toRealPath().resolve("bad.json"), "{\"schema\":1");
        Distribution.Answer damaged = distribution.run(with("--compare", bad.toString()));
        assertEquals(2, damaged.exit());
        assertTrue(damaged.error(), damaged.error().startsWith(bad + " is no result"));
        assertEquals(2, distribution.run("benchmark", "--only", "speed").exit());
        assertEquals(2, distribution.run("benchmark", "--dataset", "huge").exit());
        assertFalse(Files.exists(sandbox()));
    }

    @Test
    public void aMeasuredInstanceThatDiesIsSaid() throws Exception {
        Future<Distribution.Answer> running = aside.submit(() -> distribution.run(SMALL));
        Distribution.await("an instance is measured", () -> !measured().isEmpty() && Files.exists(sandbox().resolve("data/run/ozone.sock")));
        measured().forEach(ProcessHandle::destroyForcibly);
        Distribution.Answer answer = running.get(60, TimeUnit.SECONDS);
        assertEquals(1, answer.exit());
        assertTrue(answer.error(), answer.error().contains("The measured instance (process ") && answer.error().contains("ended "));
        assertNothingLeft();
    }

    /** Ctrl-C closes the caller's connection. */
    @Test
    public void aCallerThatGoesAwayLeavesNothing() throws Exception {
        Future<Distribution.Answer> running = aside.submit(() -> distribution.run(SMALL));
        Distribution.await("an instance is measured", () -> !measured().isEmpty());
        running.cancel(true);
        assertNothingLeft();
        assertEquals("the next one may run", 0, distribution.run("benchmark", "--only", "ui_render").exit());
    }

    @Test
    public void anInstanceThatIsKilledTakesTheMeasuredOneWithItAndTidiesUpAtItsNextStart() throws Exception {
        Future<Distribution.Answer> running = aside.submit(() -> distribution.run(SMALL));
        Distribution.await("an instance is measured", () -> !measured().isEmpty() && Files.exists(sandbox().resolve("data/run/ozone.sock")));
        distribution.kill();
        Distribution.await("the call has ended", running::isDone);
        Distribution.await("the measured instance ends", () -> measured().isEmpty());
        assertTrue(Files.exists(sandbox()));
        distribution.start();
        assertNothingLeft();
    }
}
