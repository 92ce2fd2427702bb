package studio.ozone.web.console;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Set;

import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.apache.felix.webconsole.servlet.AbstractServlet;
import org.osgi.service.component.annotations.Component;

/**
 * The page of capabilities, health and configuration. It is a page of its own, without the console's frame and scripts, and shows what {@code /api} says:
 * the page itself holds no data.
 */
@Component(service = Servlet.class, property = {"felix.webconsole.label=ozone", "felix.webconsole.title=Ozone Studio",
    "felix.webconsole.category=Ozone"})
public final class OzonePage extends AbstractServlet {

    private static final long serialVersionUID = 1L;
    private static final String PAGE = "/res/ozone.html";
    private static final Set<String> RESOURCES = Set.of("ozone.css", "ozone.js", "common.js", "capabilities.js", "config.js", "history.js", "preview.js",
        "part.js", "models.js", "conversations.js", "egress.js");

    @Override
    protected URL getResource(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return path.endsWith("/res/" + name) && RESOURCES.contains(name) ? getClass().getResource("/res/" + name) : null;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
        if (getResource(request.getPathInfo()) != null) {
            spoolResource(request, response);
            return;
        }
        response.setStatus(HttpServletResponse.SC_OK);
        response.setContentType("text/html; charset=utf-8");
        try (InputStream page = getClass().getResourceAsStream(PAGE)) {
            page.transferTo(response.getOutputStream());
        }
        response.flushBuffer();
    }
}
