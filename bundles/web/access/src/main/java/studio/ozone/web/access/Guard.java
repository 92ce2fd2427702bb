package studio.ozone.web.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.servlet.whiteboard.Preprocessor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.web.LoginLinks;
import studio.ozone.runtime.json.Json;

/**
 * Stands before everything that is served over HTTP: servlets, resources, the web console, and pages that do not exist. A request
 * needs the token or a session. {@link Door} lets no request through while the guard is not in force.
 */
@Component(service = {Preprocessor.class, Guard.class}, property = Guard.PROPERTY + "=true")
public final class Guard implements Preprocessor {

    /** Service property by which others wait for the guard before they serve anything. */
    static final String PROPERTY = "ozone.web.guard";

    /** Where a browser goes after it was let in. */
    static final String HOME = "/console/ozone";

    private static final Logger LOG = LoggerFactory.getLogger(Guard.class);
    private static final String BEARER = "Bearer ";

    private final String tokenDigest;
    private final String shut;
    private final Sessions sessions;
    private volatile boolean inForce;

    @Activate
    public Guard(BundleContext context) {
        this(Path.of(context.getProperty("ozone.data")), InstantSource.system());
    }

    Guard(Path dataHome, InstantSource clock) {
        String digest = null;
        String problem = null;
        try {
            digest = Sessions.digest(TokenFile.open(dataHome));
        } catch (AccessException e) {
            LOG.error(e.getMessage());
            problem = e.getMessage();
        }
        this.tokenDigest = digest;
        this.shut = problem;
        this.sessions = new Sessions(clock);
    }

    /** Why nobody is let in; empty when all is well. */
    Optional<String> shut() {
        return Optional.ofNullable(shut);
    }

    boolean inForce() {
        return inForce;
    }

    String ticket() {
        return sessions.ticket();
    }

    @Override
    public void init(FilterConfig config) {
        inForce = true;
    }

    @Override
    public void destroy() {
        inForce = false;
    }

    @Override
    public void doFilter(ServletRequest plain, ServletResponse answer, FilterChain chain) throws IOException, ServletException {
        HttpServletRequest request = (HttpServletRequest) plain;
        HttpServletResponse response = (HttpServletResponse) answer;
        String path = path(request);
        Headers.set(response, path);
        Optional<Rules.Refusal> refusal = Rules.check(all(request, "Host"), String.valueOf(request.getServerName()), all(request, "Origin"),
                all(request, "Sec-Fetch-Site"));
        if (refusal.isPresent()) {
            refuse(request, response, refusal.get());
        } else if (path.equals("/health/live") && isRead(request)) {
            json(response, 200, "application/json", Map.of("live", true));
        } else if (Rules.socketOnly(path)) {
            refuse(request, response, new Rules.Refusal(404, "Not found", "Nothing is served at " + path + "."));
        } else if (path.equals("/login")) {
            login(request, response);
        } else {
            admit(request, response, path, chain);
        }
    }

    private void admit(HttpServletRequest request, HttpServletResponse response, String path, FilterChain chain)
            throws IOException, ServletException {
        String user = user(request);
        if (user == null) {
            response.setHeader("WWW-Authenticate", "Bearer realm=\"Ozone Studio\"");
            refuse(request, response, shut != null ? new Rules.Refusal(503, "Shut", shut) : new Rules.Refusal(401, "Not signed in",
                    "Run `./ozone-core console` to open a session in the browser, or send `Authorization: Bearer` with the content of the "
                            + "file `token` in the data home."));
        } else if (path.equals("/logout")) {
            session(request).ifPresent(sessions::revoke);
            response.addHeader("Set-Cookie", cookie(request) + "=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
            Pages.write(response, 200, "Signed out", "This browser is signed out. Run `./ozone-core console` to come back.");
        } else if (path.equals("/") && isRead(request)) {
            redirect(response, HOME);
        } else {
            request.setAttribute(LoginLinks.USER, user);
            chain.doFilter(request, response);
        }
    }

    /** {@code token}, {@code session}, or null. A wrong {@code Authorization} header is not made good by a cookie. */
    private String user(HttpServletRequest request) {
        List<String> authorization = all(request, "Authorization");
        if (!authorization.isEmpty()) {
            String header = authorization.getFirst();
            boolean bearer = authorization.size() == 1 && header.regionMatches(true, 0, BEARER, 0, BEARER.length());
            return bearer && isToken(header.substring(BEARER.length()).strip()) ? "token" : null;
        }
        return shut == null && session(request).filter(sessions::valid).isPresent() ? "session" : null;
    }

    private boolean isToken(String given) {
        return tokenDigest != null && MessageDigest.isEqual(tokenDigest.getBytes(StandardCharsets.US_ASCII),
                Sessions.digest(given).getBytes(StandardCharsets.US_ASCII));
    }

    private void login(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String ticket = request.getMethod().equals("GET") ? request.getParameter("ticket") : null;
        Optional<String> session = ticket == null ? Optional.empty() : sessions.redeem(ticket);
        if (session.isPresent()) {
            response.addHeader("Set-Cookie", cookie(request) + "=" + session.get() + "; Path=/; Max-Age=" + Sessions.SESSION_LIFE.toSeconds()
                    + "; HttpOnly; SameSite=Strict");
        } else if (user(request) == null) {
            Pages.write(response, 401, "This link is used up", "A link is good once, for a minute. Run `./ozone-core console` for a new one.");
            return;
        }
        String target = request.getParameter("to");
        redirect(response, target != null && Rules.local(target) ? target : HOME);
    }

    private static void redirect(HttpServletResponse response, String target) {
        response.setStatus(303);
        response.setHeader("Location", target);
    }

    /** Cookies do not know ports: the name keeps two instances of one machine apart. */
    private static String cookie(HttpServletRequest request) {
        return "ozone_session_" + request.getLocalPort();
    }

    private static Optional<String> session(HttpServletRequest request) {
        Cookie[] cookies = request.getCookies();
        String name = cookie(request);
        for (Cookie cookie : cookies == null ? new Cookie[0] : cookies) {
            if (cookie.getName().equals(name)) {
                return Optional.of(cookie.getValue());
            }
        }
        return Optional.empty();
    }

    private static void refuse(HttpServletRequest request, HttpServletResponse response, Rules.Refusal refusal) throws IOException {
        String accept = request.getHeader("Accept");
        if (accept != null && accept.contains("text/html")) {
            Pages.write(response, refusal.status(), refusal.title(), refusal.detail());
            return;
        }
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put("type", "about:blank");
        problem.put("title", refusal.title());
        problem.put("status", refusal.status());
        problem.put("detail", refusal.detail());
        json(response, refusal.status(), "application/problem+json", problem);
    }

    private static void json(HttpServletResponse response, int status, String type, Object body) throws IOException {
        byte[] bytes = Json.write(body).getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setContentType(type);
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }

    /** The decoded path, put together as the dispatcher does. */
    private static String path(HttpServletRequest request) {
        return (request.getServletPath() == null ? "" : request.getServletPath()) + (request.getPathInfo() == null ? "" : request.getPathInfo());
    }

    private static boolean isRead(HttpServletRequest request) {
        return request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
    }

    private static List<String> all(HttpServletRequest request, String header) {
        return Collections.list(request.getHeaders(header));
    }
}
