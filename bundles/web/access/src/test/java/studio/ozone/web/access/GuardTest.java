package studio.ozone.web.access;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.runtime.HealthCheck;
import studio.ozone.api.web.LoginLinks;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** Guard and door in a real Jetty, put together as the whiteboard's dispatcher does. */
public class GuardTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final Instant now = Instant.EPOCH;
    private final Server server = new Server();
    private Guard guard;
    private Door door;
    private Connector connector;
    private String token;
    private int port;
    private Runnable moving;

    @Before
    public void start() throws Exception {
        Path home = folder.getRoot().toPath();
        guard = new Guard(home, () -> now);
        token = Files.readString(home.resolve("token")).strip();
        guard.init(null);
        door = new Door(guard, "127.0.0.1", 0);
        ServletContextHandler context = new ServletContextHandler("/");
        context.addServlet(new ServletHolder(new Dispatcher()), "/*");
        server.setHandler(context);
        server.start();
        connector = door.createConnector(server);
        server.addConnector(connector);
        connector.start();
        port = door.address().getPort();
    }

    @After
    public void stop() throws Exception {
        server.stop();
    }

    /** Serves every path: what it answers, it answers because the guard let the request through. */
    private final class Dispatcher extends HttpServlet {

        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
            guard.doFilter(request, response, (inner, answer) -> {
                if (request.getRequestURI().equals("/fails")) {
                    ((HttpServletResponse) answer).sendError(404);
                    return;
                }
                if (request.getRequestURI().equals("/moves")) {
                    moving.run();
                }
                answer.getOutputStream().print("user=" + inner.getAttribute(LoginLinks.USER));
            });
        }
    }

    @Test
    public void nothingIsServedWithoutToken() throws IOException {
        for (String path : List.of("/", "/api/capabilities", "/console", "/console/ozone", "/logout", "/nothing/here", "/health/ready", "/health/live/",
                "/%68ealth/live/x", "/health/live;/../../api/config", "/login/x")) {
            for (String method : List.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")) {
                String answer = send(method, path, "");
                assertFalse(method + " " + path + "\n" + answer, answer.contains("user="));
                assertTrue(method + " " + path + "\n" + answer, answer.startsWith("HTTP/1.1 401 ") || answer.startsWith("HTTP/1.1 400 "));
            }
        }
        assertTrue(send("POST", "/health/live", "").startsWith("HTTP/1.1 401 "));
    }

    @Test
    public void livenessIsOpen() throws IOException {
        assertTrue(send("GET", "/health/live", "").endsWith("{\"live\":true}"));
    }

    @Test
    public void theTokenOpens() throws IOException {
        assertTrue(get("/x", bearer(token)).endsWith("user=token"));
        assertTrue(get("/x", "authorization: bearer   " + token + "\r\n").endsWith("user=token"));
    }

    @Test
    public void nothingElseOpens() throws IOException {
        String admin = "Authorization: Basic " + base64("admin:admin") + "\r\n";
        String karaf = "Authorization: Basic " + base64("karaf:karaf") + "\r\n";
        String none = "Authorization: Basic " + base64("admin:") + "\r\n";
        String nobody = "Authorization: Basic " + base64(":") + "\r\n";
        String tokenAsPassword = "Authorization: Basic " + base64("admin:" + token) + "\r\n";
        for (String header : List.of(admin, karaf, none, nobody, tokenAsPassword, bearer(""), bearer("x"), bearer(token + "x"), bearer(token.substring(1)),
                bearer(token.toLowerCase(java.util.Locale.ROOT)), "Authorization: " + token + "\r\n", bearer(token) + bearer("x"),
                bearer(guard.ticket()), "Cookie: ozone_session_" + port + "=" + token + "\r\n", "X-Forwarded-For: 127.0.0.1\r\n",
                "Cookie: ozone_session_" + port + "=\r\n", "studio.ozone.web.user: token\r\n")) {
            String answer = get("/x", header);
            assertTrue(header + answer, answer.startsWith("HTTP/1.1 401 "));
            assertTrue(answer, answer.contains("application/problem+json") && answer.contains("WWW-Authenticate: Bearer"));
        }
    }

    @Test
    public void foreignHostsAndOriginsAreRefusedEvenWithTheToken() throws IOException {
        assertTrue(raw("GET /x HTTP/1.1\r\nHost: evil.example\r\n" + bearer(token)).startsWith("HTTP/1.1 421 "));
        assertTrue(raw("GET http://evil.example/x HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n" + bearer(token)).matches("(?s)HTTP/1.1 4(00|21) .*"));
        assertTrue(raw("GET /x HTTP/1.0\r\n" + bearer(token)).startsWith("HTTP/1.1 421 "));
        assertTrue(get("/x", bearer(token) + "Origin: http://localhost:3000\r\n").startsWith("HTTP/1.1 403 "));
        assertTrue(get("/x", bearer(token) + "Sec-Fetch-Site: cross-site\r\n").startsWith("HTTP/1.1 403 "));
        assertTrue(get("/health/live", "Sec-Fetch-Site: cross-site\r\n").startsWith("HTTP/1.1 403 "));
        assertTrue(get("/x", bearer(token) + "Origin: http://127.0.0.1:" + port + "\r\n").startsWith("HTTP/1.1 200 "));
    }

    @Test
    public void commandsAreNotFoundOnTcpWhoeverAsks() throws IOException {
        for (String path : List.of("/command", "/shell", "/shell/x", "/%63ommand", "/command;x=1", "//command")) {
            String answer = send("POST", path, bearer(token));
            assertTrue(path + "\n" + answer, answer.startsWith("HTTP/1.1 404 ") || answer.startsWith("HTTP/1.1 400 "));
        }
    }

    @Test
    public void aLinkOpensASessionOnceAndSignsOut() throws IOException {
        URI link = door.create();
        String path = link.getRawPath() + "?" + link.getRawQuery();
        assertTrue("a look at it does not use it", send("HEAD", path, "").startsWith("HTTP/1.1 401 "));
        String answer = send("GET", path, "Sec-Fetch-Site: none\r\nAccept: text/html\r\n");
        assertTrue(answer, answer.startsWith("HTTP/1.1 303 ") && answer.contains("Location: /console/ozone\r\n"));
        String cookie = answer.replaceAll("(?s).*Set-Cookie: ([^\r]*)\r.*", "$1");
        assertTrue(cookie, cookie.endsWith("; Path=/; Max-Age=86400; HttpOnly; SameSite=Strict"));
        String sent = "Cookie: " + cookie.substring(0, cookie.indexOf(';')) + "\r\n";
        assertTrue(send("GET", path, "").startsWith("HTTP/1.1 401 "));
        assertTrue(get("/x", sent).endsWith("user=session"));
        assertTrue("a wrong password is not made good by the cookie", get("/x", sent + bearer("x")).startsWith("HTTP/1.1 401 "));
        assertTrue("another site cannot use it", get("/x", sent + "Sec-Fetch-Site: cross-site\r\n").startsWith("HTTP/1.1 403 "));
        assertTrue(get("/logout", sent).startsWith("HTTP/1.1 200 "));
        assertTrue(get("/x", sent).startsWith("HTTP/1.1 401 "));
    }

    @Test
    public void theRootLeadsToTheConsole() throws IOException {
        assertTrue(get("/", bearer(token)).contains("Location: /console/ozone\r\n"));
        assertTrue(send("POST", "/", bearer(token)).endsWith("user=token"));
    }

    @Test
    public void aLinkLeadsNowhereElse() throws IOException {
        String path = "/login?ticket=" + guard.ticket() + "&to=//evil.example";
        assertTrue(send("GET", path, "").contains("Location: /console/ozone\r\n"));
        assertTrue(send("GET", "/login?ticket=" + guard.ticket() + "&to=/console/configMgr", "").contains("Location: /console/configMgr\r\n"));
    }

    @Test
    public void everyAnswerTellsTheBrowserItsLimits() throws IOException {
        for (String path : List.of("/x", "/console/bundles", "/fails")) {
            String answer = get(path, bearer(token));
            for (String header : List.of("Content-Security-Policy: default-src 'none'", "frame-ancestors 'none'", "X-Content-Type-Options: nosniff",
                    "Referrer-Policy: no-referrer", "X-Frame-Options: DENY")) {
                assertTrue(path + "\n" + answer, answer.contains(header));
            }
            assertFalse(answer.contains("Server: "));
        }
    }

    @Test
    public void whileTheGuardIsAwayNothingIsServed() throws IOException {
        guard.destroy();
        String answer = get("/x", bearer(token));
        assertTrue(answer, answer.startsWith("HTTP/1.1 503 "));
        assertFalse(answer, answer.contains("user="));
    }

    @Test
    public void theRequestThatMovesThePortIsAnswered() throws Exception {
        Thread[] mover = new Thread[1];
        moving = () -> {
            mover[0] = Thread.ofPlatform().start(() -> {
                try {
                    connector.stop();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            long end = System.nanoTime() + 5_000_000_000L;
            while (((ServerConnector) connector).isOpen() && System.nanoTime() < end) {
                Thread.onSpinWait();
            }
        };
        assertTrue(get("/moves", bearer(token)).endsWith("user=token"));
        mover[0].join(5_000);
        assertThrows(IOException.class, () -> get("/x", bearer(token)));
    }

    @Test
    public void onlyTheLoopbackAddressListens() {
        assertEquals("127.0.0.1", ((ServerConnector) connector).getHost());
        for (String host : List.of("0.0.0.0", "", "192.168.1.2", "::", "example.org")) {
            assertThrows(host, IllegalArgumentException.class, () -> new Door(guard, host, 0));
        }
        assertEquals(HealthCheck.Status.OK, door.check().status());
    }

    @Test
    public void aPortThatIsTakenIsNamedWithTheRemedy() throws Exception {
        Door second = new Door(guard, "127.0.0.1", port);
        Server other = new Server();
        other.start();
        Connector taken = second.createConnector(other);
        other.addConnector(taken);
        taken.start();
        String message = assertThrows(IllegalStateException.class, second::create).getMessage();
        assertTrue(message, message.contains("127.0.0.1:" + port) && message.contains("config --set web.http.port="));
        assertEquals(HealthCheck.Status.FAIL, second.check().status());
        other.stop();
    }

    @Test
    public void thePortOfTheContainerIsClosed() throws Exception {
        Server other = new Server();
        ServerConnector own = new ServerConnector(other);
        own.setHost("127.0.0.1");
        other.addConnector(own);
        other.start();
        int port = own.getLocalPort();
        new Door(guard, "127.0.0.1", 0).createConnector(other);
        assertThrows(IOException.class, () -> new Socket("127.0.0.1", port).close());
        other.stop();
    }

    @Test
    public void aTokenThatCannotBeHadShutsTheDoor() throws Exception {
        Path home = folder.newFolder().toPath();
        Files.createDirectory(home.resolve("token"));
        Guard shut = new Guard(home, () -> now);
        Door behind = new Door(shut, "127.0.0.1", 0);
        assertTrue(assertThrows(IllegalStateException.class, behind::create).getMessage().contains("not a plain file"));
    }

    private String get(String path, String headers) throws IOException {
        return send("GET", path, headers);
    }

    private String send(String method, String path, String headers) throws IOException {
        return raw(method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n" + headers);
    }

    private String raw(String head) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write((head + "Connection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static String bearer(String token) {
        return "Authorization: Bearer " + token + "\r\n";
    }

    private static String base64(String text) {
        return java.util.Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
