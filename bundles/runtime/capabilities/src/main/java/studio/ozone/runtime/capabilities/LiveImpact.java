package studio.ozone.runtime.capabilities;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.dto.FrameworkDTO;
import org.osgi.framework.dto.ServiceReferenceDTO;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ManagedService;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;

import studio.ozone.api.capability.Impact;
import studio.ozone.runtime.capabilities.Ripple.Fate;

/** Reads the switches, Config Admin and Declarative Services as they are, and says what a change would do to them. Changes nothing. */
@Component
public final class LiveImpact implements Impact {

    /** The manifest's capability of what a bundle registers, and its attribute that holds the interfaces. */
    private static final String SERVICE = "osgi.service";
    private static final String INTERFACES = "objectClass";

    /** What is known of one bundle while the effects are gathered. */
    private static final class Touched {
        final Set<Action> actions = new TreeSet<>();
        final Set<String> keys = new TreeSet<>();
    }

    private final BundleContext context;
    private final ToggleExtender extender;
    private final Ledger ledger;
    private final ConfigurationAdmin admin;
    private final ServiceComponentRuntime runtime;

    @Activate
    public LiveImpact(BundleContext context, @Reference ToggleExtender extender, @Reference Ledger ledger, @Reference ConfigurationAdmin admin,
            @Reference ServiceComponentRuntime runtime) {
        this.context = context;
        this.extender = extender;
        this.ledger = ledger;
        this.admin = admin;
        this.runtime = runtime;
    }

    @Override
    public List<Effect> of(Map<String, Object> values) {
        Collection<ServiceReferenceDTO> services = context.getBundle(0).adapt(FrameworkDTO.class).services;
        List<ComponentConfigurationDTO> components = runtime.getComponentDescriptionDTOs().stream()
            .flatMap(description -> runtime.getComponentConfigurationDTOs(description).stream()).toList();
        Ripple ripple = new Ripple(components, services);
        Map<String, Touched> touched = new TreeMap<>();
        switches(values, ripple, touched);
        for (Map.Entry<String, Map<String, Object>> pid : changes(values).entrySet()) {
            List<ComponentConfigurationDTO> direct = ripple.configured(pid.getKey(), pid.getValue());
            direct.forEach(component -> keys(touched, component, pid.getKey(), pid.getValue().keySet()));
            managed(pid.getKey(), pid.getValue().keySet(), services, touched);
        }
        spread(ripple, components, touched);
        return touched.entrySet().stream().map(each -> effect(each.getKey(), each.getValue(), services))
            .sorted(Comparator.comparing(Effect::name)).toList();
    }

    /** Bundles that their switches start or stop. */
    private void switches(Map<String, Object> values, Ripple ripple, Map<String, Touched> touched) {
        Map<Bundle, Action> moves = Switchboard.planned(context, extender.values(), values);
        moves.forEach((bundle, action) -> {
            if (action == Action.STOPS) {
                ripple.stops(bundle.getBundleId());
            } else {
                ripple.starts(interfaces(bundle));
            }
            Touched one = touched.computeIfAbsent(bundle.getSymbolicName(), name -> new Touched());
            one.actions.add(action);
            Switch.of(bundle).stream().map(Switch::fullKey).filter(values::containsKey).forEach(one.keys::add);
        });
    }

    /** What a bundle's manifest says that it registers. */
    private static Collection<String> interfaces(Bundle bundle) {
        List<String> names = new ArrayList<>();
        bundle.adapt(BundleRevision.class).getDeclaredCapabilities(SERVICE).forEach(service -> {
            Object declared = service.getAttributes().get(INTERFACES);
            if (declared instanceof Collection<?> several) {
                several.forEach(name -> names.add(name.toString()));
            } else if (declared != null) {
                names.addAll(List.of(declared.toString().split("\\s*,\\s*")));
            }
        });
        return names;
    }

    /** PID to the keys that would have another value in Config Admin than now. */
    private Map<String, Map<String, Object>> changes(Map<String, Object> values) {
        Map<String, Map<String, Object>> byPid = new TreeMap<>();
        Map<String, Dictionary<String, Object>> now = new HashMap<>();
        values.forEach((fullKey, value) -> {
            int dot = fullKey.lastIndexOf('.');
            if (dot > 0) {
                String pid = Names.pid(fullKey.substring(0, dot));
                String key = fullKey.substring(dot + 1);
                Dictionary<String, Object> present = now.computeIfAbsent(pid, this::properties);
                if (!Objects.equals(Ripple.text(present == null ? null : present.get(key)), Ripple.text(value))) {
                    byPid.computeIfAbsent(pid, name -> new HashMap<>()).put(key, value);
                }
            }
        });
        return byPid;
    }

    private Dictionary<String, Object> properties(String pid) {
        try {
            Configuration[] found = admin.listConfigurations("(service.pid=" + pid + ")");
            return found == null ? null : found[0].getProperties();
        } catch (IOException | InvalidSyntaxException e) {
            throw new IllegalStateException("Config Admin does not say what " + pid + " holds: " + e.getMessage(), e);
        }
    }

    private static void keys(Map<String, Touched> touched, ComponentConfigurationDTO component, String pid, Set<String> keys) {
        Touched one = touched.computeIfAbsent(component.description.bundle.symbolicName, name -> new Touched());
        Set<String> read = component.description.properties.keySet();
        boolean declares = keys.stream().anyMatch(read::contains);
        keys.stream().filter(key -> !declares || read.contains(key)).forEach(key -> one.keys.add(Names.key(pid, key)));
    }

    /** Those who ask Config Admin for the configuration by themselves. */
    private void managed(String pid, Set<String> keys, Collection<ServiceReferenceDTO> services, Map<String, Touched> touched) {
        for (ServiceReferenceDTO service : services) {
            if (service.properties.get(Constants.OBJECTCLASS) instanceof String[] names
                    && Arrays.asList(names).contains(ManagedService.class.getName()) && pid.equals(service.properties.get(Constants.SERVICE_PID))) {
                Bundle bundle = context.getBundle(service.bundle);
                if (bundle == null) {
                    continue;
                }
                Touched one = touched.computeIfAbsent(bundle.getSymbolicName(), each -> new Touched());
                one.actions.add(Action.MODIFIES);
                keys.forEach(key -> one.keys.add(Names.key(pid, key)));
            }
        }
    }

    private static void spread(Ripple ripple, List<ComponentConfigurationDTO> components, Map<String, Touched> touched) {
        Map<ComponentConfigurationDTO, Fate> fates = ripple.spread();
        fates.forEach((component, fate) -> {
            String bundle = component.description.bundle.symbolicName;
            Touched one = touched.computeIfAbsent(bundle, name -> new Touched());
            List<ComponentConfigurationDTO> siblings = components.stream().filter(each -> each.description.bundle.symbolicName.equals(bundle)).toList();
            one.actions.add(switch (fate) {
                case MODIFIED -> Action.MODIFIES;
                case MADE_ANEW -> Action.REACTIVATES;
                case ENDS -> siblings.stream().allMatch(each -> fates.get(each) == Fate.ENDS || !Ripple.works(each)) ? Action.STOPS
                    : Action.REACTIVATES;
                case BEGINS -> siblings.stream().noneMatch(Ripple::works) ? Action.STARTS : Action.REACTIVATES;
            });
        });
    }

    private Effect effect(String bundle, Touched touched, Collection<ServiceReferenceDTO> services) {
        Action action = touched.actions.contains(Action.STARTS) && touched.actions.contains(Action.STOPS) ? Action.REACTIVATES
            : touched.actions.iterator().next();
        Set<Long> own = new TreeSet<>();
        for (Bundle each : context.getBundles()) {
            if (bundle.equals(each.getSymbolicName())) {
                own.add(each.getBundleId());
            }
        }
        Set<String> usedBy = new TreeSet<>();
        for (ServiceReferenceDTO service : services) {
            if (own.contains(service.bundle)) {
                for (long user : service.usingBundles) {
                    Bundle using = own.contains(user) ? null : context.getBundle(user);
                    if (using != null && using.getSymbolicName() != null) {
                        usedBy.add(Names.capability(using.getSymbolicName()));
                    }
                }
            }
        }
        String name = Names.capability(bundle);
        return new Effect(name, bundle, action, List.copyOf(touched.keys), List.copyOf(usedBy), ledger.working(name),
            extender.durations().last(bundle, action));
    }
}
