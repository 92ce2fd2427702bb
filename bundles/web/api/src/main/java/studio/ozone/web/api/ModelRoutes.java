package studio.ozone.web.api;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import studio.ozone.api.config.SettingsException;
import studio.ozone.api.llm.Models;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.runtime.Progress;

/** The language models of this machine. A download that is not asked for as events ends with its request, too. */
final class ModelRoutes {

    /** Work that reports while it goes on. */
    @FunctionalInterface
    private interface Work {
        Object run(Progress progress) throws ProviderException, InterruptedException;
    }

    private final Services services;

    ModelRoutes(Services services) {
        this.services = services;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/api/models", this::list),
                new Route("POST", "/api/models", this::take),
                new Route("PUT", "/api/models/{name}", this::use),
                new Route("DELETE", "/api/models/{name}", exchange -> exchange.answer(services.models().remove(exchange.parameter()))));
    }

    private void list(Exchange exchange) throws IOException, Problem, ProviderException {
        Models models = services.models();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("models", models.list());
        answer.put("loaded", models.ps());
        exchange.answer(answer);
    }

    /** By a download or from a file. */
    private void take(Exchange exchange) throws IOException, Problem, ProviderException, InterruptedException {
        Fields body = exchange.body();
        String reference = body.text("pull");
        String sha256 = body.text("sha256");
        String file = body.text("add");
        boolean force = body.flag("force", false);
        body.end();
        if ((reference == null) == (file == null)) {
            throw Problem.badRequest("Either `pull` (an https URL, or hf:owner/repo/file.gguf) or `add` (the absolute path of a file).");
        }
        Models models = services.models();
        if (reference != null) {
            run(exchange, progress -> models.pull(reference, sha256, force, progress));
        } else {
            Path path = new Fields(Map.of("add", List.of(file))).paths("add").getFirst();
            run(exchange, progress -> models.add(path, force, progress));
        }
    }

    private void use(Exchange exchange) throws IOException, Problem, ProviderException, SettingsException {
        Fields body = exchange.body();
        boolean force = body.flag("force", false);
        body.end();
        exchange.answer(services.models().use(exchange.parameter(), force, exchange.origin()));
    }

    private static void run(Exchange exchange, Work work) throws IOException, ProviderException, InterruptedException {
        if (!exchange.wantsEvents()) {
            Object model;
            try (Departure departure = exchange.departure()) {
                try {
                    model = work.run(Progress.NONE);
                } catch (InterruptedException e) {
                    if (departure.gone()) {
                        return;
                    }
                    throw e;
                }
            }
            exchange.answer(model);
            return;
        }
        Events events = exchange.events();
        try (Departure departure = exchange.departure()) {
            events.end("model", work.run(events));
        } catch (ProviderException e) {
            events.end("error", Problem.of(e).body());
        } catch (InterruptedException e) {
            events.end("error", new Problem(503, "Cancelled", "The work was cancelled; the same request goes on from there.").body());
        }
    }
}
