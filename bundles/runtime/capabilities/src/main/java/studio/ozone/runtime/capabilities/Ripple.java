package studio.ozone.runtime.capabilities;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.dto.ServiceReferenceDTO;
import org.osgi.service.component.ComponentConstants;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ReferenceDTO;
import org.osgi.service.component.runtime.dto.SatisfiedReferenceDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

/**
 * How far a change of bundles and configurations reaches among the components of Declarative Services: what is made anew, because its
 * configuration changes and it cannot take that while it works, or because something it holds fast (a static reference, or the last one
 * of a mandatory reference) goes or is made anew itself, and so on. It looks at nothing but what it was given. One thread, one use.
 */
final class Ripple {

    /** What happens to a component, the strongest first. */
    enum Fate {
        /** It is left without something that it cannot work without. */
        ENDS,
        /** It gets what it waited for. */
        BEGINS,
        /** It ends and begins again. */
        MADE_ANEW,
        /** Its modified method is called with a key that it reads. */
        MODIFIED
    }

    private static final int SATISFIED = ComponentConfigurationDTO.SATISFIED | ComponentConfigurationDTO.ACTIVE
        | ComponentConfigurationDTO.FAILED_ACTIVATION;

    private final List<ComponentConfigurationDTO> components;
    private final Map<Long, ServiceReferenceDTO> services = new HashMap<>();
    /** Services with the properties that they will have, where these change. */
    private final Map<Long, Map<String, Object>> changed = new HashMap<>();
    private final Set<Long> stopping = new HashSet<>();
    private final Set<Long> gone = new HashSet<>();
    private final Set<Long> anew = new HashSet<>();
    private final Set<String> arriving = new HashSet<>();
    private final Map<ComponentConfigurationDTO, Fate> fates = new IdentityHashMap<>();

    /**
     * @param components every component of the bundles that run
     * @param services every service
     */
    Ripple(Collection<ComponentConfigurationDTO> components, Collection<ServiceReferenceDTO> services) {
        this.components = List.copyOf(components);
        services.forEach(service -> this.services.put(service.id, service));
    }

    /** Whether a component does its work, or would at the first call. */
    static boolean works(ComponentConfigurationDTO component) {
        return (component.state & SATISFIED) != 0;
    }

    /** A bundle stops: all its services go. */
    void stops(long bundle) {
        stopping.add(bundle);
        services.values().stream().filter(service -> service.bundle == bundle).forEach(service -> gone.add(service.id));
    }

    /** A bundle starts. @param interfaces what it declares to register */
    void starts(Collection<String> interfaces) {
        arriving.addAll(interfaces);
    }

    /**
     * The configuration of a PID changes.
     *
     * @param keys key within the PID to its new value; null for one that is not set any more
     * @return the components that this touches directly
     */
    List<ComponentConfigurationDTO> configured(String pid, Map<String, Object> keys) {
        List<ComponentConfigurationDTO> touched = new ArrayList<>();
        for (ComponentConfigurationDTO component : components) {
            if (!reads(component, pid) || !works(component) || stopping.contains(component.description.bundle.id)) {
                continue;
            }
            boolean live = component.description.modified != null && keys.keySet().stream().noneMatch(key -> isTarget(component, key));
            if (!live) {
                mark(component, Fate.MADE_ANEW);
            } else if (keys.entrySet().stream().anyMatch(key -> changes(component, key.getKey(), key.getValue()))) {
                mark(component, Fate.MODIFIED);
            }
            if (live) {
                keys.forEach((key, value) -> setProperty(component, key, value));
            }
            if (fates.containsKey(component)) {
                touched.add(component);
            }
        }
        return touched;
    }

    /** Follows the change to its end. @return components to what happens to them; those that nothing happens to are not in it */
    Map<ComponentConfigurationDTO, Fate> spread() {
        boolean grown = true;
        while (grown) {
            grown = false;
            for (ComponentConfigurationDTO component : components) {
                if (!stopping.contains(component.description.bundle.id)) {
                    Fate next = works(component) ? ofSatisfied(component) : ofWaiting(component);
                    grown |= next != null && mark(component, next);
                }
            }
        }
        return fates;
    }

    private static boolean reads(ComponentConfigurationDTO component, String pid) {
        return !"ignore".equals(component.description.configurationPolicy) && Arrays.asList(component.description.configurationPid).contains(pid);
    }

    /** Whether a key that a component reads gets another value, its own default counted. */
    private static boolean changes(ComponentConfigurationDTO component, String key, Object value) {
        Object declared = component.description.properties.get(key);
        return declared != null && !text(value == null ? declared : value).equals(text(component.properties.get(key)));
    }

    /** An array and a list of the same are the same, and so are numbers of two types. */
    static String text(Object value) {
        return value == null ? null : value instanceof Object[] several ? Arrays.asList(several).toString() : value.toString();
    }

    /** A property that chooses what a reference is bound to cannot change while the component works. */
    private static boolean isTarget(ComponentConfigurationDTO component, String key) {
        return Stream.of(component.description.references).anyMatch(reference -> key.equals(reference.name + ".target"));
    }

    private void setProperty(ComponentConfigurationDTO component, String key, Object value) {
        services(component).forEach(service -> {
            Map<String, Object> after = changed.computeIfAbsent(service.id, id -> new HashMap<>(service.properties));
            Object declared = component.description.properties.get(key);
            if (value == null && declared == null) {
                after.remove(key);
            } else {
                after.put(key, value == null ? declared : value);
            }
        });
    }

    private boolean mark(ComponentConfigurationDTO component, Fate fate) {
        Fate before = fates.get(component);
        if (before != null && before.compareTo(fate) <= 0) {
            return false;
        }
        fates.put(component, fate);
        switch (fate) {
            case ENDS -> services(component).forEach(service -> gone.add(service.id));
            case MADE_ANEW -> services(component).forEach(service -> anew.add(service.id));
            case BEGINS -> arriving.addAll(Arrays.asList(component.description.serviceInterfaces));
            case MODIFIED -> { }
        }
        return true;
    }

    private Stream<ServiceReferenceDTO> services(ComponentConfigurationDTO component) {
        return services.values().stream().filter(service -> Long.valueOf(component.id).equals(service.properties.get(ComponentConstants.COMPONENT_ID))
            && service.bundle == component.description.bundle.id);
    }

    private Fate ofWaiting(ComponentConfigurationDTO component) {
        return component.state == ComponentConfigurationDTO.UNSATISFIED_REFERENCE
            && Stream.of(component.unsatisfiedReferences).allMatch(missing -> arriving.contains(interfaceOf(component, missing))) ? Fate.BEGINS : null;
    }

    private static String interfaceOf(ComponentConfigurationDTO component, UnsatisfiedReferenceDTO missing) {
        return Stream.of(component.description.references).filter(reference -> reference.name.equals(missing.name))
            .map(reference -> reference.interfaceName).findFirst().orElse("");
    }

    private Fate ofSatisfied(ComponentConfigurationDTO component) {
        Fate strongest = null;
        for (ReferenceDTO reference : component.description.references) {
            Fate fate = throughReference(component, reference);
            if (fate != null && (strongest == null || fate.compareTo(strongest) < 0)) {
                strongest = fate;
            }
        }
        return strongest;
    }

    private Fate throughReference(ComponentConfigurationDTO component, ReferenceDTO reference) {
        SatisfiedReferenceDTO satisfied = Stream.of(component.satisfiedReferences).filter(each -> each.name.equals(reference.name)).findFirst()
            .orElse(null);
        String target = satisfied == null ? reference.target : satisfied.target;
        List<Long> bound = satisfied == null || satisfied.boundServices == null ? List.of()
            : Stream.of(satisfied.boundServices).map(service -> service.id).toList();
        List<Long> fitting = services.values().stream().filter(service -> fits(service, reference.interfaceName, target)).map(service -> service.id)
            .filter(id -> !gone.contains(id)).toList();
        boolean mandatory = reference.cardinality.startsWith("1");
        boolean fixed = "static".equals(reference.policy) && component.state == ComponentConfigurationDTO.ACTIVE;
        if (mandatory && fitting.isEmpty() && !arriving.contains(reference.interfaceName)) {
            return Fate.ENDS;
        }
        Predicate<Long> stays = id -> fitting.contains(id) && !anew.contains(id);
        if (fixed && !bound.stream().allMatch(stays) || mandatory && fitting.stream().noneMatch(stays)) {
            return Fate.MADE_ANEW;
        }
        boolean takesMore = bound.isEmpty() || reference.cardinality.endsWith("n");
        return fixed && takesMore && "greedy".equals(reference.policyOption) && arriving.contains(reference.interfaceName) ? Fate.MADE_ANEW : null;
    }

    private boolean fits(ServiceReferenceDTO service, String interfaceName, String target) {
        if (!(service.properties.get(Constants.OBJECTCLASS) instanceof String[] names) || !Arrays.asList(names).contains(interfaceName)) {
            return false;
        }
        try {
            return target == null || FrameworkUtil.createFilter(target).matches(changed.getOrDefault(service.id, service.properties));
        } catch (InvalidSyntaxException e) {
            return false;
        }
    }
}
