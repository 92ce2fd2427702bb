package studio.ozone.egress;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.egress.Egress.Connection;
import studio.ozone.api.egress.Egress.Limits;
import studio.ozone.api.egress.Egress.Named;
import studio.ozone.api.egress.Egress.Request;
import studio.ozone.api.egress.Egress.Response;
import studio.ozone.api.egress.EgressException;
import studio.ozone.api.egress.EgressException.Code;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** Requests to a local server that a key names: what is sent, what comes back, and every way in which a server can misbehave. */
public class SendTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private World world;
    private Sender sender;

    @Before
    public void aWorld() {
        world = new World(folder.getRoot().toPath().resolve("egress"));
        sender = world.sender("llm.local");
    }

    private Response send(Scripted server, Request request) throws Exception {
        world.set(World.KEY, server.url());
        return sender.send(request);
    }

    private static String text(Response response) throws IOException {
        return new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
    }

    private Connection only() {
        List<Connection> all = world.connections();
        assertEquals(all.toString(), 1, all.size());
        return all.getFirst();
    }

    @Test
    public void aRequestIsAnsweredAndKept() throws Exception {
        try (Scripted server = Scripted.saying("HTTP/1.1 200 OK", "Content-Type: application/json", "X-A: 1", "X-A: 2", "Content-Length: 5", "", "hello");
                Response response = send(server, World.post(server.url() + "/v1/chat?q=secret-query", "what?"))) {
            assertEquals(200, response.status());
            assertEquals("application/json", response.header("Content-Type"));
            assertEquals(List.of("1", "2"), response.headers().get("x-a"));
            assertEquals("hello", text(response));
            String request = server.requests.getFirst();
            assertTrue(request, request.startsWith("POST /v1/chat?q=secret-query HTTP/1.1\r\n"));
            assertTrue(request, request.contains("Host: 127.0.0.1:" + server.port() + "\r\n") && request.contains("Authorization: Bearer sesame\r\n"));
            assertTrue(request, request.contains("Content-Length: 5\r\n") && request.endsWith("what?"));
            assertFalse("no compression is asked for: " + request, request.toLowerCase().contains("accept-encoding"));
            Connection kept = only();
            assertEquals("200", kept.outcome());
            assertEquals("llm.local|POST|127.0.0.1|" + server.port() + "|127.0.0.1|" + World.KEY + "|test|5|5", kept.capability() + "|" + kept.method() + "|"
                + kept.host() + "|" + kept.port() + "|" + kept.address() + "|" + kept.key() + "|" + kept.reason() + "|" + kept.sent() + "|" + kept.received());
            String file = Files.readString(folder.getRoot().toPath().resolve("egress/connections.jsonl"));
            assertFalse(file, file.contains("sesame") || file.contains("secret-query") || file.contains("/v1"));
        }
    }

    @Test
    public void whatComesIsHandedOnAtOnce() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        try (Scripted server = new Scripted((request, out) -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n".getBytes());
            out.flush();
            assertTrue("the first event is there before the second is sent", first.await(10, TimeUnit.SECONDS));
            out.write("9\r\ndata: 2\n\n\r\n0\r\n\r\n".getBytes());
        }); Response response = send(server, World.post(server.url() + "/stream", "{}"))) {
            assertEquals("open", only().outcome());
            BufferedReader lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
            assertEquals("data: 1", lines.readLine());
            first.countDown();
            assertEquals("", lines.readLine());
            assertEquals("data: 2", lines.readLine());
            assertEquals("", lines.readLine());
            assertNull(lines.readLine());
        }
        assertEquals("200", only().outcome());
        assertEquals(18, only().received());
    }

    @Test
    public void anAnswerWithoutABodyEndsAtOnce() throws Exception {
        for (String status : List.of("204 No Content", "304 Not Modified")) {
            try (Scripted server = Scripted.saying("HTTP/1.1 " + status, "", "");
                    Response response = send(server, World.get(server.url()))) {
                assertEquals("", text(response));
            }
        }
        try (Scripted server = Scripted.saying("HTTP/1.1 200 OK", "Content-Length: 500", "", "");
                Response response = send(server, World.request(new Named(World.KEY), "HEAD", server.url(), null, World.LIMITS))) {
            assertEquals("", text(response));
            assertEquals("500", response.header("content-length"));
        }
    }

    private EgressException fails(Scripted server, Limits limits) throws Exception {
        world.set(World.KEY, server.url());
        Request request = World.request(new Named(World.KEY), "GET", server.url() + "/private/path", null, limits);
        try (Response response = sender.send(request)) {
            IOException broken = assertThrows(IOException.class, () -> response.body().readAllBytes());
            assertTrue(String.valueOf(broken.getCause()), broken.getCause() instanceof EgressException);
            return (EgressException) broken.getCause();
        } catch (EgressException e) {
            return e;
        } finally {
            Connection last = world.connections().getLast();
            assertTrue(last.toString(), last.outcome().matches("(timeout|too_large|failed|unreachable): .*"));
            assertFalse(last.toString(), last.outcome().contains("private/path"));
        }
    }

    private static Limits limits(int silence, int total, long most) {
        return new Limits(Duration.ofSeconds(5), Duration.ofMillis(silence), Duration.ofMillis(total), most);
    }

    @Test
    public void aServerThatSaysNothingIsLeft() throws Exception {
        try (Scripted server = hanging("")) {
            EgressException e = fails(server, limits(200, 10_000, 100));
            assertEquals(Code.TIMEOUT, e.code());
            assertTrue(e.getMessage(), e.getMessage().contains("127.0.0.1:" + server.port()) && e.getMessage().contains("200 ms"));
        }
        try (Scripted server = hanging("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")) {
            assertEquals(Code.TIMEOUT, fails(server, limits(200, 10_000, 100)).code());
            assertEquals("what came is counted", 3, world.connections().getLast().received());
        }
    }

    /** Says something and then nothing, until the test is over. */
    private static Scripted hanging(String head) throws IOException {
        AtomicReference<Scripted> self = new AtomicReference<>();
        CountDownLatch known = new CountDownLatch(1);
        Scripted server = new Scripted((request, out) -> {
            out.write(head.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            known.await();
            self.get().over.await();
        });
        self.set(server);
        known.countDown();
        return server;
    }

    /** A byte now and then keeps the silence short, and the total still ends. */
    @Test
    public void aServerThatDripsIsLeft() throws Exception {
        for (String head : List.of("HTTP/1.1 200 OK\r\nX-Long: ", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;", "HTTP/1.1 200 OK\r\n\r\n")) {
            try (Scripted server = new Scripted((request, out) -> {
                out.write(head.getBytes());
                while (true) {
                    out.write('a');
                    out.flush();
                    TimeUnit.MILLISECONDS.sleep(5);
                }
            })) {
                long since = System.nanoTime();
                EgressException e = fails(server, limits(2000, 400, 1 << 20));
                assertEquals(e.getMessage(), Code.TIMEOUT, e.code());
                assertTrue(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since) < 5000);
                assertTrue("the server notices", server.gone.await(10, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    public void moreThanIsAllowedIsNotRead() throws Exception {
        try (Scripted server = Scripted.saying("HTTP/1.1 200 OK", "Content-Length: 101", "", "x".repeat(101))) {
            assertEquals(Code.TOO_LARGE, fails(server, limits(5000, 5000, 100)).code());
        }
        try (Scripted server = new Scripted((request, out) -> {
            out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes());
            while (true) {
                out.write(new byte[1000]);
            }
        })) {
            assertEquals(Code.TOO_LARGE, fails(server, limits(5000, 5000, 100_000)).code());
            assertTrue("the server notices", server.gone.await(10, TimeUnit.SECONDS));
        }
        try (Scripted server = new Scripted((request, out) -> {
            out.write("HTTP/1.1 200 OK\r\n".getBytes());
            while (true) {
                out.write("X: y\r\n".getBytes());
            }
        })) {
            assertEquals("headers without an end", Code.FAILED, fails(server, limits(5000, 5000, 100)).code());
        }
    }

    @Test
    public void whatIsNoHttpFails() throws Exception {
        for (String answer : List.of("", "SSH-2.0-OpenSSH_9.9\r\n", "HTTP/1.1 abc OK\r\n\r\n", "<html>\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcXX0\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "\u0000\u0001\u0002")) {
            try (Scripted server = Scripted.saying(answer)) {
                EgressException e = fails(server, limits(2000, 4000, 100));
                assertEquals(answer + " -> " + e.getMessage(), Code.FAILED, e.code());
            }
        }
    }

    @Test
    public void aPortWhereNobodyListensIsUnreachable() throws Exception {
        String url;
        try (Scripted server = Scripted.saying("")) {
            url = server.url();
        }
        world.set(World.KEY, url);
        EgressException e = assertThrows(EgressException.class, () -> sender.send(World.get(url)));
        assertEquals(Code.UNREACHABLE, e.code());
        assertTrue(e.getMessage(), e.getMessage().contains(url.substring(7)));
    }

    /** The server never reads: the kernel's buffers fill, and the wait for room ends too. */
    @Test
    public void aServerThatDoesNotReadIsLeft() throws Exception {
        try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String url = "http://127.0.0.1:" + server.getLocalPort();
            world.set(World.KEY, url);
            Request request = World.request(new Named(World.KEY), "POST", url, "x".repeat(64 << 20), limits(300, 10_000, 100));
            assertEquals(Code.TIMEOUT, assertThrows(EgressException.class, () -> sender.send(request)).code());
            assertTrue(only().toString(), only().sent() < 64 << 20);
        }
    }

    @Test
    public void anInterruptClosesTheConnectionWhileItWaits() throws Exception {
        try (Scripted server = hanging("")) {
            world.set(World.KEY, server.url());
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread caller = Thread.ofPlatform().start(() -> {
                try {
                    sender.send(World.get(server.url())).close();
                } catch (EgressException | InterruptedException e) {
                    thrown.set(e);
                }
            });
            until(() -> !server.requests.isEmpty());
            long since = System.nanoTime();
            caller.interrupt();
            caller.join(5000);
            assertTrue("" + thrown.get(), thrown.get() instanceof InterruptedException);
            assertTrue(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since) < 1000);
            assertEquals("interrupted", only().outcome());
        }
    }

    @Test
    public void anInterruptClosesTheConnectionWhileTheBodyIsRead() throws Exception {
        try (Scripted server = hanging("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")) {
            world.set(World.KEY, server.url());
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            CountDownLatch reading = new CountDownLatch(1);
            Thread caller = Thread.ofPlatform().start(() -> {
                try (Response response = sender.send(World.get(server.url()))) {
                    InputStream body = response.body();
                    body.readNBytes(3);
                    reading.countDown();
                    body.read();
                } catch (EgressException | InterruptedException | IOException e) {
                    thrown.set(Thread.currentThread().isInterrupted() ? e : new AssertionError("the flag stays", e));
                }
            });
            assertTrue(reading.await(5, TimeUnit.SECONDS));
            caller.interrupt();
            caller.join(5000);
            assertTrue("" + thrown.get(), thrown.get() instanceof InterruptedIOException);
            assertEquals("interrupted", only().outcome());
        }
    }

    @Test
    public void whatIsOpenEndsWithItsBundle() throws Exception {
        try (Scripted server = hanging("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")) {
            world.set(World.KEY, server.url());
            Response unread = sender.send(World.get(server.url()));
            Response read = sender.send(World.get(server.url()));
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            CountDownLatch reading = new CountDownLatch(1);
            Thread reader = Thread.ofPlatform().start(() -> {
                try {
                    read.body().readNBytes(3);
                    reading.countDown();
                    read.body().read();
                } catch (IOException e) {
                    thrown.set(e);
                }
            });
            assertTrue(reading.await(5, TimeUnit.SECONDS));
            Sender other = world.sender("llm.api");
            Response stays = other.send(World.get(server.url()));
            sender.close();
            reader.join(5000);
            assertTrue("" + thrown.get(), thrown.get() instanceof IOException);
            assertThrows(IOException.class, () -> unread.body().readAllBytes());
            assertEquals("another bundle's go on", "abc", new String(stays.body().readNBytes(3)));
            List<Connection> all = world.connections();
            assertTrue(all.toString(), all.get(0).outcome().startsWith("closed") && all.get(1).outcome().startsWith("closed"));
            assertEquals("open", all.get(2).outcome());
            assertEquals(Code.REFUSED, assertThrows(EgressException.class, () -> sender.send(World.get(server.url()))).code());
            other.close();
        }
    }

    @Test
    public void aHeaderCannotBeginAnother() throws Exception {
        try (Scripted server = Scripted.saying("HTTP/1.1 200 OK", "", "")) {
            world.set(World.KEY, server.url());
            for (Map<String, String> bad : List.of(Map.of("X", "a\r\nHost: evil"), Map.of("X\r\nY", "a"), Map.of("X", "a\u0000"), Map.of("X Y", "a"), Map.of("X", "a\nb"))) {
                Request request = new Request(new Named(World.KEY), "GET", URI.create(server.url()), bad, Map.of(), null, "test", World.LIMITS);
                assertEquals(Code.FAILED, assertThrows(EgressException.class, () -> sender.send(request)).code());
            }
            assertTrue(server.requests.isEmpty());
            Map<String, String> own = new HashMap<>(Map.of("Host", "evil.example", "Content-Length", "7", "transfer-encoding", "chunked"));
            sender.send(new Request(new Named(World.KEY), "GET", URI.create(server.url()), own, Map.of(), null, "test", World.LIMITS)).close();
            assertFalse(server.requests.toString(), server.requests.getFirst().matches("(?is).*(evil|chunked|length).*"));
        }
    }

    @Test
    public void theFiguresGoWithTheService() throws Exception {
        try (Scripted server = Scripted.saying("HTTP/1.1 200 OK", "Content-Length: 5", "", "hello");
                Response response = send(server, World.post(server.url(), "abc"))) {
            text(response);
            assertThrows(EgressException.class, () -> sender.send(World.get("https://example.org")));
        }
        assertEquals(1, world.metrics.counter("ozone_egress_llm_local_connections_total").getCount());
        assertEquals(3, world.metrics.counter("ozone_egress_llm_local_sent_bytes_total").getCount());
        assertEquals(5, world.metrics.counter("ozone_egress_llm_local_received_bytes_total").getCount());
        assertEquals(1, world.metrics.counter("ozone_egress_llm_local_refused_total").getCount());
        world.log.close();
        assertTrue(world.metrics.getMetrics().toString(), world.metrics.getMetrics().isEmpty());
    }

    static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertTrue("in time", System.nanoTime() < end);
            Thread.onSpinWait();
        }
    }
}
