package studio.ozone.runtime.capabilities;

import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceReference;

import studio.ozone.api.capability.Impact.Action;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;

public class DurationsTest {

    private long now = Long.MAX_VALUE - 1_000_000_000;       // the clock may run over
    private int state = Bundle.ACTIVE;
    private final Durations durations = new Durations(() -> now);
    private final Bundle voice = proxy(Bundle.class, Map.of("getSymbolicName", "voice", "getBundleId", 7L));

    @Test
    public void bundlesAreTimedFromBeginningToEnd() {
        assertNull(durations.last("voice", Action.STARTS));
        bundle(BundleEvent.STARTING, 0);
        bundle(BundleEvent.STARTED, 130);
        assertEquals(Long.valueOf(130), durations.last("voice", Action.STARTS));
        assertNull(durations.last("voice", Action.STOPS));
        bundle(BundleEvent.STOPPING, 5_000);
        bundle(BundleEvent.STOPPED, 21);
        assertEquals(Long.valueOf(21), durations.last("voice", Action.STOPS));
        bundle(BundleEvent.STARTED, 1);
        assertEquals("an end without a beginning says nothing", Long.valueOf(130), durations.last("voice", Action.STARTS));
    }

    @Test
    public void aConfigurationCountsFromItsChange() {
        durations.configured("p");
        service(ServiceEvent.MODIFIED, 12, "p");
        assertEquals(Long.valueOf(12), durations.last("voice", Action.MODIFIES));
        service(ServiceEvent.MODIFIED, 60_000, "p");
        assertEquals("a minute later it has another cause", Long.valueOf(12), durations.last("voice", Action.MODIFIES));
        durations.configured("q");
        service(ServiceEvent.UNREGISTERING, 10, List.of("p", "q"));
        service(ServiceEvent.REGISTERED, 30, List.of("p", "q"));
        assertEquals(Long.valueOf(40), durations.last("voice", Action.REACTIVATES));
    }

    @Test
    public void whatFollowsFromAnotherBundleIsTimedByItself() {
        service(ServiceEvent.REGISTERED, 5, null);
        assertNull("the first registration is no re-activation", durations.last("voice", Action.REACTIVATES));
        service(ServiceEvent.UNREGISTERING, 5, null);
        service(ServiceEvent.REGISTERED, 8, null);
        assertEquals(Long.valueOf(8), durations.last("voice", Action.REACTIVATES));
        state = Bundle.STOPPING;
        service(ServiceEvent.UNREGISTERING, 5, null);
        state = Bundle.ACTIVE;
        service(ServiceEvent.REGISTERED, 500, null);
        assertEquals("a stop is not a re-activation", Long.valueOf(8), durations.last("voice", Action.REACTIVATES));
    }

    private void bundle(int type, long laterMs) {
        now += TimeUnit.MILLISECONDS.toNanos(laterMs);
        durations.bundleChanged(new BundleEvent(type, voice));
    }

    private void service(int type, long laterMs, Object pids) {
        now += TimeUnit.MILLISECONDS.toNanos(laterMs);
        Map<String, Object> properties = new HashMap<>();
        properties.put("component.name", "studio.ozone.voice.Voice");
        properties.put("service.pid", pids);
        ServiceReference<?> reference = (ServiceReference<?>) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {ServiceReference.class},
            (proxy, method, arguments) -> method.getName().equals("getBundle") ? voice : properties.get((String) arguments[0]));
        durations.serviceChanged(new ServiceEvent(type, reference));
    }

    private <T> T proxy(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) ->
            method.getName().equals("getState") ? state : answers.get(method.getName())));
    }
}
