package studio.ozone.runtime.socket;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.jline.terminal.Size;

/**
 * Interactive sessions. A session's screen is the body of the response that opened it; its keys are the body of a second
 * request, so that each direction streams on its own and any HTTP client can be both.
 */
final class Shells {

    private final SessionFactory sessions;
    private final Caller caller;
    private final Map<String, SocketTerminal> open = new ConcurrentHashMap<>();
    private final AtomicLong last = new AtomicLong();

    Shells(SessionFactory sessions, Caller caller) {
        this.sessions = sessions;
        this.caller = caller;
    }

    /** A name for the next session; it is in the head of the response. */
    String next() {
        return Long.toString(last.incrementAndGet());
    }

    /**
     * Runs a session until it is left; an interrupt ends it.
     *
     * @param line columns of the terminal; argv is the number of rows and the terminal's type
     */
    Outcome run(String name, CommandLine line, OutputStream screen) {
        try {
            return caller.call(() -> session(name, line, screen));
        } catch (Exception e) {
            return Outcome.of(e);
        }
    }

    private Outcome session(String name, CommandLine line, OutputStream screen) throws IOException {
        Size size = new Size(line.columns(), rows(line.argv().getFirst()));
        String type = line.argv().size() > 1 && !line.argv().get(1).isEmpty() ? line.argv().get(1) : "xterm";
        try (SocketTerminal terminal = new SocketTerminal(type, size, screen);
                PrintStream out = new PrintStream(terminal.output(), true, StandardCharsets.UTF_8)) {
            Session session = sessions.create(terminal.input(), out, out, terminal, "UTF-8", () -> open.remove(name));
            open.put(name, terminal);
            session.currentDir(line.cwd());
            session.put(CommandRunner.CWD, line.cwd().toString());
            session.run();
            return new Outcome(0, null);
        } finally {
            open.remove(name);
        }
    }

    /**
     * Hands keys on as they come, until there are no more.
     *
     * @return false if there is no such session
     */
    boolean keys(String name, InputStream keys) throws IOException {
        SocketTerminal terminal = open.get(name);
        if (terminal == null) {
            return false;
        }
        byte[] some = new byte[512];
        for (int read = keys.read(some); read >= 0 && open.get(name) == terminal; read = keys.read(some)) {
            terminal.processInputBytes(some, 0, read);
        }
        return true;
    }

    /** @return false if there is no such session */
    boolean resize(String name, CommandLine line) throws Request.Refused {
        SocketTerminal terminal = open.get(name);
        if (terminal != null) {
            terminal.resize(new Size(line.columns(), rows(line.argv().getFirst())));
        }
        return terminal != null;
    }

    private static int rows(String text) throws Request.Refused {
        try {
            return Math.clamp(Integer.parseInt(text), 1, 10_000);
        } catch (NumberFormatException e) {
            throw new Request.Refused(400, "The number of rows is not a number: " + text);
        }
    }
}
