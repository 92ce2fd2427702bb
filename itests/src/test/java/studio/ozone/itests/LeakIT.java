package studio.ozone.itests;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.Timeout;

import studio.ozone.runtime.json.Json;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

/** Capabilities that stop and start again and again while they are in use leave nothing behind. */
public class LeakIT {

    @ClassRule
    public static final TemporaryFolder FOLDER = new TemporaryFolder();

    private static final int ROUNDS = 20;
    /** Every so many rounds the feature is taken away and comes back, so that the bundle gets a class loader of its own again. */
    private static final int FEATURE_EVERY = 5;
    private static final Map<String, String> SWITCHES = new TreeMap<>(Map.of(
            "pipeline.prompt", "pipeline.built_in.prompt_enabled",
            "pipeline.ingest", "pipeline.built_in.ingest_enabled",
            "pipeline.text_analysis", "pipeline.built_in.text_analysis_enabled",
            "egress", "egress.enabled",
            "llm.api", "llm.api.enabled",
            "llm.extractive", "llm.extractive.enabled",
            "llm.local", "llm.local.enabled",
            "zsei.embeddings", "zsei.embeddings.enabled",
            "zsei.integrity", "zsei.integrity.enabled"));
    private static final String LOADER = "org.apache.felix.framework.BundleWiringImpl$BundleClassLoader";

    @Rule
    public final Timeout timeout = Timeout.seconds(420);

    private Distribution distribution;
    private Path document;

    @Test
    public void twentyRoundsUnderLoadLeaveNoThreadAndNoClassLoader() throws Exception {
        Path folder = FOLDER.newFolder("files").toPath().toRealPath();
        document = folder.resolve("lighthouse.md");
        Files.writeString(document, "# Lighthouse\n\nThe lamp was built in 1887 by Ottoline Fenwick. It burns colza oil in Harwich.\n");
        try (Distribution started = new Distribution(FOLDER.newFolder("it").toPath()).start()) {
            distribution = started;
            Distribution.await("the features service knows what was shipped", () -> ok("shell", "feature:list -i").contains("ozone-zsei-embeddings"));
            Browser browser = new Browser(distribution);
            Acknowledged acknowledged = new Acknowledged(distribution, folder);
            acknowledged.ingest(20, new Random(1));
            ok("ingest", document.toString());
            everythingOnce();
            // Each way once, so that what is made late for good (a loader of a bundle that nobody has used yet) is not taken for a leak.
            for (String name : SWITCHES.keySet()) {
                offAndOn(name, true);
                offAndOn(name, false);
            }
            everythingOnce();
            String[] switchable = SWITCHES.keySet().stream().map(name -> "studio.ozone." + name).toArray(String[]::new);
            Map<String, String> before = browser.seen(switchable);
            Map<String, Integer> classesBefore = heap();

            AtomicBoolean over = new AtomicBoolean();
            AtomicInteger answered = new AtomicInteger();
            Map<String, Integer> refusals = new ConcurrentSkipListMap<>();
            List<Future<Void>> load = new ArrayList<>();
            try (ExecutorService users = Executors.newFixedThreadPool(4)) {
                for (String[] command : new String[][] {{"prompt", "Who built the lamp?"}, {"search", "colza oil"}, {"analyze", document.toString()}}) {
                    load.add(users.submit(() -> use(over, answered, refusals, () -> distribution.run(command))));
                }
                load.add(users.submit(() -> use(over, answered, refusals, () -> {
                    try {
                        acknowledged.ingest(3, new Random(2));
                        return new Distribution.Answer(0, "", "");
                    } catch (IOException e) {
                        return new Distribution.Answer(1, "", e.getMessage());
                    }
                })));
                try {
                    for (int round = 1; round <= ROUNDS; round++) {
                        for (String name : SWITCHES.keySet()) {
                            offAndOn(name, round % FEATURE_EVERY == 0);
                        }
                    }
                } finally {
                    over.set(true);
                }
                for (Future<Void> user : load) {
                    user.get(60, TimeUnit.SECONDS);
                }
            }
            System.out.println("LeakIT: " + answered + " requests answered, refused: " + refusals);
            refusals.keySet().forEach(why -> assertTrue(why, !why.isBlank() && !why.contains("Exception")));
            assertTrue("requests were answered meanwhile", answered.get() > 100);

            assertEquals("nothing else was restarted", "", Browser.difference(before, browser.seen(switchable)));
            everythingOnce();
            assertEquals("acknowledged and lost", List.of(), acknowledged.missing());
            for (String name : SWITCHES.keySet()) {
                ok("config", "--set", SWITCHES.get(name) + "=false");
                Distribution.await(name + " leaves no thread", () -> state(name).equals("stopped") && threads(name).isEmpty());
                ok("config", "--set", SWITCHES.get(name) + "=true");
                Distribution.await(name + " is on", () -> state(name).equals("active"));
            }
            everythingOnce();
            try {
                Distribution.await("no class loader is left", () -> leaked(classesBefore).isEmpty());
            } catch (AssertionError e) {
                assertEquals("left on the heap", Map.of(), leaked(classesBefore));
            }
        }
    }

    /** Each capability does its work once, so that whatever it makes late is there. */
    private void everythingOnce() throws IOException {
        assertTrue(ok("prompt", "Who built the lamp?").contains("Ottoline Fenwick"));
        assertTrue(ok("search", "who made the light", "--mode", "semantic").contains("lighthouse.md"));
        assertTrue(ok("analyze", document.toString()).contains("Harwich"));
        ok("ingest", document.toString(), "--force");
    }

    private Void use(AtomicBoolean over, AtomicInteger answered, Map<String, Integer> refusals, Callable<Distribution.Answer> command) throws Exception {
        while (!over.get()) {
            Distribution.Answer answer = command.call();
            if (answer.exit() == 0) {
                answered.incrementAndGet();
            } else {
                refusals.merge(answer.error().replaceAll("records-\\d+", "records-N"), 1, Integer::sum);
            }
        }
        return null;
    }

    private void offAndOn(String name, boolean byFeature) throws IOException {
        String feature = "ozone-" + name.replace('.', '-').replace('_', '-');
        if (byFeature) {
            ok("shell", "feature:uninstall " + feature);
            ok("shell", "feature:install " + feature);
        } else {
            ok("config", "--set", SWITCHES.get(name) + "=false");
            Distribution.await(name + " is off", () -> state(name).equals("stopped"));
            ok("config", "--set", SWITCHES.get(name) + "=true");
        }
        Distribution.await(name + " is on", () -> state(name).equals("active"));
    }

    private Set<String> threads(String name) throws Exception {
        Set<String> threads = new TreeSet<>();
        Pattern.compile("(?m)^\"([^\"]*)\"").matcher(jcmd("Thread.print")).results().map(found -> found.group(1))
                .filter(thread -> thread.startsWith(name + "/")).forEach(threads::add);
        return threads;
    }

    /** Bundles' class loaders and instances of our own components that there are more of than before. */
    private Map<String, String> leaked(Map<String, Integer> before) throws Exception {
        Map<String, String> more = new TreeMap<>();
        heap().forEach((name, count) -> {
            int then = before.getOrDefault(name, 0);
            if (count > then) {
                more.put(name, then + " -> " + count);
            }
        });
        return more;
    }

    /** How many there are of each class loader of bundles, and of each component of a switchable bundle, after a collection. */
    private Map<String, Integer> heap() throws Exception {
        Set<String> components = new Browser(distribution).components();
        components.removeIf(name -> SWITCHES.keySet().stream().noneMatch(each -> name.startsWith("studio.ozone." + each)));
        Map<String, Integer> count = new TreeMap<>();
        for (String line : jcmd("GC.class_histogram").split("\n")) {
            String[] columns = line.strip().split("\\s+");
            if (columns.length >= 4 && (columns[3].equals(LOADER) || components.contains(columns[3]))) {
                count.merge(columns[3], Integer.parseInt(columns[1]), Integer::sum);
            }
        }
        assertTrue(count.toString(), count.containsKey(LOADER));
        return count;
    }

    private String jcmd(String what) throws Exception {
        Process process = new ProcessBuilder(System.getProperty("java.home") + "/bin/jcmd", String.valueOf(distribution.process().pid()), what)
                .redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(text, 0, process.waitFor());
        return text;
    }

    private String state(String name) throws IOException {
        for (Object each : (List<?>) Json.read(ok("capabilities", "--json"))) {
            if (name.equals(((Map<?, ?>) each).get("name"))) {
                return (String) ((Map<?, ?>) each).get("state");
            }
        }
        return "absent";
    }

    private String ok(String... command) throws IOException {
        Distribution.Answer answer = distribution.run(command);
        assertEquals(String.join(" ", command) + ": " + answer.out() + answer.error(), 0, answer.exit());
        return answer.out();
    }
}
