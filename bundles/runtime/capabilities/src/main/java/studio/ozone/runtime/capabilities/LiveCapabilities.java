package studio.ozone.runtime.capabilities;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.Metric;
import com.codahale.metrics.MetricRegistry;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

import studio.ozone.api.capability.Capabilities;
import studio.ozone.api.config.Settings;
import studio.ozone.api.config.SettingsException;
import studio.ozone.api.runtime.HealthCheck;

/** The switchable bundles as they are at the moment of the question, and a health check that names those in trouble. */
@Component(service = {Capabilities.class, HealthCheck.class})
public final class LiveCapabilities implements Capabilities, HealthCheck {

    private static final String ACTIVE = "active";
    private static final String STOPPED = "stopped";
    private static final String COMPONENTS = "Service-Component";

    /** How a capability that starts a process of its own calls the gauges of its memory and its CPU seconds. */
    private static final String CHILD_BYTES = "_child_rss_bytes";
    private static final String CHILD_CPU = "_child_cpu_seconds";

    private final BundleContext context;
    private final ToggleExtender extender;
    private final Ledger ledger;
    private final ServiceComponentRuntime components;

    /** Not needed to switch, only to say who set a switch. */
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    volatile Settings settings;

    /** Not needed to switch, only to say what processes cost. */
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    volatile MetricRegistry metrics;

    @Activate
    public LiveCapabilities(BundleContext context, @Reference ToggleExtender extender, @Reference Ledger ledger,
            @Reference ServiceComponentRuntime components) {
        this.context = context;
        this.extender = extender;
        this.ledger = ledger;
        this.components = components;
    }

    @Override
    public List<Capability> list() {
        return Switchboard.current(context).stream().map(this::describe).sorted(Comparator.comparing(Capability::name)).toList();
    }

    @Override
    public Optional<Capability> find(String name) {
        return bundle(name).map(this::describe);
    }

    @Override
    public String whyAbsent(String name) {
        Optional<Bundle> bundle = bundle(name);
        if (bundle.isEmpty()) {
            String feature = Names.feature(name);
            return name + " is not installed. To install it: ./ozone-core shell feature:install " + feature;
        }
        Capability found = describe(bundle.get());
        if (!found.value()) {
            return name + " is switched off: " + found.key() + " = false (set by " + found.setBy()
                + "). To switch it on: ./ozone-core config --set " + found.key() + "=true";
        }
        return switch (found.state()) {
            case ACTIVE -> name + " is running, but does not offer this service at the moment; try again, and see ./ozone-core health";
            case "unsatisfied" -> name + " is on but not working: " + missing(bundle.get());
            default -> name + " is on (" + found.key() + ") but " + found.state() + reason(bundle.get())
                + ". The log says more: ./ozone-core logs";
        };
    }

    @Override
    public Result check() {
        String trouble = Stream.concat(
            list().stream().filter(each -> each.value() && !each.state().equals(ACTIVE)).map(each -> whyAbsent(each.name())),
            extender.problems().stream()).collect(Collectors.joining("; "));
        return trouble.isEmpty()
            ? new Result("capabilities", Status.OK, "every capability that is on is running", false)
            : new Result("capabilities", Status.WARN, trouble, false);
    }

    private Optional<Bundle> bundle(String name) {
        return Switchboard.current(context).stream()
            .filter(bundle -> Names.capability(bundle.getSymbolicName()).equals(name)).findFirst();
    }

    private Capability describe(Bundle bundle) {
        String name = Names.capability(bundle.getSymbolicName());
        List<Switch> switches = Switch.of(bundle);
        Switch deciding = extender.values().deciding(switches);
        Ledger.Cost cost = ledger.cost(name);
        return new Capability(name, bundle.getSymbolicName(), bundle.getVersion().toString(), state(bundle), deciding.fullKey(),
            extender.values().value(deciding), setBy(deciding), cost.threads(), cost.working(), cost.cpuMs(), cost.allocatedBytes(),
            (long) figure(name, CHILD_BYTES), (long) (1_000 * figure(name, CHILD_CPU)), Spent.of(metrics, name));
    }

    /** What a capability's own gauge says; 0 where it has none. */
    private double figure(String name, String ending) {
        MetricRegistry registry = metrics;
        Metric metric = registry == null ? null : registry.getMetrics().get("ozone_" + name.replace('.', '_') + ending);
        return metric instanceof Gauge<?> gauge && gauge.getValue() instanceof Number number ? Math.max(0, number.doubleValue()) : 0;
    }

    private String state(Bundle bundle) {
        return switch (bundle.getState()) {
            case Bundle.ACTIVE -> !componentsRead(bundle) ? "starting" : missing(bundle).isEmpty() ? ACTIVE : "unsatisfied";
            case Bundle.STARTING -> "starting";
            case Bundle.STOPPING -> "stopping";
            case Bundle.INSTALLED -> extender.values().all(Switch.of(bundle)) ? "unresolved" : STOPPED;
            default -> extender.values().all(Switch.of(bundle)) && extender.failure(bundle) != null ? "failed" : STOPPED;
        };
    }

    private String reason(Bundle bundle) {
        String failure = extender.failure(bundle);
        return failure == null ? "" : ": " + failure;
    }

    /** A bundle is active a moment before its components have been read. */
    private boolean componentsRead(Bundle bundle) {
        return bundle.getHeaders("").get(COMPONENTS) == null || !components.getComponentDescriptionDTOs(bundle).isEmpty();
    }

    /** What the components of an active bundle wait for; empty where all of them are satisfied. */
    private String missing(Bundle bundle) {
        return components.getComponentDescriptionDTOs(bundle).stream()
            .flatMap(description -> components.getComponentConfigurationDTOs(description).stream())
            .map(LiveCapabilities::missing).filter(text -> !text.isEmpty()).collect(Collectors.joining("; "));
    }

    private static String missing(ComponentConfigurationDTO component) {
        return switch (component.state) {
            case ComponentConfigurationDTO.FAILED_ACTIVATION ->
                component.description.name + " failed: " + String.valueOf(component.failure).lines().findFirst().orElse("no reason given");
            case ComponentConfigurationDTO.UNSATISFIED_REFERENCE -> component.unsatisfiedReferences.length == 0
                ? ""      // what it waited for has come since the state was read
                : component.description.name + " waits for " + Stream.of(component.unsatisfiedReferences)
                    .map(reference -> interfaceOf(component, reference)).collect(Collectors.joining(", "));
            default -> "";
        };
    }

    private static String interfaceOf(ComponentConfigurationDTO component, UnsatisfiedReferenceDTO reference) {
        return Stream.of(component.description.references).filter(each -> each.name.equals(reference.name))
            .map(each -> each.interfaceName).findFirst().orElse(reference.name);
    }

    private String setBy(Switch toggle) {
        Settings known = settings;
        if (known == null) {
            return "configuration";
        }
        try {
            Settings.Setting setting = known.get(toggle.fullKey());
            return setting.line() > 0 ? setting.setBy() + ":" + setting.line() : setting.setBy();
        } catch (SettingsException e) {
            return "configuration";
        }
    }
}
