package studio.ozone.egress;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.ComponentContext;

import studio.ozone.api.egress.Egress;
import studio.ozone.api.egress.Egress.Connection;
import studio.ozone.api.egress.Egress.Reach;
import studio.ozone.api.egress.EgressException;
import studio.ozone.api.runtime.Workers;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** What one bundle gets: its name stands in the log, and it is told what all would reach out for. */
public class BundleEgressTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final List<ServiceReference<?>> references = new ArrayList<>();
    private final Map<ServiceReference<?>, Object> services = new TreeMap<>((a, b) -> Integer.compare(System.identityHashCode(a), System.identityHashCode(b)));
    private final List<String> asked = new ArrayList<>();

    @Test
    public void theReachesAreThoseOfTheServicesInOrder() throws Exception {
        World world = new World(folder.getRoot().toPath()).set("llm.local.server_url", "").set("llm.local.pull_hosts", List.of("example.org", "*.example.org"))
            .set("llm.api.custom.base_url", "http://127.0.0.1:8080/v1").set("broken", "http://[");
        offer("studio.ozone.llm.local", List.of("llm.local.server_url", "llm.local.pull_hosts"), new Object());
        offer("studio.ozone.llm.api", "llm.api.custom.base_url", new Object());
        offer("com.example.other", new String[] {"broken", "unknown"}, new Object());
        assertEquals(List.of(
            new Reach("com.example.other", "broken", List.of(), false),
            new Reach("com.example.other", "unknown", List.of(), false),
            new Reach("llm.api", "llm.api.custom.base_url", List.of("127.0.0.1:8080"), true),
            new Reach("llm.local", "llm.local.pull_hosts", List.of("example.org", "*.example.org"), false),
            new Reach("llm.local", "llm.local.server_url", List.of(), false)), egress(world, "studio.ozone.llm.api").reaches());
        assertEquals("nobody else is asked, so that nothing is made for it", List.of(), asked);
    }

    @Test
    public void whatIsReachedUnderAConditionIsLeftOutWithoutIt() throws Exception {
        World world = new World(folder.getRoot().toPath()).set("a.url", "https://a.example.org").set("b.url", "https://b.example.org");
        Egress.Conditional conditional = key -> key.equals("b.url");
        offer("studio.ozone.llm.api", List.of("a.url", "b.url"), conditional);
        assertEquals(List.of(new Reach("llm.api", "b.url", List.of("b.example.org"), false)), egress(world, "x").reaches());
        assertEquals(List.of("get", "unget"), asked);
    }

    @Test
    public void aRefusalStandsUnderTheNameOfWhoAsked() throws Exception {
        World world = new World(folder.getRoot().toPath()).set(World.KEY, "https://api.example.org");
        BundleEgress egress = egress(world, "studio.ozone.llm.local");
        List<Connection> told = new ArrayList<>();
        AutoCloseable following = egress.follow(told::add);
        assertThrows(EgressException.class, () -> egress.send(World.get("https://elsewhere.example.org/")));
        assertEquals(1, told.size());
        assertEquals("llm.local", told.getFirst().capability());
        assertEquals(told, egress.connections());
        following.close();
        assertThrows(EgressException.class, () -> egress.send(World.get("https://elsewhere.example.org/")));
        assertEquals("nobody is told any more", 1, told.size());
    }

    @Test
    public void whoIsGoneIsToldNothing() throws Exception {
        World world = new World(folder.getRoot().toPath()).set(World.KEY, "https://api.example.org");
        BundleEgress gone = egress(world, "a");
        BundleEgress stays = egress(world, "b");
        List<Connection> told = new ArrayList<>();
        gone.follow(told::add);
        gone.close();
        assertThrows(EgressException.class, () -> stays.send(World.get("https://elsewhere.example.org/")));
        assertTrue(told.isEmpty());
        assertFalse(stays.connections().isEmpty());
    }

    private void offer(String symbolicName, Object keys, Object service) {
        Bundle bundle = bundle(symbolicName);
        String type = service instanceof Egress.Conditional ? Egress.Conditional.class.getName() : "java.lang.Object";
        ServiceReference<?> reference = (ServiceReference<?>) proxy(ServiceReference.class, (method, arguments) -> switch (method) {
            case "getBundle" -> bundle;
            case "getProperty" -> arguments[0].equals(Egress.KEYS) ? keys : arguments[0].equals(Constants.OBJECTCLASS) ? new String[] {type} : null;
            default -> throw new UnsupportedOperationException(method);
        });
        references.add(reference);
        services.put(reference, service);
    }

    private BundleEgress egress(World world, String usedBy) {
        BundleContext context = (BundleContext) proxy(BundleContext.class, (method, arguments) -> switch (method) {
            case "getAllServiceReferences" -> {
                assertEquals("[null, (" + Egress.KEYS + "=*)]", Arrays.toString(arguments));
                yield references.isEmpty() ? null : references.toArray(ServiceReference<?>[]::new);
            }
            case "getService" -> {
                asked.add("get");
                yield services.get(arguments[0]);
            }
            case "ungetService" -> asked.add("unget");
            default -> throw new UnsupportedOperationException(method);
        });
        ComponentContext component = (ComponentContext) proxy(ComponentContext.class, (method, arguments) -> switch (method) {
            case "getBundleContext" -> context;
            case "getUsingBundle" -> bundle(usedBy);
            default -> throw new UnsupportedOperationException(method);
        });
        Workers none = (Workers) proxy(Workers.class, (method, arguments) -> {
            throw new AssertionError("Nothing is resolved here, but " + method + " was called");
        });
        return new BundleEgress(world.settings(), none, world.log, component);
    }

    private static Bundle bundle(String symbolicName) {
        return (Bundle) proxy(Bundle.class, (method, arguments) -> {
            assertEquals("getSymbolicName", method);
            return symbolicName;
        });
    }

    @FunctionalInterface
    private interface Answering {
        Object answer(String method, Object[] arguments);
    }

    private static Object proxy(Class<?> type, Answering answering) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> answering.answer(method.getName(), arguments));
    }
}
