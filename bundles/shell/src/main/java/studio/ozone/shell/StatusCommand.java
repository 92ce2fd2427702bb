package studio.ozone.shell;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

import studio.ozone.api.runtime.Health;
import studio.ozone.api.web.LoginLinks;

@Service
@Command(scope = "ozone", name = "status", description = "Says where the instance lies, where its data lie, and whether it is ready.\n"
        + "Example: ozone-core status --json")
public final class StatusCommand extends OzoneCommand {

    /**
     * @param home the distribution's folder; configuration files are dropped into its {@code etc}
     * @param data the data home
     * @param http where the HTTP API listens; null where it does not
     */
    record Status(boolean running, boolean ready, long pid, String home, String data, long uptimeMs, String version, String http) { }

    @Override
    Object run() throws Exception {
        Health.Report health = with(Health.class, "runtime.capabilities", Health::report);
        Status status = new Status(true, health.ready(), ProcessHandle.current().pid(), context.getProperty("karaf.home"),
            context.getProperty("ozone.data"), health.uptimeMs(), version(), http());
        if (json) {
            print(status);
        } else if (!quiet) {
            out().printf("%s, version %s, process %d, up %s%n", status.ready() ? "ready" : "not ready", status.version(), status.pid(),
                Style.millis(status.uptimeMs()));
            out().println("home " + status.home());
            out().println("data " + status.data());
            out().println("http " + (status.http() == null ? "does not listen: see ozone-core health" : status.http()));
        }
        return null;
    }

    /** As Maven writes it. */
    private String version() {
        return context.getBundle().getVersion().toString().replace(".SNAPSHOT", "-SNAPSHOT");
    }

    private String http() throws Exception {
        try {
            return with(LoginLinks.class, "web.access", links -> links.address().toString());
        } catch (IllegalStateException e) {
            return null;
        }
    }
}
