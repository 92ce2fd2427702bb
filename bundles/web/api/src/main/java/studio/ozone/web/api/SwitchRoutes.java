package studio.ozone.web.api;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import studio.ozone.api.capability.Capabilities.Capability;
import studio.ozone.api.config.Edit;
import studio.ozone.api.config.SettingsException;

/** Capabilities. A switch is a setting; there is no other way to change one. */
final class SwitchRoutes {

    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Services services;

    SwitchRoutes(Services services) {
        this.services = services;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/api/capabilities", exchange -> exchange.answer(services.capabilities().list())),
                new Route("PUT", "/api/capabilities/{name}", this::toggle));
    }

    private void toggle(Exchange exchange) throws IOException, Problem, SettingsException, InterruptedException {
        Fields body = exchange.body();
        boolean enabled = body.needFlag("enabled");
        body.end();
        Capability before = find(exchange.parameter());
        services.settings().apply(Edit.Keys.set(Map.of(before.key(), String.valueOf(enabled))), exchange.origin());
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
}
