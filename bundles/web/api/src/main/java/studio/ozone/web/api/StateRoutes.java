package studio.ozone.web.api;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import studio.ozone.api.runtime.Health;
import studio.ozone.api.runtime.HealthCheck;
import studio.ozone.monitoring.metrics.Figures;

/** How the instance is, and the API's own description. */
final class StateRoutes {

    private final Services services;

    StateRoutes(Services services) {
        this.services = services;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/api/health", exchange -> exchange.answer(services.health().report())),
                new Route("GET", "/health/ready", this::ready),
                new Route("GET", "/api/metrics", exchange -> exchange.answer(Figures.of(services.metrics()))),
                new Route("GET", "/api/openapi.json", exchange -> exchange.send(200, "application/json", description())));
    }

    private void ready(Exchange exchange) throws IOException {
        Health.Report report = services.health().report();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("ready", report.ready());
        answer.put("reasons", report.checks().stream().filter(check -> check.gate() && check.status() == HealthCheck.Status.FAIL)
                .map(check -> check.name() + ": " + check.message()).toList());
        exchange.answer(report.ready() ? 200 : 503, answer);
    }

    static String description() throws IOException {
        try (InputStream in = StateRoutes.class.getResourceAsStream("openapi.json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
