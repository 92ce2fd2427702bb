package studio.ozone.shell;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

import studio.ozone.api.runtime.Health;
import studio.ozone.api.runtime.HealthCheck;

@Service
@Command(scope = "ozone", name = "health", description = "Says whether every part works; exit code 1 if the instance is not ready.\n"
        + "Example: ozone-core health --json")
public final class HealthCommand extends OzoneCommand {

    @Override
    Object run() throws Exception {
        Health.Report report = with(Health.class, "runtime.capabilities", Health::report);
        if (json) {
            print(report);
        } else {
            show(report);
        }
        return report.ready() ? null : FAILED;
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
