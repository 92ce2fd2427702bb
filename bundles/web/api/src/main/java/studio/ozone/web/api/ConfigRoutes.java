package studio.ozone.web.api;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import studio.ozone.api.capability.Impact;
import studio.ozone.api.config.Edit;
import studio.ozone.api.config.Settings;
import studio.ozone.api.config.SettingsException;
import studio.ozone.runtime.json.Json;

/**
 * The configuration: what is in force, what a change would do, and the change. All changes are edits; the three that name a key in their
 * path or body are short forms.
 */
final class ConfigRoutes {

    private static final String PATH = "/api/config/";
    private static final Set<String> KINDS = Set.of("set", "unset", "load", "merge", "undo", "restore");

    private final Services services;

    ConfigRoutes(Services services) {
        this.services = services;
    }

    List<Route> routes() {
        Settings settings = services.settings();
        return List.of(
                new Route("GET", "/api/config", this::show),
                new Route("PUT", "/api/config", exchange -> apply(exchange, keys(exchange.object()))),
                new Route("POST", PATH + "plan", this::plan),
                new Route("POST", PATH + "apply", exchange -> apply(exchange, edit(exchange.object()))),
                new Route("GET", PATH + "profiles", exchange -> exchange.answer(settings.profiles())),
                new Route("GET", PATH + "profiles/{name}", exchange -> exchange.answer(settings.diff(exchange.parameter()))),
                new Route("GET", PATH + "history", exchange -> exchange.answer(settings.history())),
                new Route("GET", PATH + "problems", exchange -> exchange.answer(settings.problems())),
                new Route("GET", PATH + "export", exchange -> exchange.send(200, "application/toml", settings.export())),
                new Route("GET", PATH + "recommend", exchange -> exchange.answer(services.recommendation())),
                new Route("POST", PATH + "validate", this::validate),
                new Route("GET", PATH + "explain/{key}", exchange -> exchange.answer(settings.explain(exchange.parameter()))),
                new Route("GET", PATH + "{key}", exchange -> exchange.answer(settings.get(exchange.parameter()))),
                new Route("PUT", PATH + "{key}", this::set),
                new Route("DELETE", PATH + "{key}", exchange -> apply(exchange, new Edit.Keys(Map.of(), List.of(exchange.parameter())))));
    }

    private void show(Exchange exchange) throws IOException, Problem, SettingsException {
        Fields query = exchange.query();
        String prefix = query.text("prefix");
        query.end();
        exchange.answer(services.settings().show(prefix == null ? "" : prefix));
    }

    private void set(Exchange exchange) throws IOException, Problem, SettingsException {
        Map<String, Object> body = exchange.object();
        if (!body.keySet().equals(Set.of("value"))) {
            throw Problem.badRequest("The body is {\"value\": …}, not an object with " + body.keySet() + ".");
        }
        apply(exchange, Edit.Keys.set(Map.of(exchange.parameter(), text(exchange.parameter(), body.get("value")))));
    }

    private void apply(Exchange exchange, Edit edit) throws IOException, SettingsException {
        exchange.answer(services.settings().apply(edit, exchange.origin()));
    }

    private void plan(Exchange exchange) throws IOException, Problem, SettingsException {
        Edit edit = edit(exchange.object());
        Settings.Plan plan = services.settings().plan(edit);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("plan", plan);
        Impact impact = services.impact;
        answer.put("effects", impact == null ? null : impact.of(services.settings(), edit, plan));     // null where nobody knows
        exchange.answer(answer);
    }

    private void validate(Exchange exchange) throws IOException, Problem {
        Fields body = exchange.body();
        String name = body.needText("name");
        String text = body.needText("text");
        body.end();
        exchange.answer(services.settings().validate(name, text));
    }

    private static Edit edit(Map<String, Object> body) throws Problem {
        if (body.isEmpty() || !KINDS.containsAll(body.keySet()) || body.size() > 1 && !Set.of("set", "unset").equals(body.keySet())) {
            throw Problem.badRequest("The body is one of {\"set\": {\"zsei.traversal.default_max_depth\": 12, …}, \"unset\": [\"…\"]}, {\"load\": \"minimal\"},"
                    + " {\"merge\": \"minimal\"}, {\"undo\": 1} and {\"restore\": 12}, not an object with " + body.keySet() + ".");
        }
        Fields fields = new Fields(body);
        return switch (body.keySet().iterator().next()) {
            case "load" -> new Edit.Load(fields.needText("load"));
            case "merge" -> new Edit.Merge(fields.needText("merge"));
            case "undo" -> new Edit.Undo(fields.number("undo", 1, Integer.MAX_VALUE, 1));
            case "restore" -> new Edit.Restore(fields.number("restore", 1, Integer.MAX_VALUE, 1));
            default -> new Edit.Keys(body.get("set") == null ? Map.of() : keys(object(body.get("set"))).set(), fields.texts("unset"));
        };
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Object value) throws Problem {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw Problem.badRequest("`set` is an object of keys and values, not " + Json.write(value) + ".");
    }

    private static Edit.Keys keys(Map<String, Object> body) throws Problem {
        Map<String, String> values = new LinkedHashMap<>();
        for (Map.Entry<String, Object> entry : body.entrySet()) {
            values.put(entry.getKey(), text(entry.getKey(), entry.getValue()));
        }
        if (values.isEmpty()) {
            throw Problem.badRequest("The body names no key. It is {\"zsei.traversal.default_max_depth\": 12, …}.");
        }
        return Edit.Keys.set(values);
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
