package studio.ozone.llm.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The server's process. It ends with this JVM, however that ends: a shell starts it and waits for it, and a second one waits for the end
 * of a pipe that only this JVM holds open, then kills it. The first kills the second as soon as the server has ended, so that its
 * number cannot be somebody else's by then. Windows has no such shell: there a JVM that is killed leaves the server behind.
 *
 * <p>Its output is never waited for: {@link #poll} takes what there is, keeps the last lines, and has to be called from time to time.
 */
final class Child implements AutoCloseable {

    private static final String LAUNCHER = """
        exec 3<&0
        trap '' INT HUP
        sh -c 'echo "pid $$"; exec "$@"' sh "$@" </dev/null 3<&- &
        child=$!
        { read -r _ <&3; kill -KILL "$child"; } >/dev/null 2>&1 &
        watcher=$!
        exec 3<&-
        wait "$child"
        code=$?
        kill -KILL "$watcher"
        exit "$code"
        """;
    private static final boolean WINDOWS = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
    private static final Pattern PID = Pattern.compile("pid (\\d{1,10})");
    private static final Pattern PORT = Pattern.compile("listening on http://127\\.0\\.0\\.1:(\\d{1,5})|hostname: 127\\.0\\.0\\.1, port: (\\d{1,5})");
    private static final Pattern SECRET_LIKE = Pattern.compile("[0-9a-f]{32,}");
    private static final int LINES = 12;
    private static final int LONGEST = 300;
    /** Bytes taken by one poll, so that a flood keeps nobody busy for long. */
    private static final int MOST = 1 << 20;
    private static final long END_SECONDS = 2;

    private final Process process;
    private final InputStream output;
    private final Consumer<String> lines;
    private final Deque<String> last = new ArrayDeque<>();
    private final StringBuilder line = new StringBuilder();
    private final byte[] buffer = new byte[1 << 14];
    private ProcessHandle server;
    private int port = -1;
    private boolean flooded;
    private volatile boolean ended;

    private Child(Process process, Consumer<String> lines) {
        this.process = process;
        this.output = process.getInputStream();
        this.lines = lines;
        this.server = WINDOWS ? process.toHandle() : null;
    }

    /**
     * @param command the program and its arguments
     * @param lines told each line of output, cut to a sane length, while the server does not listen yet
     */
    static Child start(List<String> command, Consumer<String> lines) throws IOException {
        List<String> whole = new ArrayList<>(WINDOWS ? List.of() : List.of("/bin/sh", "-c", LAUNCHER, "llama-server"));
        whole.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(whole).redirectErrorStream(true);
        // What the environment says to the core is not for the child, least of all its keys.
        builder.environment().keySet().removeIf(name -> name.matches("(?i)(OZONE|LLAMA|HF)_.*|.*(KEY|TOKEN|SECRET|PASSWORD).*"));
        return new Child(builder.start(), lines);
    }

    /** Takes what it has printed since the last time. */
    synchronized void poll() {
        try {
            for (int taken = 0; taken < MOST && !ended && output.available() > 0;) {
                int count = output.read(buffer, 0, Math.min(buffer.length, output.available()));
                if (count <= 0) {
                    return;
                }
                taken += count;
                flooded |= taken >= MOST;
                take(new String(buffer, 0, count, StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            ended = true;     // the pipe is closed: there is nothing more to take
        }
    }

    private void take(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                line(line.toString());
                line.setLength(0);
            } else if (line.length() < LONGEST) {
                line.append(Character.isISOControl(c) ? ' ' : c);
            }
        }
    }

    private void line(String text) {
        Matcher pid = PID.matcher(text);
        if (server == null && pid.matches()) {
            server = ProcessHandle.of(Long.parseLong(pid.group(1))).orElse(null);
            return;
        }
        if (port < 0) {
            Matcher said = PORT.matcher(text);
            port = said.find() ? Integer.parseInt(said.group(1) == null ? said.group(2) : said.group(1)) : -1;
            lines.accept(text);
        }
        if (!text.isBlank()) {
            last.add(SECRET_LIKE.matcher(text).replaceAll("…"));
            if (last.size() > LINES) {
                last.remove();
            }
        }
    }

    /** Where it listens; -1 as long as it has not said so. */
    synchronized int port() {
        return port;
    }

    boolean alive() {
        return process.isAlive();
    }

    /** Whether it ends within some time. */
    boolean awaitEnd(long millis) throws InterruptedException {
        return process.waitFor(millis, TimeUnit.MILLISECONDS);
    }

    /** How it ended, in words. */
    String end() {
        int code = process.exitValue();
        return code > 128 && code < 160 ? "was ended by signal " + (code - 128) + (code == 137 ? " (the system kills what takes too much memory)" : "")
            : "ended with exit code " + code;
    }

    /** Its last lines for a message; what looks like a key is left out. */
    synchronized String said() {
        poll();
        if (!line.isEmpty()) {
            line(line.toString());
            line.setLength(0);
        }
        return last.isEmpty() ? "It said nothing." : (flooded ? "It printed without end, at last: " : "It said: ") + String.join(" | ", last).replaceFirst("[.\\s]*$", ".");
    }

    /** The launcher, which is this JVM's own child and lives as long as the server. */
    ProcessHandle launcher() {
        return process.toHandle();
    }

    /** The server's own process; null as long as it has not started. */
    synchronized ProcessHandle server() {
        return server;
    }

    /** Ends it at once; it has nothing to lose. */
    @Override
    public void close() {
        poll();
        try {
            process.getOutputStream().close();     // the watcher kills the server
        } catch (IOException e) {
            process.destroyForcibly();             // the pipe is broken: the launcher is gone already
        }
        ProcessHandle own = server();
        if (own != null) {
            own.destroyForcibly();
        }
        boolean interrupted = false;
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            interrupted = true;
            process.descendants().forEach(ProcessHandle::destroyForcibly);
        }
        synchronized (this) {
            ended = true;
            try {
                output.close();
            } catch (IOException e) {
                ended = true;     // nobody reads it any more in any case
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
