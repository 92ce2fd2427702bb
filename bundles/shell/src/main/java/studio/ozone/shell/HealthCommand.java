package studio.ozone.shell;

import java.util.List;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

import studio.ozone.api.egress.Egress;
import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.runtime.Health;
import studio.ozone.api.runtime.HealthCheck;

@Service
@Command(scope = "ozone", name = "health", description = "Says whether every part works; exit code 1 if the instance is not ready.\n"
        + "Examples: ozone-core health --json   ozone-core health --offline   (what would be reached out for; opens nothing)")
public final class HealthCommand extends OzoneCommand {

    /**
     * What would be reached out for.
     *
     * @param egress whether there is a way out at all
     * @param why null, or why there is none
     */
    record Offline(boolean egress, String why, List<Egress.Reach> reaches) { }

    @Option(name = "--offline", description = "Say instead what would be reached out for with the present configuration; opens nothing")
    boolean offline;

    @Override
    Object run() throws Exception {
        if (offline) {
            return offline();
        }
        Health.Report report = with(Health.class, "runtime.capabilities", Health::report);
        if (json) {
            print(report);
        } else {
            show(report);
        }
        return report.ready() ? null : FAILED;
    }

    private Object offline() throws Exception {
        Offline state;
        try {
            state = new Offline(true, null, with(Egress.class, "egress", Egress::reaches));
        } catch (PipelineException e) {
            state = new Offline(false, e.getMessage(), List.of());
        }
        if (json) {
            print(state);
            return null;
        }
        Style style = style();
        for (Egress.Reach reach : state.reaches()) {
            String where = reach.hosts().isEmpty() ? style.dim("nothing: not set") : reach.local() ? style.good("this machine: ") : style.warn("leaves it: ");
            if (!quiet || !reach.hosts().isEmpty()) {
                out().println(style.bold(reach.capability()) + "  " + reach.key() + "  " + where + Style.line(String.join(", ", reach.hosts())));
            }
        }
        if (!state.egress()) {
            out().println("Nothing is reached: there is no way out. " + Style.line(state.why()));
        } else if (state.reaches().isEmpty() && !quiet) {
            out().println("Nothing is reached: no running capability reaches out for anything.");
        }
        return null;
    }

    private void show(Health.Report report) {
        Style style = style();
        for (HealthCheck.Result check : report.checks()) {
            String status = switch (check.status()) {
                case OK -> style.good("ok  ");
                case WARN -> style.warn("warn");
                case FAIL -> style.bad("fail");
            };
            if (!quiet || check.status() != HealthCheck.Status.OK) {
                out().println(status + "  " + style.bold(check.name()) + "  " + Style.line(check.message()));
            }
        }
        if (quiet) {
            return;
        }
        String memory = report.rssBytes() < 0 ? "memory not measured"
            : Style.bytes(report.rssBytes()) + " resident, " + Style.bytes(report.rssAnonBytes()) + " of it anonymous";
        out().println((report.ready() ? "ready" : "not ready") + " · up " + Style.millis(report.uptimeMs()) + " · " + memory);
    }
}
