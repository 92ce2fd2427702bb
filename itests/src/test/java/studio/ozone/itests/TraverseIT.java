package studio.ozone.itests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.Timeout;

import studio.ozone.runtime.json.Json;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

/** Traversals of what was really ingested, on the distribution as it is shipped. */
public class TraverseIT {

    @ClassRule
    public static final TemporaryFolder FOLDER = new TemporaryFolder();

    private static final String CACHE = "zsei.traversal.cache_hot_paths";

    private static Distribution distribution;
    private static Path files;

    @Rule
    public final Timeout timeout = Timeout.seconds(300);

    @BeforeClass
    public static void start() throws IOException {
        distribution = new Distribution(FOLDER.newFolder("it").toPath()).start();
        files = FOLDER.newFolder("files").toPath().toRealPath();
        Files.writeString(files.resolve("lamp.md"), "# Lighthouse\n\nThe lamp of the lighthouse was built in 1887 by Ottoline Fenwick. It burns colza oil.\n");
        Files.writeString(files.resolve("harbour.md"), "# Harbour\n\nThe harbour freezes in March. The lighthouse is dark then.\n");
        ok("ingest", files.toString());
        for (String file : List.of("lamp.md", "harbour.md")) {
            ok("analyze", files.resolve(file).toString());
        }
        Distribution.await("the index is level", () -> ids(walk("--query", "which oil burns in the lamp?")).size() >= 2);
    }

    @AfterClass
    public static void stop() throws InterruptedException {
        distribution.close();
    }

    @Test
    public void everyModeAgreesWithBruteForce() throws Exception {
        for (String mode : List.of("structural", "contextual", "hybrid")) {
            Map<String, Object> found = walk(files.toString(), "--mode", mode, "--k", "1000");
            Map<String, Object> truth = walk(files.toString(), "--mode", "brute_force", "--like", mode, "--query", "lamp", "--k", "1000");
            if (mode.equals("structural")) {
                assertEquals(sorted(ids(truth)), sorted(ids(found)));
            } else {
                assertEquals(mode, ids(truth), ids(walk(files.toString(), "--mode", mode, "--query", "lamp", "--k", "1000")));
            }
            assertTrue(mode + ": " + found, ids(found).size() >= 5);
        }
        String query = "which oil burns in the lamp?";
        assertEquals(ids(walk("--query", query, "--mode", "brute_force")), ids(walk("--query", query)));
        assertTrue("the chunk about oil is nearest", ok("traverse", "--query", query, "--k", "1", "--json").contains("lamp.md"));
    }

    private static List<Object> sorted(List<Object> ids) {
        return ids.stream().sorted().toList();
    }

    @Test
    public void theSecondTimeItIsRememberedUntilAFileOnTheWayIsReadAgain() throws Exception {
        String start = files.toString();
        walk(start, "--k", "77");
        assertEquals(1, walk(start, "--k", "77").get("cache_hits"));
        ok("config", "--set", CACHE + "=false");
        assertEquals(0, walk(start, "--k", "77").get("cache_hits"));
        assertEquals(0, walk(start, "--k", "77").get("cache_hits"));
        ok("config", "--set", CACHE + "=true");
        walk(start, "--k", "77");
        assertEquals(1, walk(start, "--k", "77").get("cache_hits"));
        Path added = files.resolve("added.md");
        Files.writeString(added, "# Added\n\nA line.\n");
        ok("ingest", start);
        Map<String, Object> now = walk(start, "--k", "77");
        assertEquals(0, now.get("cache_hits"));
        assertTrue(now.toString(), now.toString().contains("added.md"));
        assertTrue(ok("gc", "--json").contains("\"hot paths\""));
    }

    @Test
    public void aKeywordOfTheAnalysisFiltersAndLeadsTheWay() throws Exception {
        Map<String, Object> terms = walk("0", "--type", "term", "--k", "1000");
        String keyword = (String) ((Map<?, ?>) ((List<?>) terms.get("containers")).getFirst()).get("name");
        Map<String, Object> carriers = walk("0", "--keyword", keyword, "--type", "document", "--k", "1000");
        assertTrue(keyword + " " + carriers, !ids(carriers).isEmpty());
        Map<String, Object> led = walk("--query", keyword, "--mode", "contextual", "--type", "document");
        assertTrue(led.toString(), ids(led).containsAll(ids(carriers)));
        assertEquals(false, led.get("fallback"));
    }

    @Test
    public void usedWronglyItSaysHow() throws Exception {
        assertEquals(2, distribution.run("traverse").exit());
        assertEquals(2, distribution.run("traverse", "1", "--mode", "sideways").exit());
        Distribution.Answer unread = distribution.run("traverse", "/nowhere/at/all");
        assertEquals(1, unread.exit());
        assertTrue(unread.error(), unread.error().contains("ozone-core ingest"));
        assertEquals(1, distribution.run("traverse", "987654321").exit());
        assertTrue(ok("traverse", files.toString()).contains("├─ "));
        assertTrue(ok("traverse", files.toString(), "--dot").startsWith("digraph traversal {"));
    }

    @Test
    public void theBundleIsSwappedUnderLoad() throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        List<Object> expected = ids(walk(files.resolve("lamp.md").toString()));
        try (ExecutorService walkers = Executors.newFixedThreadPool(3)) {
            List<Future<Integer>> walking = new ArrayList<>();
            for (int thread = 0; thread < 3; thread++) {
                walking.add(walkers.submit(() -> {
                    int answered = 0;
                    while (!enough.get()) {
                        Distribution.Answer answer = distribution.run("traverse", files.resolve("lamp.md").toString(), "--json");
                        if (answer.exit() == 0) {
                            assertEquals(expected, ids(Json.readObject(answer.out())));
                            answered++;
                        } else {
                            assertTrue(answer.error(), answer.error().contains("zsei.traversal") || answer.error().contains("BundleContext"));
                        }
                    }
                    return answered;
                }));
            }
            for (int i = 0; i < 3; i++) {
                ok("shell", "bundle:restart studio.ozone.zsei.traversal");
                Distribution.await("it answers again", () -> distribution.run("traverse", files.resolve("lamp.md").toString(), "--json").exit() == 0);
            }
            enough.set(true);
            for (Future<Integer> each : walking) {
                assertTrue(each.get() > 0);
            }
        }
    }

    private static Map<String, Object> walk(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("traverse", "--json"));
        command.addAll(List.of(arguments));
        return Json.readObject(ok(command.toArray(String[]::new)));
    }

    private static List<Object> ids(Map<String, Object> shown) {
        return ((List<?>) shown.get("containers")).stream().<Object>map(each -> ((Map<?, ?>) each).get("id")).toList();
    }

    private static String ok(String... command) throws IOException {
        Distribution.Answer answer = distribution.run(command);
        assertEquals(String.join(" ", command) + ": " + answer.out() + answer.error(), 0, answer.exit());
        return answer.out();
    }
}
