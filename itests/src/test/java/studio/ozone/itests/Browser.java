package studio.ozone.itests;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import studio.ozone.runtime.json.Json;

/** Somebody who has followed the one-time link of {@code ozone-core console} and clicks through the web console. */
public final class Browser {

    private final HttpClient client = HttpClient.newHttpClient();
    private final Distribution distribution;
    private final String origin;
    private final String cookie;

    Browser(Distribution distribution) throws IOException {
        this.distribution = distribution;
        this.origin = "http://127.0.0.1:" + distribution.port();
        Distribution.Answer link = distribution.run("console");
        HttpResponse<String> welcome = send(HttpRequest.newBuilder(URI.create(link.out().strip())).GET());
        if (welcome.statusCode() != 303) {
            throw new IOException("The link " + link + " does not open: " + welcome.statusCode());
        }
        this.cookie = welcome.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
    }

    /** Opens a configuration's form, changes one field, and presses Save: all fields are sent. */
    void save(String pid, String key, String value) throws IOException {
        Map<?, ?> form = Json.readObject(ok(post("/console/configMgr/" + pid, "")));
        Map<String, String> fields = new LinkedHashMap<>();
        for (Map.Entry<?, ?> property : ((Map<?, ?>) form.get("properties")).entrySet()) {
            fields.put((String) property.getKey(), String.valueOf(((Map<?, ?>) property.getValue()).get("value")));
        }
        if (!fields.containsKey(key)) {
            throw new IOException("The form of " + pid + " has no field " + key + ": " + form);
        }
        fields.put(key, value);
        String names = String.join(",", fields.keySet());
        Map<String, String> sent = new LinkedHashMap<>(Map.of("apply", "true", "action", "ajaxConfigManager", "propertylist", names, "$location", "?"));
        sent.putAll(fields);
        HttpResponse<String> saved = post("/console/configMgr/" + pid, sent.entrySet().stream()
                .map(each -> encode(each.getKey()) + "=" + encode(each.getValue())).collect(Collectors.joining("&")));
        if (saved.statusCode() != 302) {
            throw new IOException("Saving " + pid + ": " + saved.statusCode() + " " + saved.body());
        }
    }

    /**
     * Everything that would look different if it had been restarted: bundles, services, which the framework numbers anew at each
     * registration, and component configurations, which Declarative Services numbers anew at each start.
     *
     * @param left the bundles that are left out, with their services and components
     */
    Map<String, String> seen(String... left) throws IOException {
        Set<Object> without = Set.of((Object[]) left);
        Map<String, String> seen = new TreeMap<>();
        Map<Object, String> names = new TreeMap<>();
        for (Map<?, ?> bundle : data("/console/bundles.json")) {
            names.put(bundle.get("id"), String.valueOf(bundle.get("symbolicName")));
            if (!without.contains(bundle.get("symbolicName"))) {
                seen.put("bundle " + bundle.get("id"), bundle.get("symbolicName") + " " + bundle.get("version") + " " + bundle.get("state"));
            }
        }
        for (String line : distribution.run("shell", "each ($.context bundles) { echo ($it bundleId) ($it lastModified) }").out().split("\n")) {
            String[] idAndTime = line.strip().split(" ");
            seen.computeIfPresent("bundle " + idAndTime[0], (key, value) -> value + " of " + idAndTime[1]);
        }
        for (Map<?, ?> service : data("/console/services.json")) {
            String types = String.valueOf(service.get("types"));
            // The forms for keys that no bundle describes follow the bundles that come and go; Declarative Services registers a managed service
            // on behalf of a bundle when it first has to know whether that bundle may see a configuration.
            if (!without.contains(service.get("bundleSymbolicName")) && !types.contains("MetaTypeProvider")
                    && !types.equals("[org.osgi.service.cm.ManagedService]")) {
                seen.put("service " + service.get("id"), service.get("bundleSymbolicName") + " offers " + types);
            }
        }
        for (Map<?, ?> component : data("/console/components.json")) {
            if (!without.contains(names.get(component.get("bundleId")))) {
                // Whether a satisfied component has been asked for yet says nothing about a restart.
                String state = String.valueOf(component.get("state"));
                seen.put("component " + component.get("id"), component.get("name") + (state.equals("satisfied") || state.equals("active") ? " works" : " " + state));
            }
        }
        return seen;
    }

    /** The names of all components, which are those of their classes. */
    Set<String> components() throws IOException {
        return data("/console/components.json").stream().map(component -> String.valueOf(component.get("name"))).collect(Collectors.toSet());
    }

    /** Whether the components of a bundle are there and have what they need; the bundle is active a moment before. */
    boolean works(String bundle) throws IOException {
        List<Map<?, ?>> own = data("/console/components.json").stream().filter(each -> String.valueOf(each.get("name")).startsWith(bundle + ".")).toList();
        return !own.isEmpty() && own.stream().allMatch(each -> Set.of("satisfied", "active").contains(String.valueOf(each.get("state"))));
    }

    /** What is in one and not in the other; empty where nothing has changed. */
    public static String difference(Map<String, String> before, Map<String, String> after) {
        List<String> lines = new ArrayList<>();
        before.forEach((key, value) -> {
            if (!value.equals(after.get(key))) {
                lines.add("- " + key + ": " + value);
            }
        });
        after.forEach((key, value) -> {
            if (!value.equals(before.get(key))) {
                lines.add("+ " + key + ": " + value);
            }
        });
        return String.join("\n", lines);
    }

    private List<Map<?, ?>> data(String path) throws IOException {
        List<Map<?, ?>> rows = new ArrayList<>();
        for (Object row : (List<?>) Json.readObject(ok(send(request(path).GET()))).get("data")) {
            rows.add((Map<?, ?>) row);
        }
        return rows;
    }

    private HttpResponse<String> post(String path, String body) throws IOException {
        return send(request(path).header("Origin", origin).header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(origin + path)).header("Cookie", cookie).header("Sec-Fetch-Site", "same-origin");
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static String ok(HttpResponse<String> answer) throws IOException {
        if (answer.statusCode() != 200) {
            throw new IOException(answer + ": " + answer.body());
        }
        return answer.body();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
