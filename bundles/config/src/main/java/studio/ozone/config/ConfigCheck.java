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

    private final Settings settings;

    @Activate
    public ConfigCheck(@Reference Settings settings) {
        this.settings = settings;
    }

    @Override
    public Result check() {
        List<Problem> problems = settings.problems();
        return problems.isEmpty()
            ? new Result("config", Status.OK, "every setting is in force", false)
            : new Result("config", Status.WARN, problems.stream().map(Problem::message).collect(Collectors.joining(" ")), false);
    }
}
