package studio.ozone.web.api;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import studio.ozone.api.capability.Capabilities.Capability;
import studio.ozone.api.config.Edit;
import studio.ozone.api.config.Origin;
import studio.ozone.api.config.Settings;
import studio.ozone.api.config.SettingsException;
import studio.ozone.runtime.json.Json;

/** Capabilities and configuration. A switch is a setting; there is no other way to change one. */
final class SwitchRoutes {

    private static final String WAY = "http";
    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Services services;

    SwitchRoutes(Services services) {
        this.services = services;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/api/capabilities", exchange -> exchange.answer(services.capabilities().list())),
                new Route("PUT", "/api/capabilities/{name}", this::toggle),
                new Route("GET", "/api/config", this::show),
                new Route("PUT", "/api/config", this::setAll),
                new Route("GET", "/api/config/{key}", exchange -> exchange.answer(services.settings().get(exchange.parameter()))),
                new Route("PUT", "/api/config/{key}", this::set));
    }

    private void toggle(Exchange exchange) throws IOException, Problem, SettingsException, InterruptedException {
        Fields body = exchange.body();
        boolean enabled = body.needFlag("enabled");
        body.end();
        Capability before = find(exchange.parameter());
        apply(Map.of(before.key(), String.valueOf(enabled)));
        exchange.answer(settled(before.name(), enabled));
    }

    /** The capability once its bundle has followed its key, or as it is after two seconds. */
    private Capability settled(String name, boolean enabled) throws Problem, InterruptedException {
        long end = System.nanoTime() + SETTLE_NANOS;
        Capability now = find(name);
        while (!now.state().equals(enabled ? "active" : "stopped") && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(5);
            now = find(name);
        }
        return now;
    }

    private Capability find(String name) throws Problem {
        return services.capabilities().find(name).orElseThrow(() -> new Problem(404, "Unknown capability",
                services.capabilities().whyAbsent(name)));
    }

    private void show(Exchange exchange) throws IOException, Problem, SettingsException {
        Fields query = exchange.query();
        String prefix = query.text("prefix");
        query.end();
        exchange.answer(services.settings().show(prefix == null ? "" : prefix));
    }

    private void set(Exchange exchange) throws IOException, Problem, SettingsException {
        Map<String, Object> body = exchange.object();
        if (!body.keySet().equals(java.util.Set.of("value"))) {
            throw Problem.badRequest("The body is {\"value\": …}, not an object with " + body.keySet() + ".");
        }
        exchange.answer(apply(Map.of(exchange.parameter(), text(exchange.parameter(), body.get("value")))));
    }

    private void setAll(Exchange exchange) throws IOException, Problem, SettingsException {
        Map<String, String> values = new LinkedHashMap<>();
        for (Map.Entry<String, Object> entry : exchange.object().entrySet()) {
            values.put(entry.getKey(), text(entry.getKey(), entry.getValue()));
        }
        if (values.isEmpty()) {
            throw Problem.badRequest("The body names no key. It is {\"zsei.traversal.default_max_depth\": 12, …}.");
        }
        exchange.answer(apply(values));
    }

    private Settings.Plan apply(Map<String, String> values) throws SettingsException {
        return services.settings().apply(Edit.Keys.set(values), new Origin(WAY, System.getProperty("user.name")));
    }

    /** A value as the text that the settings read with the key's type. */
    private static String text(String key, Object value) throws Problem {
        return switch (value) {
            case String text -> text;
            case Boolean flag -> flag.toString();
            case Number number -> number.toString();
            case List<?> list -> Json.write(list);
            case null, default -> throw Problem.badRequest("`" + key + "` is a string, a number, true, false or a list, not "
                    + Json.write(value) + ".");
        };
    }
}
