package studio.ozone.llm.api;

import java.util.Dictionary;
import java.util.Hashtable;

import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;

import studio.ozone.api.egress.Egress;

/**
 * Tells what this bundle reaches out for: the address of the chosen server alone. A service of its own, since the property changes with
 * the configuration; immediate, since it has to be known before anything is asked.
 */
@Component(immediate = true, service = {}, configurationPid = ApiProvider.PID)
public final class Reaching {

    private final ServiceRegistration<Reaching> registration;

    @Activate
    public Reaching(BundleContext context, ApiProvider.Config config) {
        registration = context.registerService(Reaching.class, this, keys(config));
    }

    @Modified
    void reconfigure(ApiProvider.Config config) {
        registration.setProperties(keys(config));
    }

    @Deactivate
    void close() {
        registration.unregister();
    }

    private static Dictionary<String, Object> keys(ApiProvider.Config config) {
        Dictionary<String, Object> keys = new Hashtable<>();
        keys.put(Egress.KEYS, "llm.api." + config.default__provider().strip() + ".base_url");
        return keys;
    }
}
