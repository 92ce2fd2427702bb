package studio.ozone.itests;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.Timeout;

import studio.ozone.runtime.json.Json;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

/**
 * The preview of a change against what then happens, for every switch and a key of every table and bundle that reads it: what was announced
 * happened, and no other bundle or service is another one than before.
 */
public class ImpactIT {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Rule
    public final Timeout timeout = Timeout.seconds(600);

    /** What Declarative Services registers for a bundle when the first configuration for one of its components comes. */
    private static final String MARKER = "[org.osgi.service.cm.ManagedService]";

    private final HttpClient client = HttpClient.newHttpClient();
    private Distribution distribution;
    private String token;

    @Before
    public void start() throws IOException {
        distribution = new Distribution(folder.newFolder("it").toPath()).start();
        token = Files.readString(distribution.data().resolve("token")).strip();
    }

    @After
    public void stop() throws InterruptedException {
        distribution.close();
    }

    /**
     * What runs, by symbolic name.
     *
     * @param states of the bundles
     * @param services ids of the services that a bundle has registered: a component that is made anew registers others
     */
    private record Snapshot(Map<String, String> states, Map<String, Set<Long>> services) { }

    @Test
    public void whatIsAnnouncedHappensAndNothingElse() throws Exception {
        List<Map<?, ?>> settings = new ArrayList<>();
        Set<String> parts = new TreeSet<>();
        for (Object each : list(get("/api/config"))) {
            Map<?, ?> setting = (Map<?, ?>) each;
            String key = (String) setting.get("key");
            if (setting.get("read_by") != null && other(key, setting) != null
                    && (setting.get("type").equals("boolean") || parts.add(key.substring(0, key.lastIndexOf('.')) + " " + setting.get("read_by")))) {
                settings.add(setting);
            }
        }
        assertTrue("tables and bundles: " + parts, parts.size() > 10);
        Set<String> seen = new TreeSet<>();
        Snapshot before = snapshot();
        for (Map<?, ?> setting : settings) {
            String key = (String) setting.get("key");
            Object other = other(key, setting);
            before = follows(key + " = " + other, Map.of("set", Map.of(key, other)), before, seen);
            before = follows(key + " unset", Map.of("unset", List.of(key)), before, seen);
        }
        assertEquals("each kind of effect was seen", Set.of("modifies", "reactivates", "starts", "stops"), seen);
        before = follows("two at once", Map.of("set", Map.of("pipeline.built_in.ingest_enabled", false, "zsei.traversal.default_max_depth", 7)), before, seen);
        follows("both back", Map.of("undo", 1), before, seen);
        Map<?, ?> again = effects(plan(Map.of("set", Map.of("pipeline.built_in.ingest_enabled", false)))).get("studio.ozone.pipeline.ingest");
        assertNotNull("how long a stop took is known by now: " + again, again.get("last_ms"));
        assertTrue("who uses it is named: " + again, list(again.get("used_by")).contains("pipeline.prompt"));
    }

    /** Keys that nobody reads are kept and touch nothing. */
    @Test
    public void aKeyThatNobodyReadsTouchesNothing() throws Exception {
        List<?> free = list(get("/api/config")).stream().filter(each -> ((Map<?, ?>) each).get("read_by") == null
                && "boolean".equals(((Map<?, ?>) each).get("type"))).toList();
        assertTrue("keys of bundles that do not exist yet", free.size() > 3);
        Map<String, Object> set = new HashMap<>();
        free.forEach(each -> set.put((String) ((Map<?, ?>) each).get("key"), !Boolean.TRUE.equals(((Map<?, ?>) each).get("value"))));
        Snapshot before = snapshot();
        Map<String, Object> plan = plan(Map.of("set", set));
        assertEquals(List.of(), list(plan.get("effects")));
        post("/api/config/apply", Map.of("set", set));
        Snapshot after = settled(before, Map.of(), List.of());
        assertEquals(before.states(), after.states());
        assertEquals(before.services(), after.services());
    }

    /** What a request that is being worked on counts as, and that it lives through a change of what it uses. */
    @Test
    public void requestsInProgressAreCountedAndAnswered() throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 4000; i++) {
            text.append("The lamp number ").append(i).append(" was built by keeper ").append(i * 7).append(" and burns oil.\n\n");
        }
        var file = Files.writeString(folder.newFile("lamps.md").toPath(), text);
        List<Distribution.Answer> answers = new ArrayList<>();
        Thread reading = Thread.ofPlatform().start(() -> {
            try {
                answers.add(distribution.run("ingest", file.toString(), "--json"));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        Distribution.await("the ingest is counted", () -> number(effects(plan(Map.of("set", Map.of("pipeline.ingest.threads", 3))))
                .get("studio.ozone.pipeline.ingest").get("working")) == 1);
        for (String change : List.of("pipeline.ingest.threads", "pipeline.ingest.max_pending", "zsei.embeddings.parallelism",
                "zsei.embeddings.idle_seconds", "zsei.embeddings.hnsw.ef_search", "zsei.sources.cache_mb", "zsei.tika.idle_seconds")) {
            post("/api/config/apply", Map.of("set", Map.of(change, change.endsWith("max_pending") ? 150 : 5)));
        }
        reading.join();
        assertEquals(answers.getFirst().error(), 0, answers.getFirst().exit());
        assertEquals(1, number(Json.readObject(answers.getFirst().out()).get("documents")));
        assertTrue("it was going on while everything changed", number(Json.readObject(answers.getFirst().out()).get("took_ms")) > 100);
        assertEquals(0, number(effects(plan(Map.of("set", Map.of("pipeline.ingest.threads", 3)))).get("studio.ozone.pipeline.ingest").get("working")));
    }

    /** Another value that the key takes; null for one that cannot be changed here. */
    private Object other(String key, Map<?, ?> setting) {
        return switch (key) {
            case "web.http.port" -> null;                   // the environment sets it
            case "zsei.embeddings.dimension" -> null;       // must be the model's
            case "web.http.host" -> "localhost";
            case "general.timezone" -> "Asia/Kolkata";
            case "zsei.global_storage_path", "zsei.local_storage_path" -> folder.getRoot().toPath().resolve(key).toString();
            default -> switch ((String) setting.get("type")) {
                case "boolean" -> !Boolean.TRUE.equals(setting.get("value"));
                case "integer" -> number(setting.get("value")) + (setting.get("range").toString().endsWith(".." + setting.get("value")) ? -1 : 1);
                case "number" -> ((Number) setting.get("value")).doubleValue() / 2;
                case "string" -> {
                    List<String> allowed = List.of(setting.get("range").toString().replaceFirst("^one of ", "").split(", "));
                    yield allowed.size() < 2 ? "another" : allowed.get(allowed.getFirst().equals(setting.get("value")) ? 1 : 0);
                }
                default -> null;
            };
        };
    }

    private Snapshot follows(String what, Map<String, Object> edit, Snapshot before, Set<String> seen) throws Exception {
        Map<String, Object> plan = plan(edit);
        Map<String, Map<?, ?>> effects = effects(plan);
        List<?> changes = list(((Map<?, ?>) plan.get("plan")).get("changes"));
        post("/api/config/apply", edit);
        Snapshot after = settled(before, effects, changes);
        effects.forEach((bundle, effect) -> {
            seen.add((String) effect.get("action"));
            assertTrue(what + ", announced and not so: " + effect, happened((String) effect.get("action"), bundle, before, after));
        });
        Set<String> untouched = new TreeSet<>(before.states().keySet());
        untouched.addAll(after.states().keySet());
        untouched.removeAll(effects.keySet());
        for (String bundle : untouched) {
            String where = what + ", announced for " + effects.keySet() + " only: " + bundle;
            assertEquals(where, before.states().get(bundle), after.states().get(bundle));
            assertEquals(where, before.services().get(bundle), after.services().get(bundle));
        }
        return after;
    }

    private static boolean happened(String action, String bundle, Snapshot before, Snapshot after) {
        return switch (action) {
            case "starts" -> !before.states().get(bundle).equals("Active") && after.states().get(bundle).equals("Active");
            case "stops" -> before.states().get(bundle).equals("Active") && !after.states().get(bundle).equals("Active");
            case "reactivates" -> after.states().get(bundle).equals("Active") && !before.services().get(bundle).equals(after.services().get(bundle))
                    && before.services().get(bundle).size() == after.services().get(bundle).size();
            case "modifies" -> after.states().get(bundle).equals("Active") && before.services().get(bundle).equals(after.services().get(bundle));
            default -> false;
        };
    }

    private static String property(Map<?, ?> change) {
        String key = (String) change.get("key");
        return key.substring(key.lastIndexOf('.') + 1) + " = " + change.get("after");
    }

    /** What runs once all that was announced has happened and nothing moves any more. */
    private Snapshot settled(Snapshot before, Map<String, Map<?, ?>> effects, List<?> changes) throws Exception {
        Snapshot[] last = {before};
        long[] since = {System.nanoTime()};
        Distribution.await("announced and not so: " + effects.values(), () -> {
            Snapshot now = snapshot();
            if (!now.equals(last[0])) {
                last[0] = now;
                since[0] = System.nanoTime();
            }
            return System.nanoTime() - since[0] > 100_000_000L && effects.entrySet().stream().allMatch(effect ->
                    happened((String) effect.getValue().get("action"), effect.getKey(), before, now));
        });
        for (Map.Entry<String, Map<?, ?>> effect : effects.entrySet()) {
            if (effect.getValue().get("action").equals("modifies")) {
                Distribution.await(effect.getKey() + " has taken " + changes, () -> taken(effect.getKey(), changes));
            }
        }
        return last[0];
    }

    private Snapshot snapshot() throws Exception {
        Map<String, String> states = new TreeMap<>();
        for (Object each : list(((Map<?, ?>) get("/console/bundles.json")).get("data"))) {
            Map<?, ?> bundle = (Map<?, ?>) each;
            states.put((String) bundle.get("symbolicName"), (String) bundle.get("state"));
        }
        Map<String, Set<Long>> services = new TreeMap<>();
        for (Object each : list(((Map<?, ?>) get("/console/services.json")).get("data"))) {
            Map<?, ?> service = (Map<?, ?>) each;
            if (!service.get("types").equals(MARKER)) {
                services.computeIfAbsent((String) service.get("bundleSymbolicName"), name -> new TreeSet<>()).add(number(service.get("id")));
            }
        }
        return new Snapshot(states, services);
    }

    /** Whether a component of the bundle has taken one of the new values. */
    private boolean taken(String bundle, List<?> changes) throws Exception {
        Set<String> names = changes.stream().map(change -> property((Map<?, ?>) change)).collect(Collectors.toSet());
        for (Object each : list(((Map<?, ?>) get("/console/components.json")).get("data"))) {
            Map<?, ?> component = (Map<?, ?>) each;
            if (component.get("name").toString().startsWith(bundle + ".") && number(component.get("id")) >= 0
                    && properties(component.get("id").toString()).stream().anyMatch(names::contains)) {
                return true;
            }
        }
        return false;
    }

    private Set<String> properties(String component) throws Exception {
        for (Object each : list(((Map<?, ?>) list(((Map<?, ?>) get("/console/components/" + component + ".json")).get("data")).getFirst()).get("props"))) {
            Map<?, ?> row = (Map<?, ?>) each;
            if ("Properties".equals(row.get("key"))) {
                return list(row.get("value")).stream().map(Object::toString).filter(text -> !text.startsWith("component.id")).collect(Collectors.toSet());
            }
        }
        return Set.of();
    }

    private Map<String, Object> plan(Map<String, Object> edit) throws Exception {
        return Json.readObject(post("/api/config/plan", edit));
    }

    private static Map<String, Map<?, ?>> effects(Map<String, Object> plan) {
        Map<String, Map<?, ?>> effects = new TreeMap<>();
        list(plan.get("effects")).forEach(each -> effects.put((String) ((Map<?, ?>) each).get("bundle"), (Map<?, ?>) each));
        return effects;
    }

    private Object get(String path) throws Exception {
        return Json.read(send(path, HttpRequest.BodyPublishers.noBody(), "GET"));
    }

    private String post(String path, Map<String, Object> body) throws Exception {
        return send(path, HttpRequest.BodyPublishers.ofString(Json.write(body)), "POST");
    }

    /**
     * The listener may be on its way to another address, and what is served may not be there yet; the console's list of services fails where
     * one goes while it is written. Then it is tried again.
     */
    private String send(String path, HttpRequest.BodyPublisher body, String method) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + distribution.port() + path)).method(method, body)
                .header("Authorization", "Bearer " + token).header("Content-Type", "application/json").build();
        List<HttpResponse<String>> answer = new ArrayList<>();
        Distribution.await(method + " " + path, () -> {
            HttpResponse<String> got = client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            return (got.statusCode() != 404 || method.equals("POST")) && got.statusCode() != 503
                    && (got.statusCode() != 500 || !path.startsWith("/console/")) && answer.add(got);
        });
        assertEquals(path + ": " + answer.getFirst().body(), 200, answer.getFirst().statusCode());
        return answer.getFirst().body();
    }

    private static List<?> list(Object value) {
        return (List<?>) value;
    }

    private static long number(Object value) {
        return value instanceof Number number ? number.longValue() : Long.parseLong(value.toString());
    }
}
