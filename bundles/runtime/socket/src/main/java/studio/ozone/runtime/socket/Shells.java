package studio.ozone.runtime.socket;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.karaf.shell.api.console.SessionFactory;
import org.jline.terminal.Size;

/**
 * Interactive sessions. A session's screen is the body of the response that opened it; its keys are the body of a second
 * request, so that each direction streams on its own and any HTTP client can be both.
 */
final class Shells {

    private final SessionFactory sessions;
    private final Caller caller;
    private final Path history;
    private final Map<String, Shell> open = new ConcurrentHashMap<>();
    private final AtomicLong last = new AtomicLong();

    /** @param history the file with the lines of earlier sessions */
    Shells(SessionFactory sessions, Caller caller, Path history) {
        this.sessions = sessions;
        this.caller = caller;
        this.history = history;
    }

    /**
     * A session that takes keys by its name from now on.
     *
     * @param line columns of the terminal; argv is the number of rows and the terminal's type
     */
    Shell open(CommandLine line, OutputStream screen) throws IOException {
        String type = line.argv().size() > 1 && !line.argv().get(1).isEmpty() ? line.argv().get(1) : "xterm";
        SocketTerminal terminal = new SocketTerminal(type, size(line), screen);
        String name = Long.toString(last.incrementAndGet());
        Shell shell = new Shell(name, terminal, line, history, sessions, caller, () -> open.remove(name));
        open.put(name, shell);
        return shell;
    }

    /**
     * Hands keys on as they come, until there are no more.
     *
     * @return false if there is no such session
     */
    boolean keys(String name, InputStream keys) throws IOException {
        Shell shell = open.get(name);
        if (shell != null) {
            shell.keys(keys);
        }
        return shell != null;
    }

    /** @return false if there is no such session */
    boolean resize(String name, CommandLine line) throws Request.Refused {
        Shell shell = open.get(name);
        if (shell != null) {
            shell.resize(size(line));
        }
        return shell != null;
    }

    private static Size size(CommandLine line) throws Request.Refused {
        String rows = line.argv().getFirst();
        try {
            return new Size(line.columns(), Math.clamp(Integer.parseInt(rows), 1, 10_000));
        } catch (NumberFormatException e) {
            throw new Request.Refused(400, "The number of rows is not a number: " + rows);
        }
    }
}
