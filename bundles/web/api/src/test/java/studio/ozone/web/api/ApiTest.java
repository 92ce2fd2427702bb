package studio.ozone.web.api;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

import studio.ozone.api.capability.Impact;
import studio.ozone.api.config.Edit;
import studio.ozone.api.pipeline.Conversations;
import studio.ozone.api.pipeline.Ingest;
import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.pipeline.Prompting;
import studio.ozone.runtime.json.Json;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

/** The API in a real Jetty, as a client on the wire sees it. */
public class ApiTest {

    private final Fakes fakes = new Fakes();
    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server);

    @Before
    public void start() throws Exception {
        ServletContextHandler context = new ServletContextHandler("/");
        ServletHolder holder = new ServletHolder(new Api(fakes.services));
        context.addServlet(holder, "/api/*");
        context.addServlet(holder, "/health/ready");
        server.setHandler(context);
        connector.setHost("127.0.0.1");
        connector.setIdleTimeout(500);
        server.addConnector(connector);
        server.start();
    }

    @After
    public void stop() throws Exception {
        server.stop();
    }

    @Test
    public void ingestPassesTheRequestOn() throws IOException {
        Reply reply = post("/api/ingest", "{\"paths\":[\"/a/../b\"],\"include\":[\"*.md\"],\"force\":false}");
        assertEquals(reply.text, 200, reply.status);
        assertEquals("{\"documents\":1,\"chunks\":2,\"skipped\":3,\"removed\":4,\"failed\":[],\"took_ms\":5,\"roots\":[6]}", reply.text);
        assertEquals(List.of(new Ingest.Request(List.of(Path.of("/b")), List.of("*.md"), List.of(), false)), fakes.ingested);
    }

    @Test
    public void ingestReportsProgressAsEvents() throws IOException {
        Reply reply = send("POST", "/api/ingest", "Accept: text/event-stream\r\nContent-Type: application/json\r\n", "{\"paths\":[\"/b\"]}");
        assertTrue(reply.head, reply.head.contains("Content-Type: text/event-stream"));
        assertTrue(reply.text, reply.text.contains("event: progress\ndata: {\"stage\":\"reading\",\"done\":1000,\"total\":1000,\"detail\":\"f\\n1000\"}\n\n"));
        assertTrue("steps are thinned out", reply.text.split("event: progress").length < 100);
        assertTrue(reply.text, reply.text.replaceAll("(?s).*event: ", "").startsWith("result\ndata: {\"documents\":1"));
    }

    @Test
    public void anErrorAfterTheStreamHasBegunIsAnEvent() throws IOException {
        Reply reply = send("POST", "/api/ingest", "Accept: text/event-stream\r\nContent-Type: application/json\r\n", "{\"paths\":[\"/gone\"]}");
        assertEquals(200, reply.status);
        assertTrue(reply.text, reply.text.contains("event: error\ndata: {\"type\":\"about:blank\",\"title\":\"Not found\",\"status\":404,\"detail\":\"/gone is not there\"}"));
        assertEquals(404, post("/api/ingest", "{\"paths\":[\"/gone\"]}").status);
    }

    @Test
    public void promptStreamsStagesPiecesAndTheAnswer() throws IOException {
        Reply reply = send("POST", "/api/prompt", "Accept: text/event-stream\r\nContent-Type: application/json\r\n", "{\"text\":\"hi\"}");
        assertEquals("event: stage\ndata: {\"name\":\"retrieve\",\"took_ms\":1.5}\n\nevent: piece\ndata: {\"text\":\"Hello \"}\n\n"
                + "event: piece\ndata: {\"text\":\"world\"}\n\nevent: answer\ndata: " + post("/api/prompt", "{\"text\":\"hi\"}").text + "\n\n", reply.text);
    }

    @Test
    public void searchTakesQueryAndBody() throws IOException {
        String expected = "{\"query\":\"a b\",\"took_ms\":1.25,\"note\":null,\"hits\":[{\"id\":7,\"source\":\"/a/KEYWORD\",\"record\":null,\"title\":\"A\","
                + "\"score\":0.5,\"start\":0,\"end\":3,\"snippet\":\"<b>\"}]}";
        assertEquals(expected, get("/api/search?q=a%20b&k=3&mode=keyword").text);
        assertEquals(expected, post("/api/search", "{\"q\":\"a b\",\"k\":3,\"mode\":\"keyword\"}").text);
    }

    @Test
    public void wrongRequestsAreRefusedWithTheReason() throws IOException {
        refused(400, "line 1, column", post("/api/prompt", "{\"text\": oops}"));
        refused(400, "not a JSON object", post("/api/prompt", "[]"));
        refused(400, "not a JSON object", post("/api/prompt", ""));
        refused(400, "`text` is missing", post("/api/prompt", "{}"));
        refused(400, "`text` is a string, not 7", post("/api/prompt", "{\"text\":7}"));
        refused(400, "no field `wiht`. Known: text, with, provider, strict, conversation", post("/api/prompt", "{\"text\":\"x\",\"wiht\":[]}"));
        refused(400, "notes is not an absolute path", post("/api/prompt", "{\"text\":\"x\",\"with\":[\"notes\"]}"));
        refused(400, "a list of strings", post("/api/prompt", "{\"text\":\"x\",\"with\":\"notes\"}"));
        refused(400, "The question is empty", post("/api/prompt", "{\"text\":\" \"}"));
        refused(400, "`paths` is missing", post("/api/ingest", "{}"));
        refused(400, "`force` is true or false", post("/api/ingest", "{\"paths\":[\"/a\"],\"force\":\"yes\"}"));
        refused(400, "whole number, 1..10000, not 0", get("/api/search?q=x&k=0"));
        refused(400, "whole number, 1..10000, not many", get("/api/search?q=x&k=many"));
        refused(400, "one of hybrid, semantic, keyword, not fast", get("/api/search?q=x&mode=fast"));
        refused(400, "no field `limit`", get("/api/search?q=x&limit=3"));
        refused(400, "`q` is missing", get("/api/search"));
        refused(400, "`q` is empty", get("/api/search?q=%20"));
        refused(415, "application/json", send("POST", "/api/prompt", "Content-Type: text/plain\r\n", "{\"text\":\"x\"}"));
        refused(415, "application/json", send("POST", "/api/prompt", "", "{\"text\":\"x\"}"));
        refused(400, "not UTF-8", send("POST", "/api/prompt", "Content-Type: application/json\r\n", "{\"text\":\"\u00ff\"}".getBytes(StandardCharsets.ISO_8859_1)));
        refused(404, "openapi.json", get("/api/nothing"));
        refused(404, "openapi.json", get("/api"));
        refused(404, "openapi.json", get("/api/config/a/b"));
        refused(405, "takes POST", get("/api/prompt"));
    }

    @Test
    public void aBodyOfMoreThanAMebibyteIsRefused() throws IOException {
        String large = "{\"text\":\"" + "x".repeat(Exchange.MOST) + "\"}";
        refused(413, "1048576 bytes", post("/api/prompt", large));
        byte[] body = large.getBytes(StandardCharsets.UTF_8);
        StringBuilder chunked = new StringBuilder();
        chunked.append(Integer.toHexString(body.length)).append("\r\n").append(large).append("\r\n0\r\n\r\n");
        refused(413, "1048576 bytes", parse(raw("POST /api/prompt HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n" + chunked)));
    }

    @Test
    public void whatIsSwitchedOffSaysWhy() throws IOException {
        fakes.services.prompting = null;
        fakes.services.store = null;
        refused(503, "pipeline.prompt is switched off by its key.", post("/api/prompt", "{\"text\":\"x\"}"));
        refused(503, "zsei.store", get("/api/text?source=/a"));
    }

    @Test
    public void aSwitchIsASetting() throws IOException {
        Reply reply = put("/api/capabilities/pipeline.prompt", "{\"enabled\":false}");
        assertEquals(reply.text, 200, reply.status);
        assertEquals("stopped", Json.readObject(reply.text).get("state"));
        assertEquals(Map.of("pipeline.built_in.prompt_enabled", "false"), fakes.values);
        refused(404, "unknown is switched off", put("/api/capabilities/unknown", "{\"enabled\":true}"));
        refused(400, "`enabled` is true or false, not 1", put("/api/capabilities/pipeline.prompt", "{\"enabled\":1}"));
        assertTrue(get("/api/capabilities").text.startsWith("[{\"name\":\"pipeline.prompt\",\"bundle\""));
    }

    @Test
    public void settingsAreReadAsText() throws IOException {
        Reply reply = put("/api/config", "{\"a\":1,\"b\":true,\"c\":\"t\",\"d\":[\"x\",\"y\"],\"e\":0.5}");
        assertEquals(reply.text, 200, reply.status);
        assertEquals(Map.of("a", "1", "b", "true", "c", "t", "d", "[\"x\",\"y\"]", "e", "0.5"), fakes.values);
        assertEquals(200, put("/api/config/web.http.port", "{\"value\":9000}").status);
        assertEquals("9000", fakes.values.get("web.http.port"));
        refused(400, "`bad` is no integer", put("/api/config/web.http.port", "{\"value\":\"bad\"}"));
        refused(400, "The body is {\"value\"", put("/api/config/web.http.port", "{\"value\":1,\"more\":2}"));
        refused(400, "a list, not null", put("/api/config/web.http.port", "{\"value\":null}"));
        refused(400, "names no key", put("/api/config", "{}"));
        refused(404, "Did you mean `web.http.port`?", get("/api/config/web.http.prot"));
        fakes.edits.clear();
        assertEquals(200, send("DELETE", "/api/config/web.http.port", "", "").status);
        assertEquals(List.of(new Edit.Keys(Map.of(), List.of("web.http.port"))), fakes.edits);
        assertEquals("http", fakes.origin.way());
        assertFalse(fakes.origin.user().isEmpty());
    }

    @Test
    public void anEditIsPlannedWithItsEffectsAndThenApplied() throws IOException {
        assertTrue("nobody knows the effects", post("/api/config/plan", "{\"load\":\"minimal\"}").text.endsWith("\"effects\":null}"));
        fakes.services.impact = values -> {
            assertEquals("what is shadowed changes nothing", Map.of("web.http.port", 2), values);
            return List.of(new Impact.Effect("web.access", "studio.ozone.web.access", Impact.Action.REACTIVATES, List.of("web.http.port"), List.of("web.api"),
                    3, null));
        };
        String plan = post("/api/config/plan", "{\"undo\":2}").text;
        assertTrue(plan, plan.endsWith("\"effects\":[{\"name\":\"web.access\",\"bundle\":\"studio.ozone.web.access\",\"action\":\"reactivates\","
                + "\"keys\":[\"web.http.port\"],\"used_by\":[\"web.api\"],\"working\":3,\"last_ms\":null}]}"));
        fakes.edits.clear();
        for (String edit : List.of("{\"merge\":\"mine\"}", "{\"restore\":7}", "{\"set\":{\"a.b\":true},\"unset\":[\"c.d\"]}", "{\"unset\":[\"c.d\"]}")) {
            assertEquals(edit, 200, post("/api/config/apply", edit).status);
        }
        assertEquals(List.of(new Edit.Merge("mine"), new Edit.Restore(7), new Edit.Keys(Map.of("a.b", "true"), List.of("c.d")),
                new Edit.Keys(Map.of(), List.of("c.d"))), fakes.edits);
        for (String wrong : List.of("{}", "{\"load\":\"a\",\"merge\":\"b\"}", "{\"reset\":true}", "{\"set\":{\"a\":1},\"undo\":1}")) {
            refused(400, "The body is one of", post("/api/config/apply", wrong));
        }
        refused(400, "whole number", post("/api/config/plan", "{\"undo\":0}"));
        refused(400, "`set` is an object", post("/api/config/plan", "{\"set\":[]}"));
        refused(404, "no profile `none`", get("/api/config/profiles/none"));
        assertEquals("[]", get("/api/config/history").text);
        assertEquals("[]", get("/api/config/profiles").text);
        assertEquals("[]", get("/api/config/problems").text);
        assertEquals("[]", post("/api/config/validate", "{\"name\":\"x.toml\",\"text\":\"[a]\"}").text);
        refused(400, "`text` is missing", post("/api/config/validate", "{\"name\":\"x.toml\"}"));
        assertTrue(get("/api/config/export").head.contains("Content-Type: application/toml"));
        refused(404, "Did you mean", get("/api/config/explain/web.http.prot"));
    }

    @Test
    public void aPromptMayBeStrictAndGoOn() throws IOException {
        String answer = post("/api/prompt", "{\"text\":\"x\",\"strict\":true,\"conversation\":\"last\"}").text;
        assertTrue(answer, answer.contains("\"sentences\":[{\"text\":\"Hello world\",\"citations\":[1],\"supported\":true,\"missing\":[]}]"));
        assertTrue(answer, answer.contains("\"usage\":{\"input_tokens\":1,\"output_tokens\":2,\"tokens_per_second\":null,\"first_token_ms\":null,\"cost_usd\":0.0}"));
        assertEquals(new Prompting.Request("x", List.of(), null, true, Prompting.Request.LAST), fakes.prompted.getLast());
        assertEquals(200, post("/api/prompt", "{\"text\":\"x\",\"conversation\":7}").status);
        assertEquals(7, fakes.prompted.getLast().conversation());
        for (String wrong : List.of("0", "-1", "1.5", "\"7\"", "true")) {
            refused(400, "the number of a conversation, or \"last\"", post("/api/prompt", "{\"text\":\"x\",\"conversation\":" + wrong + "}"));
        }
        refused(400, "`strict` is true or false", post("/api/prompt", "{\"text\":\"x\",\"strict\":1}"));
    }

    @Test
    public void conversationsAreListedShownAndDeleted() throws IOException {
        refused(503, "pipeline.prompt is switched off by its key.", get("/api/conversations"));
        List<Long> deleted = new ArrayList<>();
        Conversations.Conversation one = new Conversations.Conversation(7, "Who?", 1, Instant.EPOCH, Instant.EPOCH);
        fakes.services.conversations = new Conversations() {
            @Override
            public List<Conversation> list() {
                return List.of(one);
            }

            @Override
            public Whole show(long id) throws PipelineException {
                if (id != 7) {
                    throw new PipelineException(PipelineException.Code.NOT_FOUND, "There is no conversation " + id + ".");
                }
                return new Whole(one, List.of());
            }

            @Override
            public String markdown(long id) {
                return "# Who?";
            }

            @Override
            public void delete(long id) {
                deleted.add(id);
            }
        };
        assertEquals("[{\"id\":7,\"title\":\"Who?\",\"turns\":1,\"begun\":\"1970-01-01T00:00:00Z\",\"last\":\"1970-01-01T00:00:00Z\"}]", get("/api/conversations").text);
        assertTrue(get("/api/conversations/7").text.endsWith("\"turns\":[]}"));
        assertEquals("# Who?", get("/api/conversations/7?format=markdown").text);
        refused(404, "no conversation 8", get("/api/conversations/8"));
        refused(400, "no number of a conversation", get("/api/conversations/x"));
        refused(400, "one of json, markdown", get("/api/conversations/7?format=pdf"));
        assertEquals("{\"deleted\":7}", send("DELETE", "/api/conversations/7", "", "").text);
        assertEquals(List.of(7L), deleted);
    }

    @Test
    public void readinessNamesTheReasons() throws IOException {
        assertEquals("{\"ready\":true,\"reasons\":[]}", get("/health/ready").text);
        fakes.ready = false;
        Reply reply = get("/health/ready");
        assertEquals(503, reply.status);
        assertEquals("{\"ready\":false,\"reasons\":[\"zsei.store: opening\"]}", reply.text);
    }

    @Test
    public void metricsAreOneSnapshot() throws IOException {
        fakes.metrics.timer("ozone_x_seconds").update(2, TimeUnit.MILLISECONDS);
        fakes.metrics.counter("ozone_y_total").inc(3);
        fakes.metrics.gauge("ozone_z", () -> () -> 4L);
        Map<String, Object> figures = Json.readObject(get("/api/metrics").text);
        assertEquals(4, figures.get("ozone_z"));
        assertEquals(Map.of("count", 3), figures.get("ozone_y_total"));
        assertEquals(2.0, ((Map<?, ?>) figures.get("ozone_x_seconds")).get("p95_ms"));
    }

    @Test
    public void aClientThatGoesAwayCancelsSilentWork() throws Exception {
        leave("POST /api/ingest", "", "{\"paths\":[\"/a\"],\"force\":true}");
    }

    @Test
    public void aClientThatGoesAwayCancelsAStream() throws Exception {
        leave("POST /api/prompt", "Accept: text/event-stream\r\n", "{\"text\":\"slow\"}");
    }

    private void leave(String line, String header, String body) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", connector.getLocalPort())) {
            socket.getOutputStream().write((line + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + header
                    + "Content-Length: " + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.UTF_8));
            assertTrue(fakes.working.await(10, TimeUnit.SECONDS));
            assertEquals("nobody is interrupted while the client is there", 1, fakes.interrupted.getCount());
        }
        assertTrue("the work was interrupted", fakes.interrupted.await(5, TimeUnit.SECONDS));
        assertEquals("the thread serves again", 200, get("/health/ready").status);
    }

    @Test
    public void silenceLongerThanTheIdleTimeIsNoDeparture() throws IOException {
        assertEquals(200, post("/api/prompt", "{\"text\":\"quiet\"}").status);
    }

    @Test
    public void aConnectionServesAgainAfterItWasWatched() throws IOException {
        String body = "{\"text\":\"x\"}";
        String request = "POST /api/prompt HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n";
        try (Socket socket = new Socket("127.0.0.1", connector.getLocalPort())) {
            socket.setSoTimeout(10_000);
            for (int i = 0; i < 50; i++) {
                socket.getOutputStream().write((request + (i == 49 ? "Connection: close\r\n" : "") + "\r\n" + body).getBytes(StandardCharsets.UTF_8));
                if (i < 49) {
                    byte[] seen = new byte[4096];
                    int read = socket.getInputStream().read(seen);
                    assertTrue(new String(seen, 0, Math.max(0, read), StandardCharsets.UTF_8), read > 0 && new String(seen, 0, read, StandardCharsets.UTF_8).startsWith("HTTP/1.1 200 "));
                }
            }
            assertTrue(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8).startsWith("HTTP/1.1 200 "));
        }
    }

    private record Reply(int status, String head, String text) { }

    private static void refused(int status, String detail, Reply reply) throws IOException {
        assertEquals(reply.text, status, reply.status);
        assertTrue(reply.head, reply.head.contains("Content-Type: application/problem+json"));
        Map<String, Object> problem = Json.readObject(reply.text);
        assertEquals(status, problem.get("status"));
        assertTrue(reply.text, ((String) problem.get("detail")).contains(detail));
    }

    private Reply get(String target) throws IOException {
        return send("GET", target, "", "");
    }

    private Reply post(String target, String body) throws IOException {
        return send("POST", target, "Content-Type: application/json\r\n", body);
    }

    private Reply put(String target, String body) throws IOException {
        return send("PUT", target, "Content-Type: application/json; charset=utf-8\r\n", body);
    }

    private Reply send(String method, String target, String headers, String body) throws IOException {
        return send(method, target, headers, body.getBytes(StandardCharsets.UTF_8));
    }

    private Reply send(String method, String target, String headers, byte[] body) throws IOException {
        String head = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers
                + (method.equals("GET") ? "" : "Content-Length: " + body.length + "\r\n") + "\r\n";
        return parse(raw(head, body));
    }

    private String raw(String text) throws IOException {
        return raw(text, new byte[0]);
    }

    private String raw(String head, byte[] body) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", connector.getLocalPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
            try {
                socket.getOutputStream().write(body);
            } catch (IOException e) {
                // Refused before all of it was read: the answer is there.
                return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            }
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Reply parse(String answer) {
        int gap = answer.indexOf("\r\n\r\n");
        String head = answer.substring(0, gap);
        String text = answer.substring(gap + 4);
        if (head.contains("Transfer-Encoding: chunked")) {
            StringBuilder whole = new StringBuilder();
            byte[] rest = text.getBytes(StandardCharsets.UTF_8);
            int at = 0;
            while (true) {
                int line = at;
                while (rest[line] != '\r') {
                    line++;
                }
                int size = Integer.parseInt(new String(rest, at, line - at, StandardCharsets.US_ASCII), 16);
                if (size == 0) {
                    break;
                }
                whole.append(new String(rest, line + 2, size, StandardCharsets.UTF_8));
                at = line + 2 + size + 2;
            }
            text = whole.toString();
        }
        return new Reply(Integer.parseInt(head.substring(9, 12)), head, text);
    }
}
