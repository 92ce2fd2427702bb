package studio.ozone.config;

import java.util.List;
import java.util.stream.Collectors;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

import studio.ozone.api.config.Settings;
import studio.ozone.api.config.Settings.Problem;
import studio.ozone.api.runtime.HealthCheck;

/** Whether all that the files ask for is in force. */
@Component
public final class ConfigCheck implements HealthCheck {

    private static final String NAME = "config";
    private static final int MOST = 5;

    private final Settings settings;

    @Activate
    public ConfigCheck(@Reference Settings settings) {
        this.settings = settings;
    }

    @Override
    public Result check() {
        List<Problem> problems = settings.problems();
        if (problems.isEmpty()) {
            return new Result(NAME, Status.OK, "every setting is in force", false);
        }
        List<Problem> errors = problems.stream().filter(Problem::error).toList();
        return new Result(NAME, Status.WARN, errors.isEmpty() ? said(problems) : "not in force: " + said(errors), false);
    }

    private static String said(List<Problem> problems) {
        String more = problems.size() <= MOST ? "" : " And " + (problems.size() - MOST) + " more: ./ozone-core config --show lists them.";
        return problems.stream().limit(MOST).map(Problem::message).collect(Collectors.joining(" ")) + more;
    }
}
