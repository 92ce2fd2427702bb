package studio.ozone.web.api;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.servlet.whiteboard.Preprocessor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.config.SettingsException;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.zsei.SourceException;
import studio.ozone.api.zsei.ZseiException;

/** The HTTP API: finds the route, and says in one form what went wrong. It is there only while the guard before it is. */
@Component(service = Servlet.class, property = {"osgi.http.whiteboard.servlet.pattern=/api/*",
    "osgi.http.whiteboard.servlet.pattern=/health/ready", "osgi.http.whiteboard.servlet.name=ozone-api"})
public final class Api extends HttpServlet {

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(Api.class);

    private final transient List<Route> routes = new ArrayList<>();

    @Activate
    public Api(@Reference Services services, @Reference(target = "(ozone.web.guard=true)") Preprocessor guard) {
        this(services);
    }

    Api(Services services) {
        routes.addAll(new WorkRoutes(services).routes());
        routes.addAll(new ConversationRoutes(services).routes());
        routes.addAll(new ModelRoutes(services).routes());
        routes.addAll(new EgressRoutes(services).routes());
        routes.addAll(new SwitchRoutes(services).routes());
        routes.addAll(new ConfigRoutes(services).routes());
        routes.addAll(new StateRoutes(services).routes());
    }

    List<Route> routes() {
        return List.copyOf(routes);
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
        String path = request.getServletPath() + (request.getPathInfo() == null ? "" : request.getPathInfo());
        String method = request.getMethod().equals("HEAD") ? "GET" : request.getMethod();
        TreeSet<String> allowed = new TreeSet<>();
        for (Route route : routes) {
            if (route.matches(path)) {
                if (route.method().equals(method)) {
                    run(route, new Exchange(request, response, route.parameter(path)));
                    return;
                }
                allowed.add(route.method());
            }
        }
        Exchange exchange = new Exchange(request, response, null);
        if (allowed.isEmpty()) {
            exchange.answer(new Problem(404, "Not found", "Nothing is served at " + path + ". GET /api/openapi.json lists what is."));
        } else {
            response.setHeader("Allow", String.join(", ", allowed));
            exchange.answer(new Problem(405, "Method not allowed", path + " takes " + String.join(", ", allowed) + "."));
        }
    }

    private static void run(Route route, Exchange exchange) throws IOException {
        try {
            route.handler().handle(exchange);
        } catch (Problem e) {
            exchange.answer(e);
        } catch (PipelineException e) {
            exchange.answer(Problem.of(e));
        } catch (ProviderException e) {
            exchange.answer(Problem.of(e));
        } catch (ZseiException e) {
            exchange.answer(Problem.of(e));
        } catch (SourceException e) {
            exchange.answer(Problem.of(e));
        } catch (SettingsException e) {
            exchange.answer(Problem.of(e));
        } catch (InterruptedException e) {
            exchange.answer(new Problem(503, "Cancelled", "The work was cancelled because its capability was stopped."));
        } catch (RuntimeException e) {
            LOG.error("{} {} failed", route.method(), route.template(), e);
            exchange.answer(new Problem(500, "Failed", "An error of Ozone Studio itself; the log (./ozone-core logs) has it: " + e));
        }
    }
}
