package studio.ozone.shell;

import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.apache.felix.service.command.Process;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.CommandException;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

import studio.ozone.api.capability.Capabilities;
import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.runtime.json.Json;

/**
 * What the commands have in common. A command returns its exit code, or null for 0; it throws the exceptions of the API, whose
 * messages are for the user, and {@link CommandException} where it was used wrongly.
 */
abstract class OzoneCommand implements Action {

    /** Exit code of a command that did its work and has bad news. */
    static final Integer FAILED = 1;

    static final String CWD = "ozone.cwd";
    private static final String COLUMNS = "ozone.columns";

    /** A call of a service, which may fail as the service's API says. */
    @FunctionalInterface
    interface Call<S, R> {
        R on(S service) throws Exception;
    }

    @Reference
    Session session;

    @Reference
    BundleContext context;

    private PrintStream out;

    @Option(name = "--json", description = "Print one JSON object, for programs")
    boolean json;

    @Option(name = "--quiet", description = "Print the result alone: no progress, headings, summaries or figures")
    boolean quiet;

    /** Where the command's output goes, a pipe included; the same from any thread. */
    PrintStream out() {
        return out;
    }

    /** The work itself. */
    abstract Object run() throws Exception;

    @Override
    public final Object execute() throws Exception {
        Process process = Process.Utils.current();
        out = process == null ? session.getConsole() : process.out();
        Arguments.sort(this);
        return run();
    }

    /** The width of the user's terminal; 0 where the output is none. */
    int columns() {
        if (session.get(COLUMNS) instanceof Integer columns) {
            return columns;
        }
        return session.getTerminal() == null ? 0 : Math.max(0, session.getTerminal().getWidth());
    }

    Style style() {
        return new Style(columns() > 0);
    }

    /** @throws CommandException if there is not just one argument */
    static String one(String name, List<String> arguments) throws CommandException {
        if (arguments == null || arguments.size() != 1) {
            throw new CommandException(arguments == null ? name + " is missing" : "One " + name + " at a time, not " + arguments.size());
        }
        return arguments.getFirst();
    }

    /** Progress, where somebody looks at it. */
    Bar bar() {
        return new Bar(out(), json || quiet ? 0 : columns());
    }

    void print(Table table) {
        table.print(out(), style(), !quiet);
    }

    /** Prints one JSON value on one line. */
    void print(Object value) {
        out().println(Json.write(value));
    }

    /** @throws CommandException if it is no path on this system */
    Path path(String text) throws CommandException {
        try {
            String home = text.equals("~") || text.startsWith("~/") ? System.getProperty("user.home") + text.substring(1) : text;
            return folder().resolve(home).normalize();
        } catch (InvalidPathException e) {
            throw new CommandException("Not a path: " + Style.clean(text));
        }
    }

    List<Path> paths(List<String> texts) throws CommandException {
        List<Path> paths = new ArrayList<>();
        for (String text : texts == null ? List.<String>of() : texts) {
            paths.add(path(text));
        }
        return paths;
    }

    private Path folder() {
        return session.get(CWD) instanceof String cwd ? Path.of(cwd) : session.currentDir().toAbsolutePath();
    }

    /**
     * Calls a service that may be absent.
     *
     * @param capability its name, for the answer where it is
     * @throws PipelineException UNAVAILABLE with the reason and the remedy where there is no such service
     */
    <S, R> R with(Class<S> type, String capability, Call<S, R> call) throws Exception {
        ServiceReference<S> reference = context.getServiceReference(type);
        S service = reference == null ? null : context.getService(reference);
        if (service == null) {
            throw new PipelineException(PipelineException.Code.UNAVAILABLE, whyAbsent(capability));
        }
        try {
            return call.on(service);
        } finally {
            context.ungetService(reference);
        }
    }

    private String whyAbsent(String capability) {
        ServiceReference<Capabilities> reference = context.getServiceReference(Capabilities.class);
        Capabilities capabilities = reference == null ? null : context.getService(reference);
        if (capabilities == null) {
            return capability + " is not there: see the log (ozone-core logs)";
        }
        try {
            return capabilities.whyAbsent(capability);
        } finally {
            context.ungetService(reference);
        }
    }
}
