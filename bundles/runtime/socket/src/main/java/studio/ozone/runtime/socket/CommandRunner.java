package studio.ozone.runtime.socket;

import java.io.ByteArrayInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.apache.felix.service.command.Function;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Registry;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.apache.karaf.shell.support.CommandException;

/**
 * Runs one command line in a Karaf session of its own. The arguments reach the command as they are, without a parser in
 * between that would take a quotation mark in a question for its own. Session variables: {@value #CWD}, the caller's folder,
 * and {@value #COLUMNS}, the width of the caller's terminal, 0 where there is none.
 */
final class CommandRunner {

    static final String CWD = "ozone.cwd";
    static final String COLUMNS = "ozone.columns";

    /** Where commands are looked for that name no scope. */
    private static final String SCOPE = "ozone";
    /** The same for a line of the shell: Karaf has commands of the same names, {@code bundle:capabilities} for one. */
    private static final String SCOPES = SCOPE + ":shell:bundle:*";
    /** Followed by one line in the language of the shell. */
    private static final String LINE = "shell";
    private static final String RUN = "ozone_run";

    private final SessionFactory sessions;
    private final Caller caller;

    CommandRunner(SessionFactory sessions, Caller caller) {
        this.sessions = sessions;
        this.caller = caller;
    }

    /** Runs it in this thread; an interrupt of the thread cancels it. */
    Outcome run(CommandLine line, OutputStream body) {
        try {
            return caller.call(() -> Outcome.of(execute(line, body)));
        } catch (Exception e) {
            return Outcome.of(e);
        }
    }

    private Object execute(CommandLine line, OutputStream body) throws Exception {
        boolean own = !line.argv().getFirst().contains(":") && !line.argv().getFirst().equals(LINE) && !line.argv().contains("--help");
        OutputStream text = own || line.columns() > 0 ? body : new PlainText(body);
        try (PrintStream out = new PrintStream(new Unclosed(text), true, StandardCharsets.UTF_8)) {
            ByteArrayInputStream in = new ByteArrayInputStream(line.stdin());
            Session base = sessions.create(in, out, out);
            Session session = sessions.create(in, out, out, new Width(line.columns()).on(base));
            try {
                session.currentDir(line.cwd());
                oursFirst(session);
                session.put(CWD, line.cwd().toString());
                session.put(COLUMNS, line.columns());
                return execute(session, line.argv(), out);
            } finally {
                session.close();     // interrupts what is still running of a command that was cancelled
                base.close();
            }
        }
    }

    /**
     * A name without a scope means a command of this product. Karaf's subshells (of a scope, {@code config} for one) come before any scope, so
     * a function stands before them; alone, without arguments, the name opens the subshell as ever.
     */
    static void oursFirst(Session session) {
        session.put(Session.SCOPE, SCOPES);
        for (Command command : session.getRegistry().getCommands()) {
            Command subshell = session.getRegistry().getCommand(Session.SCOPE_GLOBAL, command.getName());
            if (SCOPE.equals(command.getScope()) && subshell != null) {
                session.put(command.getName(), (Function) (none, arguments) -> (arguments.isEmpty() ? subshell : command).execute(session, arguments));
            }
        }
    }

    private Object execute(Session session, List<String> argv, PrintStream out) throws Exception {
        List<Object> arguments = List.copyOf(argv.subList(1, argv.size()));
        if (argv.getFirst().equals(LINE)) {
            Object result = session.execute(String.join(" ", argv.subList(1, argv.size())));
            if (result != null && !(result instanceof Integer)) {
                out.println(result);
            }
            return result;
        }
        Command command = find(session.getRegistry(), argv.getFirst());
        // Run by the session, so that System.out is the caller's: many commands print there.
        session.put(RUN, (Function) (commandSession, none) -> command.execute(session, new ArrayList<>(arguments)));
        return session.execute(RUN);
    }

    private static Command find(Registry registry, String name) throws CommandException {
        int colon = name.indexOf(':');
        String scope = colon < 0 ? SCOPE : name.substring(0, colon);
        String local = name.substring(colon + 1);
        Command command = registry.getCommand(scope, local);
        if (command == null) {
            List<String> known = registry.getCommands().stream().filter(c -> scope.equals(c.getScope())).map(Command::getName).toList();
            String near = nearest(local, known);
            throw new CommandException("There is no command '" + name + "'" + (near.isEmpty() ? "." : near));
        }
        return command;
    }

    /** A hint at the name that is most like it; empty where none is. */
    static String nearest(String name, List<String> known) {
        String best = null;
        int least = Math.max(2, name.length() / 3) + 1;
        for (String candidate : known) {
            int distance = distance(name, candidate);
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return best == null ? "" : ": did you mean '" + best + "'?";
    }

    /** Levenshtein. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(changed, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }

    /** The response ends when its trailers are written, not when a command closes its output. */
    private static final class Unclosed extends FilterOutputStream {
        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            out.flush();
        }
    }
}
