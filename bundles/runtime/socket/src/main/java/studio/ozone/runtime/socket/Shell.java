package studio.ozone.runtime.socket;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.apache.felix.service.command.Function;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.jline.reader.LineReader;
import org.jline.terminal.Size;

/**
 * One interactive session. It takes keys as soon as it is made, and hands them on once it runs; it ends when it is left with
 * {@code exit}, {@code logout} or Ctrl-D at an empty prompt, or when it is cancelled.
 */
final class Shell implements Work {

    private static final String READER = ".jline.reader";
    private static final String EXIT = "exit";

    private final String name;
    private final SocketTerminal terminal;
    private final CommandLine line;
    private final Path history;
    private final SessionFactory sessions;
    private final Caller caller;
    private final Runnable left;
    private Session session;
    private boolean cancelled;

    /**
     * @param line the caller's folder
     * @param history a file
     * @param left called when the session has ended
     */
    Shell(String name, SocketTerminal terminal, CommandLine line, Path history, SessionFactory sessions, Caller caller, Runnable left) {
        this.name = name;
        this.terminal = terminal;
        this.line = line;
        this.history = history;
        this.sessions = sessions;
        this.caller = caller;
        this.left = left;
    }

    @Override
    public Map<String, String> headers() {
        return Map.of("Ozone-Shell", name);
    }

    @Override
    public Outcome run() {
        try {
            return caller.call(this::session);
        } catch (Exception e) {
            return Outcome.of(e);
        } finally {
            left.run();
        }
    }

    private Outcome session() throws IOException {
        try (terminal; PrintStream out = new PrintStream(terminal.output(), true, StandardCharsets.UTF_8)) {
            Session opened = sessions.create(terminal.input(), out, out, terminal, "UTF-8", null);
            opened.currentDir(line.cwd());
            CommandRunner.oursFirst(opened);
            opened.put(CommandRunner.CWD, line.cwd().toString());
            opened.put(EXIT, (Function) (none, arguments) -> exit(opened));
            ((LineReader) opened.get(READER)).setVariable(LineReader.HISTORY_FILE, history);
            synchronized (this) {
                session = opened;
                if (cancelled) {
                    opened.close();
                    return Outcome.of(new InterruptedException());
                }
            }
            opened.run();
            return new Outcome(0, null);
        }
    }

    /** Karaf's own {@code exit} leaves a subshell only, and does nothing where there is none. */
    private static Object exit(Session session) throws Exception {
        Object subshell = session.get(Session.SUBSHELL);
        Command leave = session.getRegistry().getCommand(Session.SCOPE_GLOBAL, EXIT);
        if (leave != null && subshell != null && !subshell.toString().isEmpty()) {
            return leave.execute(session, List.of());
        }
        session.close();
        return null;
    }

    /** An interrupt alone would only clear the line that is being typed, as Ctrl-C does. */
    @Override
    public synchronized void cancel(Thread runner) {
        cancelled = true;
        if (session != null) {
            session.close();
        }
    }

    /** Hands keys on as they come, until there are no more or the session has ended. */
    void keys(InputStream keys) throws IOException {
        byte[] some = new byte[512];
        for (int read = keys.read(some); read >= 0; read = keys.read(some)) {
            terminal.processInputBytes(some, 0, read);
        }
    }

    void resize(Size size) {
        terminal.resize(size);
    }
}
