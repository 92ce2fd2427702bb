package studio.ozone.itests.exam;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

import studio.ozone.itests.Distribution;

/**
 * Everything that would look different if it had been restarted, one line each: bundles with their state and time, services, which the
 * framework numbers anew at each registration, and component configurations, which Declarative Services numbers anew at each start.
 */
final class World {

    private static final long SETTLED_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private World() {
    }

    /** The same, once nothing has changed for a moment: a component is satisfied before its service is there. */
    static Map<String, String> settled(BundleContext context, ServiceComponentRuntime components, Set<String> without) {
        AtomicReference<Map<String, String>> last = new AtomicReference<>(Map.of());
        Distribution.await("nothing comes and goes", () -> {
            Map<String, String> before = last.getAndSet(seen(context, components, without));
            LockSupport.parkNanos(SETTLED_NANOS);
            return before.equals(last.get());
        });
        return last.get();
    }

    /** @param without symbolic names of bundles that are left out, with their services and components */
    static Map<String, String> seen(BundleContext context, ServiceComponentRuntime components, Set<String> without) {
        Map<String, String> seen = new TreeMap<>();
        for (Bundle bundle : context.getBundles()) {
            if (!without.contains(bundle.getSymbolicName())) {
                seen.put("bundle " + bundle.getBundleId(), bundle + " state " + bundle.getState() + " of " + bundle.getLastModified());
            }
        }
        try {
            for (ServiceReference<?> service : context.getAllServiceReferences(null, null)) {
                Bundle owner = service.getBundle();
                String types = Arrays.toString((String[]) service.getProperty(Constants.OBJECTCLASS));
                // The forms for keys that no bundle describes follow the bundles that come and go; Declarative Services registers a managed service
                // on behalf of a bundle when it first has to know whether that bundle may see a configuration.
                if (owner != null && !without.contains(owner.getSymbolicName()) && !types.contains("MetaTypeProvider")
                        && !types.equals("[org.osgi.service.cm.ManagedService]")) {
                    seen.put("service " + service.getProperty(Constants.SERVICE_ID), owner + " offers " + types);
                }
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
        for (ComponentDescriptionDTO description : components.getComponentDescriptionDTOs()) {
            if (!without.contains(description.bundle.symbolicName)) {
                for (ComponentConfigurationDTO component : components.getComponentConfigurationDTOs(description)) {
                    // Whether a satisfied component has been asked for yet says nothing about a restart.
                    boolean works = (component.state & (ComponentConfigurationDTO.SATISFIED | ComponentConfigurationDTO.ACTIVE)) != 0;
                    seen.put("component " + component.id, description.name + (works ? " works" : " in state " + component.state));
                }
            }
        }
        return seen;
    }
}
