package studio.ozone.itests;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.URLDecoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The assembled distribution as a process of its own, with its own {@code etc/}, {@code deploy/}, data home and free port, all below
 * one folder. What is large ({@code lib/}, {@code system/}) is linked, not copied. Talks to the instance as {@code ozone-core} does.
 */
public final class Distribution implements AutoCloseable {

    /** How long an instance may take to get ready, or a condition to come true, on a machine that does other things too. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(120);

    /** What takes the data home and hands over to Karaf. */
    public static final String MAIN = "studio.ozone.runtime.launch.Main";

    private final Path home;
    private final Path data;
    private final int port;
    private Process process;

    /** Lays the distribution out below {@code folder}, and does not start it yet. */
    public Distribution(Path folder) throws IOException {
        this(folder, Files.createDirectory(folder.toRealPath().resolve("data")));
    }

    /** The same, on a data home that may be another one's too. */
    public Distribution(Path folder, Path data) throws IOException {
        Path image = Path.of(System.getProperty("ozone.home")).toRealPath();
        this.home = Files.createDirectory(folder.toRealPath().resolve("home"));
        this.data = data;
        for (String linked : List.of("lib", "system")) {
            Files.createSymbolicLink(home.resolve(linked), image.resolve(linked));
        }
        for (String copied : List.of("etc", "deploy")) {
            copy(image.resolve(copied), home.resolve(copied));
        }
        for (String made : List.of("run", "log", "karaf/tmp")) {
            Files.createDirectories(data.resolve(made));
        }
        port = freePort();
    }

    /** Starts the instance and waits until it says that it is ready. */
    public Distribution start(String... javaOptions) throws IOException {
        launch(javaOptions);
        await("the instance is ready", () -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("The instance ended while it started:\n" + Files.readString(data.resolve("log/console.log")));
            }
            return Files.exists(socket()) && request("GET", "/health/ready", new byte[0]).startsWith("HTTP/1.1 200");
        });
        return this;
    }

    /** Starts the process as {@code ozone-core} does, and does not wait. */
    public Process launch(String... javaOptions) throws IOException {
        List<String> line = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", "@lib/jvm.options"));
        line.addAll(List.of(javaOptions));
        line.addAll(List.of("-Dozone.data=" + data, "-Dkaraf.home=" + home, "-Dkaraf.base=" + home, "-Dkaraf.etc=" + home + "/etc",
                "-Dkaraf.data=" + data + "/karaf", "-Dkaraf.log=" + data + "/log", "-Dkaraf.instances=" + data + "/karaf/instances",
                "-Djava.io.tmpdir=" + data + "/karaf/tmp", MAIN));
        ProcessBuilder builder = new ProcessBuilder(line).directory(home.toFile()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(data.resolve("log/console.log").toFile()));
        builder.environment().put("OZONE_WEB_HTTP__PORT", String.valueOf(port));
        builder.environment().put("MALLOC_ARENA_MAX", "1");
        process = builder.start();
        return process;
    }

    /** Ends the instance in order, as {@code ozone-core stop} does. */
    public void stop() throws InterruptedException {
        if (process != null) {
            process.destroy();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                kill();
                throw new IllegalStateException("The instance did not end within a minute");
            }
        }
    }

    /** Ends the instance at once and without a warning ({@code kill -9}). */
    public void kill() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }

    /** Runs one command and returns what it printed and how it ended. */
    public Answer run(String... command) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (String field : Stream.concat(Stream.of(home.toString(), "0"), Stream.of(command)).toList()) {
            body.write(field.getBytes(StandardCharsets.UTF_8));
            body.write(0);
        }
        return Answer.of(request("POST", "/command", body.toByteArray()));
    }

    /** The class path that the distribution's own launcher gives the JVM, relative to the home. */
    public String classPath() throws IOException {
        try (Stream<String> lines = Files.lines(home.resolve("lib/jvm.options"))) {
            return lines.filter(line -> line.startsWith("-cp ")).findFirst().orElseThrow().substring(4).replace("\"", "").strip();
        }
    }

    /** The folder whose {@code etc/} and {@code deploy/} things are dropped into. */
    public Path home() {
        return home;
    }

    public Path data() {
        return data;
    }

    public int port() {
        return port;
    }

    public Process process() {
        return process;
    }

    public Path socket() {
        return data.resolve("run/ozone.sock");
    }

    public String log() throws IOException {
        return Files.readString(data.resolve("log/ozone.log"));
    }

    /** Waits until {@code condition} holds; an exception of it counts as not yet, and is told when the time is up. */
    public static void await(String what, Callable<Boolean> condition) {
        long end = System.nanoTime() + PATIENCE;
        Exception last = null;
        while (System.nanoTime() < end) {
            try {
                if (condition.call()) {
                    return;
                }
                last = null;
            } catch (IllegalStateException e) {
                throw e;
            } catch (Exception e) {
                last = e;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        throw new AssertionError("Not within " + TimeUnit.NANOSECONDS.toSeconds(PATIENCE) + " s: " + what, last);
    }

    private String request(String method, String path, byte[] body) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket()));
            String head = method + " " + path + " HTTP/1.1\r\nHost: ozone\r\nConnection: close\r\nContent-Length: " + body.length + "\r\n\r\n";
            channel.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
            channel.write(ByteBuffer.wrap(body));
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            ByteBuffer buffer = ByteBuffer.allocate(8192);
            while (channel.read(buffer) >= 0) {
                answer.write(buffer.array(), 0, buffer.position());
                buffer.clear();
            }
            return answer.toString(StandardCharsets.ISO_8859_1);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : (Iterable<Path>) all::iterator) {
                Files.copy(each, to.resolve(from.relativize(each).toString()));
            }
        }
    }

    /** What a command printed, its exit code, and its message for the error stream ("" where there is none). */
    public record Answer(int exit, String out, String error) {

        /** Reads a chunked response with its trailers; {@code http} holds one character for each byte. */
        static Answer of(String http) throws IOException {
            int body = http.indexOf("\r\n\r\n") + 4;
            if (!http.startsWith("HTTP/1.1 200") || body < 4) {
                throw new IOException("The socket answered: " + http);
            }
            StringBuilder out = new StringBuilder();
            int at = body;
            while (true) {
                int line = http.indexOf("\r\n", at);
                int size = line < 0 ? -1 : Integer.parseInt(http.substring(at, line).trim(), 16);
                at = line + 2;
                if (size < 0 || at + size > http.length()) {
                    throw new IOException("The socket answered only: " + http);
                }
                if (size == 0) {
                    break;
                }
                out.append(http, at, at + size);
                at += size + 2;
            }
            String[] trailers = http.substring(at).split("\r\n");
            return new Answer(Integer.parseInt(trailer(trailers, "Ozone-Exit", "-1")),
                    new String(out.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8),
                    URLDecoder.decode(trailer(trailers, "Ozone-Error", "").replace("+", "%2B"), StandardCharsets.UTF_8));
        }

        private static String trailer(String[] trailers, String name, String otherwise) {
            return Arrays.stream(trailers).filter(t -> t.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(t -> t.substring(name.length() + 1).trim()).findFirst().orElse(otherwise);
        }
    }
}
