package studio.ozone.runtime.capabilities;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

import studio.ozone.api.runtime.Health;
import studio.ozone.api.runtime.HealthCheck;
import studio.ozone.api.runtime.HealthCheck.Result;
import studio.ozone.api.runtime.HealthCheck.Status;

/** Asks every {@link HealthCheck}, and adds whether the start is over. */
@Component(service = Health.class)
public final class InstanceHealth implements Health {

    private final BundleContext context;

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    volatile List<HealthCheck> checks;

    @Activate
    public InstanceHealth(BundleContext context) {
        this.context = context;
    }

    @Override
    public Report report() {
        List<Result> results = new ArrayList<>();
        results.add(start());
        for (HealthCheck check : checks) {
            results.add(ask(check));
        }
        results.sort(Comparator.comparing(Result::name));
        boolean ready = results.stream().noneMatch(result -> result.gate() && result.status() == Status.FAIL);
        ProcessMemory memory = ProcessMemory.now();
        return new Report(ready, List.copyOf(results), memory.rss(), memory.anonymous(), ManagementFactory.getRuntimeMXBean().getUptime());
    }

    private Result start() {
        String beginning = context.getProperty(Constants.FRAMEWORK_BEGINNING_STARTLEVEL);
        int target = beginning == null ? 1 : Integer.parseInt(beginning.strip());
        int level = context.getBundle(0).adapt(FrameworkStartLevel.class).getStartLevel();
        return level >= target
            ? new Result("start", Status.OK, "start level " + level + " reached", true)
            : new Result("start", Status.FAIL, "still starting: start level " + level + " of " + target, true);
    }

    /** A check that breaks its promise not to throw is itself a finding. */
    private static Result ask(HealthCheck check) {
        try {
            return check.check();
        } catch (RuntimeException e) {
            return new Result(check.getClass().getName(), Status.FAIL, "the check itself failed: " + e, false);
        }
    }
}
