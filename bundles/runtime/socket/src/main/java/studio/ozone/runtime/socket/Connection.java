package studio.ozone.runtime.socket;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.runtime.Health;

/**
 * Serves one request. The command runs in a fresh thread of its own and a second one sends what it writes, while the thread of the
 * connection waits for the caller to go away: the end of the stream interrupts the command at once, whether or not it writes.
 */
final class Connection {

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final int MAX_COMMAND = 16 * 1024 * 1024;

    private final CommandRunner runner;
    private final Shells shells;
    private final Supplier<Health> health;
    private final BiFunction<String, Runnable, Thread> threads;

    /**
     * @param health gives null while there is none
     * @param threads makes one of a name and its work
     */
    Connection(CommandRunner runner, Shells shells, Supplier<Health> health, BiFunction<String, Runnable, Thread> threads) {
        this.runner = runner;
        this.shells = shells;
        this.health = health;
        this.threads = threads;
    }

    void serve(InputStream raw, OutputStream out) throws IOException, InterruptedException {
        InputStream in = new BufferedInputStream(raw, 4096);
        try {
            Request request = Request.read(in, () -> out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
            if (request != null) {
                serve(request, in, out);
            }
        } catch (Request.Refused e) {
            answer(out, e.status, e.getMessage());
        }
    }

    private void serve(Request request, InputStream in, OutputStream out) throws IOException, InterruptedException {
        String[] path = request.path().split("/");
        boolean post = request.method().equals("POST");
        if (request.path().equals("/health/ready")) {
            ready(out);
        } else if (post && request.path().equals("/command")) {
            CommandLine line = CommandLine.parse(request.bytes(MAX_COMMAND), arguments(request));
            stream(in, out, body -> new Running(runner, line, body));
        } else if (post && request.path().equals("/shell")) {
            CommandLine line = CommandLine.parse(request.bytes(MAX_COMMAND), -1);
            stream(in, out, body -> shells.open(line, body));
        } else if (post && path.length == 4 && path[1].equals("shell") && path[3].equals("keys")) {
            answer(out, shells.keys(path[2], request.body()) ? 200 : 404, "");
        } else if (post && path.length == 4 && path[1].equals("shell") && path[3].equals("size")) {
            answer(out, shells.resize(path[2], CommandLine.parse(request.bytes(MAX_COMMAND), -1)) ? 200 : 404, "");
        } else {
            answer(out, 404, "No such path: " + request.path());
        }
    }

    private static int arguments(Request request) throws Request.Refused {
        String count = request.headers().get("ozone-arguments");
        try {
            return count == null ? -1 : Math.max(1, Integer.parseInt(count));
        } catch (NumberFormatException e) {
            throw new Request.Refused(400, "Ozone-Arguments is not a number: " + count);
        }
    }

    private void ready(OutputStream out) throws IOException {
        Health now = health.get();
        if (now == null) {
            answer(out, 503, "The instance is starting");
            return;
        }
        Health.Report report = now.report();
        String failing = String.join("; ", report.checks().stream()
                .filter(check -> check.gate() && check.status() == studio.ozone.api.runtime.HealthCheck.Status.FAIL)
                .map(check -> check.name() + ": " + check.message()).toList());
        answer(out, report.ready() ? 200 : 503, report.ready() ? "ready" : failing.isEmpty() ? "The instance is starting" : failing);
    }

    /** A command, which an interrupt ends. */
    private record Running(CommandRunner runner, CommandLine line, OutputStream body) implements Work {
        @Override
        public Map<String, String> headers() {
            return Map.of();
        }

        @Override
        public Outcome run() {
            return runner.run(line, body);
        }

        @Override
        public void cancel(Thread thread) {
            thread.interrupt();
        }
    }

    /** Makes the work that writes the body; it writes nothing before it is run. */
    @FunctionalInterface
    private interface Opening {
        Work open(OutputStream body) throws IOException;
    }

    private void stream(InputStream in, OutputStream out, Opening opening) throws IOException, InterruptedException {
        Sending sending = new Sending(out);
        ChunkedOutput body = new ChunkedOutput(sending);
        Work work = opening.open(body);
        StringBuilder head = new StringBuilder("HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nTransfer-Encoding: chunked\r\n"
                + "Trailer: Ozone-Exit, Ozone-Error\r\nConnection: close\r\n");
        work.headers().forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
        Thread sender = threads.apply("output", sending);
        Thread command = threads.apply("command", () -> run(work, body, sending));
        sender.start();
        command.start();
        try {
            while (in.read() >= 0) {
                // A caller has nothing more to say; what it says is not heard.
            }
        } catch (IOException e) {
            LOG.trace("The connection of a command is closed", e);
        }
        work.cancel(command);
        sending.hurry();
        command.join();
        sender.join();
    }

    /** However the work ends, the caller is told or the connection is closed: nobody waits for an answer that does not come. */
    private static void run(Work work, ChunkedOutput body, Sending out) {
        try (out) {                                            // the end of the connection ends the wait of its thread
            Outcome outcome;
            try {
                outcome = work.run();
            } catch (Error e) {
                outcome = Outcome.of(e);
            }
            Thread.interrupted();                              // the work has ended; what is left is for the caller
            body.end(outcome.trailers());
        } catch (IOException e) {
            LOG.debug("The caller of a command has gone", e);
        }
    }

    private static void answer(OutputStream out, int status, String message) throws IOException {
        String reason = switch (status) {
            case 200 -> "OK";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 413 -> "Content Too Large";
            case 431 -> "Request Header Fields Too Large";
            case 503 -> "Service Unavailable";
            default -> "Bad Request";
        };
        byte[] body = (message.isEmpty() ? "" : message + "\n").getBytes(StandardCharsets.UTF_8);
        out.write(("HTTP/1.1 " + status + " " + reason + "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: " + body.length
                + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(body);
    }

    /** Tells a caller that is not the owner. */
    static void refuse(OutputStream out) throws IOException {
        answer(out, 403, "Only the owner of the instance may use this socket");
    }
}
