package studio.ozone.runtime.capabilities;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.junit.Test;
import org.osgi.framework.dto.BundleDTO;
import org.osgi.framework.dto.ServiceReferenceDTO;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.ReferenceDTO;
import org.osgi.service.component.runtime.dto.SatisfiedReferenceDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

import studio.ozone.runtime.capabilities.Ripple.Fate;

import static org.junit.Assert.assertEquals;

public class RippleTest {

    private final List<ComponentConfigurationDTO> components = new ArrayList<>();
    private final List<ServiceReferenceDTO> services = new ArrayList<>();

    @Test
    public void aKeyTouchesThoseWhoReadItAndThoseWhoCannotTakeItWhileTheyWork() {
        component("reads").configured("p", "reconfigure", "depth");
        component("has another key of the table").configured("p", "reconfigure", "width");
        component("has no modified method").configured("p", null, "width");
        component("ignores it").configured("p", null, "depth").description.configurationPolicy = "ignore";
        component("has another table").configured("q", null, "depth");
        assertEquals(Map.of("reads", Fate.MODIFIED, "has no modified method", Fate.MADE_ANEW), configured("p", "depth", 3));
        assertEquals(Map.of(), configured("nobody's", "depth", 3));
        assertEquals("what is made anew does not look at the value", Map.of("has no modified method", Fate.MADE_ANEW), configured("p", "depth", "default"));
    }

    @Test
    public void aTargetCannotChangeWhileTheComponentWorks() {
        component("a").configured("p", "reconfigure", "store.target").refers("store", "Store", "0..1", "dynamic", "reluctant");
        assertEquals(Map.of("a", Fate.MADE_ANEW), configured("p", "store.target", "(x=y)"));
    }

    @Test
    public void whatIsHeldFastIsPassedOnFromOneToTheNextAndWhatIsDynamicIsNot() {
        Part store = component("store").configured("p", null, "path").registers(1, "Store");
        Part index = component("index").refers("store", "Store", "1..1", "static", "reluctant", store).registers(2, "Index");
        Part prompt = component("prompt").refers("index", "Index", "1..1", "static", "reluctant", index).registers(3, "Prompting");
        component("shell").refers("prompt", "Prompting", "0..1", "dynamic", "greedy", prompt);
        component("list").refers("prompt", "Prompting", "0..n", "static", "reluctant", prompt);
        component("beside").refers("other", "Other", "0..1", "static", "reluctant");
        assertEquals(Map.of("store", Fate.MADE_ANEW, "index", Fate.MADE_ANEW, "prompt", Fate.MADE_ANEW, "list", Fate.MADE_ANEW),
            configured("p", "path", "/x"));
    }

    @Test
    public void aDynamicReferenceThatMustBeBoundCannotBridgeTheGapAlone() {
        Part store = component("store").configured("p", null, "path").registers(1, "Store");
        component("needs it").refers("store", "Store", "1..1", "dynamic", "greedy", store);
        assertEquals(Map.of("store", Fate.MADE_ANEW, "needs it", Fate.MADE_ANEW), configured("p", "path", "/x"));
        component("second store").registers(2, "Store");
        assertEquals("another one bridges it", Map.of("store", Fate.MADE_ANEW), configured("p", "path", "/x"));
    }

    @Test
    public void aStopEndsThoseWhoHaveNoOtherAndMovesThoseWhoHave() {
        Part first = component("first").registers(1, "Provider");
        Part second = component("second").registers(2, "Provider");
        Part only = component("only").registers(3, "Store");
        component("fixed").refers("p", "Provider", "1..1", "static", "reluctant", first);
        component("fixed to the second").refers("p", "Provider", "1..1", "static", "reluctant", second);
        component("optional").refers("s", "Store", "0..1", "static", "reluctant", only);
        Part dead = component("left without").refers("s", "Store", "1..1", "dynamic", "greedy", only).registers(4, "Search");
        component("and who needs that").refers("s", "Search", "1..n", "static", "reluctant", dead);
        Ripple ripple = ripple();
        ripple.stops(first.bundle());
        ripple.stops(only.bundle());
        assertEquals(Map.of("fixed", Fate.MADE_ANEW, "optional", Fate.MADE_ANEW, "left without", Fate.ENDS, "and who needs that", Fate.ENDS),
            names(ripple.spread()));
    }

    /** A delayed component that nobody has asked for yet holds nothing. */
    @Test
    public void whatHasNoInstanceHoldsNothingFast() {
        Part store = component("store").registers(1, "Store");
        Part twin = component("twin").registers(2, "Store");
        component("delayed").state(ComponentConfigurationDTO.SATISFIED).refers("store", "Store", "1..1", "static", "reluctant");
        Ripple ripple = ripple();
        ripple.stops(store.bundle());
        assertEquals(Map.of(), names(ripple.spread()));
        ripple = ripple();
        ripple.stops(store.bundle());
        ripple.stops(twin.bundle());
        assertEquals(Map.of("delayed", Fate.ENDS), names(ripple.spread()));
    }

    @Test
    public void aStartBeginsWhatWaitedAndMovesWhatIsGreedyAndFixed() {
        Part greedy = component("greedy").refers("s", "Store", "0..1", "static", "greedy");
        component("reluctant").refers("s", "Store", "0..1", "static", "reluctant");
        component("dynamic").refers("s", "Store", "0..n", "dynamic", "greedy");
        component("waiting").waits("s", "Store").registers(0, "Search");
        component("waiting for what waits").waits("s", "Search");
        component("waiting for more").waits("s", "Store").waits("x", "Elsewhere");
        component("holds the greedy one").refers("g", "Greedy", "1..1", "static", "reluctant", greedy.registers(9, "Greedy"));
        Ripple ripple = ripple();
        ripple.starts(List.of("Store"));
        assertEquals(Map.of("greedy", Fate.MADE_ANEW, "waiting", Fate.BEGINS, "waiting for what waits", Fate.BEGINS,
            "holds the greedy one", Fate.MADE_ANEW), names(ripple.spread()));
    }

    @Test
    public void aPropertyThatNoLongerFitsATargetIsLikeAServiceThatGoes() {
        Part provider = component("provider").configured("p", "reconfigure", "mode").registers(1, "Provider");
        provider.dto.description.properties.put("mode", "fast");
        provider.dto.properties.put("mode", "fast");
        services.getFirst().properties.put("mode", "fast");
        component("picky").refers("p", "Provider", "1..1", "dynamic", "greedy", provider).target("p", "(mode=fast)");
        component("not picky").refers("p", "Provider", "1..1", "static", "reluctant", provider);
        assertEquals(Map.of("provider", Fate.MODIFIED, "picky", Fate.ENDS), configured("p", "mode", "slow"));
        provider.dto.properties.put("mode", "slow");
        assertEquals("the declared value comes back", Map.of("provider", Fate.MODIFIED), configured("p", "mode", null));
    }

    private Map<String, Fate> configured(String pid, String key, Object value) {
        Ripple ripple = ripple();
        Map<String, Object> keys = new HashMap<>();
        keys.put(key, value);
        ripple.configured(pid, keys);
        return names(ripple.spread());
    }

    private Ripple ripple() {
        return new Ripple(components, services);
    }

    private static Map<String, Fate> names(Map<ComponentConfigurationDTO, Fate> fates) {
        Map<String, Fate> names = new TreeMap<>();
        fates.forEach((component, fate) -> names.put(component.description.name, fate));
        return names;
    }

    private Part component(String name) {
        return new Part(name, components.size() + 1);
    }

    /** A component in a bundle of its own. */
    private final class Part {
        final ComponentConfigurationDTO dto = new ComponentConfigurationDTO();
        final ComponentDescriptionDTO description = new ComponentDescriptionDTO();
        private final List<ServiceReferenceDTO> registered = new ArrayList<>();

        Part(String name, int number) {
            description.name = name;
            description.bundle = new BundleDTO();
            description.bundle.id = number;
            description.bundle.symbolicName = name;
            description.properties = new HashMap<>();
            description.references = new ReferenceDTO[0];
            description.configurationPid = new String[0];
            description.configurationPolicy = "optional";
            description.serviceInterfaces = new String[0];
            dto.description = description;
            dto.properties = new HashMap<>();
            dto.id = number;
            dto.state = ComponentConfigurationDTO.ACTIVE;
            dto.satisfiedReferences = new SatisfiedReferenceDTO[0];
            dto.unsatisfiedReferences = new UnsatisfiedReferenceDTO[0];
            components.add(dto);
        }

        long bundle() {
            return description.bundle.id;
        }

        Part state(int state) {
            dto.state = state;
            return this;
        }

        Part configured(String pid, String modified, String key) {
            description.configurationPid = new String[] {pid};
            description.modified = modified;
            description.properties.put(key, "default");
            dto.properties.put(key, "default");
            return this;
        }

        Part registers(long id, String interfaceName) {
            description.serviceInterfaces = new String[] {interfaceName};
            if (dto.state != ComponentConfigurationDTO.UNSATISFIED_REFERENCE) {
                ServiceReferenceDTO service = new ServiceReferenceDTO();
                service.id = id;
                service.bundle = bundle();
                service.properties = new HashMap<>(Map.of("objectClass", new String[] {interfaceName}, "component.id", dto.id));
                service.usingBundles = new long[0];
                services.add(service);
                registered.add(service);
            }
            return this;
        }

        Part refers(String name, String interfaceName, String cardinality, String policy, String option, Part... bound) {
            ReferenceDTO reference = new ReferenceDTO();
            reference.name = name;
            reference.interfaceName = interfaceName;
            reference.cardinality = cardinality;
            reference.policy = policy;
            reference.policyOption = option;
            description.references = plus(description.references, reference);
            SatisfiedReferenceDTO satisfied = new SatisfiedReferenceDTO();
            satisfied.name = name;
            List<ServiceReferenceDTO> found = new ArrayList<>();
            for (Part each : bound) {
                found.addAll(each.registered);
            }
            satisfied.boundServices = found.toArray(ServiceReferenceDTO[]::new);
            dto.satisfiedReferences = plus(dto.satisfiedReferences, satisfied);
            return this;
        }

        Part target(String name, String filter) {
            for (SatisfiedReferenceDTO each : dto.satisfiedReferences) {
                each.target = each.name.equals(name) ? filter : each.target;
            }
            return this;
        }

        Part waits(String name, String interfaceName) {
            dto.state = ComponentConfigurationDTO.UNSATISFIED_REFERENCE;
            ReferenceDTO reference = new ReferenceDTO();
            reference.name = name;
            reference.interfaceName = interfaceName;
            reference.cardinality = "1..1";
            reference.policy = "static";
            description.references = plus(description.references, reference);
            UnsatisfiedReferenceDTO missing = new UnsatisfiedReferenceDTO();
            missing.name = name;
            dto.unsatisfiedReferences = plus(dto.unsatisfiedReferences, missing);
            return this;
        }

        private <T> T[] plus(T[] before, T more) {
            T[] after = java.util.Arrays.copyOf(before, before.length + 1);
            after[before.length] = more;
            return after;
        }
    }
}
