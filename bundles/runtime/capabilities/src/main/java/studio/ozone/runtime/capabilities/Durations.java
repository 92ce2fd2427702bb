package studio.ozone.runtime.capabilities;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

import org.osgi.framework.Bundle;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.ComponentConstants;

import studio.ozone.api.capability.Impact.Action;

/**
 * How long it took last time that a bundle started, stopped, took a configuration or was made anew, as the framework's events tell. A
 * configuration counts from the moment it was changed until the component's service is there with it. Holds names and numbers only.
 */
final class Durations implements ServiceListener {

    /** The services of components; nothing else is listened to. */
    static final String FILTER = "(" + ComponentConstants.COMPONENT_NAME + "=*)";
    /** What takes longer than this has another cause: a service that went, and one day came back. */
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(30);

    private record Act(String bundle, Action action) { }

    private final LongSupplier nanos;
    private final Map<Act, Long> lastMs = new ConcurrentHashMap<>();
    private final Map<Long, Long> bundles = new ConcurrentHashMap<>();
    private final Map<String, Long> pids = new ConcurrentHashMap<>();
    private final Map<Object, Long> components = new ConcurrentHashMap<>();

    Durations(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Milliseconds; null where it has not been seen. */
    Long last(String symbolicName, Action action) {
        return lastMs.get(new Act(symbolicName, action));
    }

    void bundleChanged(BundleEvent event) {
        Bundle bundle = event.getBundle();
        switch (event.getType()) {
            case BundleEvent.STARTING, BundleEvent.STOPPING -> bundles.put(bundle.getBundleId(), nanos.getAsLong());
            case BundleEvent.STARTED -> ended(bundles.remove(bundle.getBundleId()), bundle, Action.STARTS);
            case BundleEvent.STOPPED -> ended(bundles.remove(bundle.getBundleId()), bundle, Action.STOPS);
            default -> { }
        }
    }

    void configured(String pid) {
        pids.put(pid, nanos.getAsLong());
    }

    @Override
    public void serviceChanged(ServiceEvent event) {
        ServiceReference<?> service = event.getServiceReference();
        Bundle bundle = service.getBundle();
        if (bundle == null || bundle.getState() != Bundle.ACTIVE) {
            return;
        }
        Object component = service.getProperty(ComponentConstants.COMPONENT_NAME);
        switch (event.getType()) {
            case ServiceEvent.UNREGISTERING -> {
                Long changed = changed(service);
                components.put(component, changed == null ? nanos.getAsLong() : changed);
            }
            case ServiceEvent.REGISTERED -> ended(components.remove(component), bundle, Action.REACTIVATES);
            case ServiceEvent.MODIFIED -> ended(changed(service), bundle, Action.MODIFIES);
            default -> { }
        }
    }

    /** When the youngest of a component's configurations was changed, if that is what moves it now. */
    private Long changed(ServiceReference<?> service) {
        Long youngest = null;
        for (Object pid : pids(service.getProperty(Constants.SERVICE_PID))) {
            Long at = pids.get(pid);
            if (at != null && nanos.getAsLong() - at <= LONGEST_NANOS && (youngest == null || at - youngest > 0)) {
                youngest = at;
            }
        }
        return youngest;
    }

    private static Collection<?> pids(Object property) {
        return switch (property) {
            case null -> java.util.List.of();
            case Collection<?> several -> several;
            case Object[] several -> Stream.of(several).toList();
            default -> java.util.List.of(property);
        };
    }

    private void ended(Long began, Bundle bundle, Action action) {
        long took = began == null ? Long.MAX_VALUE : nanos.getAsLong() - began;
        if (took <= LONGEST_NANOS && bundle.getSymbolicName() != null) {
            lastMs.put(new Act(bundle.getSymbolicName(), action), TimeUnit.NANOSECONDS.toMillis(took));
        }
    }
}
