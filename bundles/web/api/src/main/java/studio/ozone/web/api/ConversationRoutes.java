package studio.ozone.web.api;

import java.io.IOException;
import java.util.List;
import java.util.Map;

import studio.ozone.api.pipeline.Conversations;
import studio.ozone.api.pipeline.PipelineException;

/** What was asked before: listed, shown, exported, deleted. */
final class ConversationRoutes {

    /** What a conversation can be read as. */
    private enum Format { JSON, MARKDOWN }

    private final Services services;

    ConversationRoutes(Services services) {
        this.services = services;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/api/conversations", exchange -> exchange.answer(services.conversations().list())),
                new Route("GET", "/api/conversations/{id}", this::show),
                new Route("DELETE", "/api/conversations/{id}", this::delete));
    }

    private void show(Exchange exchange) throws IOException, Problem, PipelineException {
        Fields query = exchange.query();
        Format format = query.one("format", Format.class, Format.JSON);
        query.end();
        Conversations conversations = services.conversations();
        if (format == Format.MARKDOWN) {
            exchange.send(200, "text/markdown;charset=utf-8", conversations.markdown(id(exchange)));
        } else {
            exchange.answer(conversations.show(id(exchange)));
        }
    }

    private void delete(Exchange exchange) throws IOException, Problem, PipelineException {
        long id = id(exchange);
        services.conversations().delete(id);
        exchange.answer(Map.of("deleted", id));
    }

    private static long id(Exchange exchange) throws Problem {
        try {
            return Long.parseLong(exchange.parameter());
        } catch (NumberFormatException e) {
            throw Problem.badRequest("`" + exchange.parameter() + "` is no number of a conversation. GET /api/conversations lists them.");
        }
    }
}
