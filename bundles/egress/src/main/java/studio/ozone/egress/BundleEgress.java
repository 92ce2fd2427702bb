package studio.ozone.egress;

import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.ComponentContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.config.Settings;
import studio.ozone.api.config.SettingsException;
import studio.ozone.api.egress.Egress;
import studio.ozone.api.egress.EgressException;
import studio.ozone.api.runtime.Workers;

/** One for each bundle that uses the service; what is still open ends with the last use. */
@Component(service = Egress.class, scope = ServiceScope.BUNDLE)
public final class BundleEgress implements Egress {

    private static final Logger LOG = LoggerFactory.getLogger(BundleEgress.class);
    private static final String OURS = "studio.ozone.";

    private final Settings settings;
    private final ConnectionLog log;
    private final BundleContext context;
    private final Sender sender;
    private final Set<AutoCloseable> following = ConcurrentHashMap.newKeySet();

    @Activate
    public BundleEgress(@Reference Settings settings, @Reference Workers workers, @Reference ConnectionLog log, ComponentContext component) {
        this.settings = settings;
        this.log = log;
        this.context = component.getBundleContext();
        this.sender = new Sender(capability(component.getUsingBundle().getSymbolicName()), settings, new Policy(new PooledResolver(workers)),
            new Hop.Lines(BundleEgress::tls, UnaryOperator.identity()), log);
    }

    @Deactivate
    void close() throws Exception {
        sender.close();
        for (AutoCloseable one : following) {
            one.close();
        }
    }

    private static SSLSocketFactory tls() {
        try {
            return SSLContext.getDefault().getSocketFactory();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java has no TLS", e);
        }
    }

    private static String capability(String symbolicName) {
        return symbolicName.startsWith(OURS) ? symbolicName.substring(OURS.length()) : symbolicName;
    }

    @Override
    public Response send(Request request) throws EgressException, InterruptedException {
        return sender.send(request);
    }

    @Override
    public List<Connection> connections() {
        return log.connections();
    }

    @Override
    public AutoCloseable follow(Consumer<Connection> consumer) {
        AutoCloseable closing = log.follow(consumer);
        following.add(closing);
        return () -> {
            following.remove(closing);
            closing.close();
        };
    }

    @Override
    public List<Reach> reaches() {
        Set<Reach> reaches = new TreeSet<>(Comparator.comparing(Reach::capability).thenComparing(Reach::key));
        try {
            ServiceReference<?>[] references = context.getAllServiceReferences(null, "(" + KEYS + "=*)");
            for (ServiceReference<?> reference : references == null ? new ServiceReference<?>[0] : references) {
                Bundle offering = reference.getBundle();
                for (String key : offering == null ? List.<String>of() : reached(reference)) {
                    reaches.add(reach(capability(offering.getSymbolicName()), key));
                }
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
        return new ArrayList<>(reaches);
    }

    /** The keys of a service that are reached out for as things are now. */
    private List<String> reached(ServiceReference<?> reference) {
        List<String> keys = keys(reference.getProperty(KEYS));
        if (!List.of((String[]) reference.getProperty(Constants.OBJECTCLASS)).contains(Conditional.class.getName())) {
            return keys;     // not made only to be asked
        }
        Object service = context.getService(reference);
        try {
            return service instanceof Conditional conditional ? keys.stream().filter(conditional::reaches).toList() : keys;
        } finally {
            context.ungetService(reference);
        }
    }

    private static List<String> keys(Object property) {
        return switch (property) {
            case String[] several -> List.of(several);
            case Iterable<?> several -> {
                List<String> keys = new ArrayList<>();
                several.forEach(key -> keys.add(String.valueOf(key)));
                yield keys;
            }
            default -> List.of(property.toString());
        };
    }

    private Reach reach(String capability, String key) {
        try {
            Allowed allowed = Allowed.of(key, settings.get(key).value());
            return new Reach(capability, key, allowed.hosts(), allowed.local());
        } catch (EgressException | SettingsException e) {
            // Nothing is reached by a key that is not set, or that says nothing that could be.
            LOG.debug("{} names nothing: {}", key, e.getMessage());
            return new Reach(capability, key, List.of(), false);
        }
    }
}
