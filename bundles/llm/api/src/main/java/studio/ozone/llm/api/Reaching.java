package studio.ozone.llm.api;

import java.util.Collection;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.function.UnaryOperator;

import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;

import studio.ozone.api.egress.Egress;
import studio.ozone.api.llm.ProviderException;

/**
 * Tells what this bundle reaches out for: the address of the chosen server alone, and only where a question could be sent there, which
 * takes a model and, for some, a key. A service of its own, since the property changes with the configuration; immediate, since it has to
 * be known before anything is asked.
 */
@Component(immediate = true, service = {}, configurationPid = ApiProvider.PID)
public final class Reaching implements Egress.Conditional {

    private final Collection<Table.Source> tables;
    private final UnaryOperator<String> environment;
    private final ServiceRegistration<Egress.Conditional> registration;

    @Activate
    public Reaching(BundleContext context, @Reference(service = Table.Source.class, cardinality = ReferenceCardinality.AT_LEAST_ONE)
            List<Table.Source> tables, ApiProvider.Config config) {
        this.tables = tables;
        this.environment = System::getenv;
        registration = context.registerService(Egress.Conditional.class, this, keys(config));
    }

    /** Used where there is no service registry. */
    Reaching(Collection<Table.Source> tables, UnaryOperator<String> environment) {
        this.tables = tables;
        this.environment = environment;
        this.registration = null;
    }

    @Modified
    void reconfigure(ApiProvider.Config config) {
        registration.setProperties(keys(config));
    }

    @Deactivate
    void close() {
        registration.unregister();
    }

    @Override
    public boolean reaches(String key) {
        return tables.stream().map(Table.Source::table).filter(table -> table.key("base_url").equals(key)).anyMatch(this::usable);
    }

    private boolean usable(Table table) {
        try {
            table.check();
            Key.of(table, environment);
            return true;
        } catch (ProviderException e) {
            return false;     // whoever asks is told why by the provider itself
        }
    }

    private static Dictionary<String, Object> keys(ApiProvider.Config config) {
        Dictionary<String, Object> keys = new Hashtable<>();
        keys.put(Egress.KEYS, "llm.api." + config.default__provider().strip() + ".base_url");
        return keys;
    }
}
