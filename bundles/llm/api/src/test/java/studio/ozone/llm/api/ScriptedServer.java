package studio.ozone.llm.api;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/** A server that answers each request with the next turn of its script, and the last turn ever after. */
final class ScriptedServer implements AutoCloseable {

    /** One answer. */
    interface Turn {

        void play(HttpExchange exchange) throws IOException;
    }

    /** What was asked. */
    record Asked(String path, Headers headers, String body) { }

    final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Turn> script = new ArrayDeque<>();

    ScriptedServer(Turn... turns) throws IOException {
        script.addAll(List.of(turns));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            asked.add(new Asked(exchange.getRequestURI().getPath(), exchange.getRequestHeaders(), body));
            Turn turn;
            synchronized (script) {
                turn = script.size() > 1 ? script.remove() : script.peek();
            }
            try (exchange) {
                turn.play(exchange);
            }
        });
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    static Turn status(int status, String type, String body, String... header) {
        return exchange -> {
            exchange.getResponseHeaders().set("Content-Type", type);
            for (int i = 0; i < header.length; i += 2) {
                exchange.getResponseHeaders().set(header[i], header[i + 1]);
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    /** A stream in pieces, each flushed. */
    static Turn stream(String type, String... parts) {
        return exchange -> {
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            for (String part : parts) {
                out.write(part.getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        };
    }

    /** The same, and then the connection breaks without an end. */
    static Turn cut(String type, String... parts) {
        return exchange -> {
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(200, 1_000_000);
            for (String part : parts) {
                exchange.getResponseBody().write(part.getBytes(StandardCharsets.UTF_8));
            }
            exchange.getResponseBody().flush();
            throw new IOException("cut on purpose");
        };
    }
}
