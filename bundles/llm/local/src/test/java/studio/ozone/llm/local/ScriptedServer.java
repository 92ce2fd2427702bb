package studio.ozone.llm.local;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * Behaves like llama-server, or badly, as its first argument says; a question whose text holds a word of {@link #answer} is answered
 * so. It runs within a test, or as a program of its own.
 */
final class ScriptedServer implements AutoCloseable {

    final HttpServer server;
    private final String key;

    ScriptedServer(String key) throws IOException {
        this.key = key;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work);
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    /** A program that is this class, with a way to behave. */
    static Path program(Path folder, String way) throws IOException {
        String script = "#!/bin/sh\nexec '" + Path.of(System.getProperty("java.home"), "bin", "java") + "' -XX:TieredStopAtLevel=1 -cp '"
            + System.getProperty("java.class.path") + "' " + ScriptedServer.class.getName() + " " + way + " \"$@\"\n";
        return script(folder, script);
    }

    static Path script(Path folder, String text) throws IOException {
        Path file = Files.writeString(folder.resolve("llama-server"), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    public static void main(String[] arguments) throws Exception {
        List<String> list = List.of(arguments);
        switch (arguments[0]) {
            case "floods" -> {
                for (long i = 0; true; i++) {
                    System.out.println("flood " + i + " " + "x".repeat(200));
                }
            }
            case "old" -> {
                if (list.contains("--cache-ram")) {
                    System.err.println("error: invalid argument: --cache-ram");
                    System.exit(1);
                }
            }
            default -> { }
        }
        String key = Files.readString(Path.of(list.get(list.indexOf("--api-key-file") + 1))).strip();
        ScriptedServer scripted = new ScriptedServer(key);
        System.err.println("arguments: " + String.join(" ", list.subList(1, list.size())));
        System.err.println("main: server is listening on " + scripted.url() + " - starting the main loop");
        if (arguments[0].equals("talks")) {
            for (long i = 0; true; i++) {
                System.out.println("talk " + i + " " + "x".repeat(200));
            }
        }
        new CountDownLatch(1).await();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String path = exchange.getRequestURI().getPath();
        if (path.equals("/health")) {
            reply(exchange, 200, "application/json", "{\"status\":\"ok\"}");
        } else if (key != null && !("Bearer " + key).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            reply(exchange, 401, "application/json", "{\"error\":{\"message\":\"Invalid API Key\",\"type\":\"authentication_error\"}}");
        } else {
            switch (path) {
                case "/props" -> reply(exchange, 200, "application/json", "{\"default_generation_settings\":{\"n_ctx\":4096}}");
                case "/v1/models" -> reply(exchange, 200, "application/json", "{\"data\":[{\"id\":\"scripted\"}]}");
                case "/tokenize" -> reply(exchange, 200, "application/json", "{\"tokens\":[1,22,333,4]}");
                case "/v1/chat/completions" -> chat(exchange, body);
                default -> reply(exchange, 404, "text/plain", "no");
            }
        }
    }

    private static void chat(HttpExchange exchange, String body) throws IOException {
        if (body.contains("WEB-PAGE")) {
            reply(exchange, 200, "text/html", "<html><b>Welcome</b></html>");
        } else if (body.contains("BROKEN-DOWN")) {
            reply(exchange, 500, "application/json", "{\"error\":{\"message\":\"it broke\",\"type\":\"server_error\"}}");
        } else if (body.contains("TOO-LONG")) {
            reply(exchange, 400, "application/json", "{\"error\":{\"message\":\"request (9000 tokens) exceeds the available context size\",\"type\":\"exceed_context_size_error\"}}");
        } else if (body.contains("END-NOW")) {
            System.err.println("fatal: out of luck");
            System.err.flush();
            Runtime.getRuntime().halt(3);
        } else {
            stream(exchange, body);
        }
    }

    private static void stream(HttpExchange exchange, String body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            event(out, "{\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":null},\"finish_reason\":null}]}");
            event(out, "{\"choices\":[],\"prompt_progress\":{\"total\":9,\"processed\":9}}");
            event(out, piece("Hello"));
            if (body.contains("CUT-OFF")) {
                return;
            }
            if (body.contains("NO-JSON")) {
                event(out, "{{{");
            }
            if (body.contains("LONG-LINE")) {
                event(out, "x".repeat(2 << 20));
            }
            if (body.contains("SAYS-ERROR")) {
                event(out, "{\"error\":{\"message\":\"context shift failed\"}}");
            }
            if (body.contains("DIE-HALF-WAY")) {
                out.flush();
                System.err.println("GGML_ASSERT(half way) failed");
                System.err.flush();
                Runtime.getRuntime().halt(134);
            }
            while (body.contains("FOR-EVER")) {
                event(out, piece("."));
            }
            event(out, piece(" w\u00f6rld"));
            event(out, "{\"choices\":[{\"delta\":{},\"finish_reason\":\"" + (body.contains("TOO-MUCH") ? "length" : "stop") + "\"}]}");
            event(out, "{\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}}");
            out.write("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String piece(String text) {
        return "{\"choices\":[{\"delta\":{\"content\":\"" + text + "\"},\"finish_reason\":null}]}";
    }

    private static void event(OutputStream out, String data) throws IOException {
        out.write(("data: " + data + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static void reply(HttpExchange exchange, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }
}
