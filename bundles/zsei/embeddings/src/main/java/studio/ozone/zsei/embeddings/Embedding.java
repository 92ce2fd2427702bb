package studio.ozone.zsei.embeddings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.codahale.metrics.MetricRegistry;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

import studio.ozone.api.runtime.HealthCheck;
import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.Embedder;

/**
 * Offers the embedder. Idle time and parallelism change while it works. Another model is another embedder, which is registered by hand and
 * before the old one goes, so that nobody finds none in between, and no vector gets the name of another model.
 */
// Immediate: it is what registers the service. Nothing is loaded before the first text.
@Component(service = HealthCheck.class, configurationPid = OnnxEmbedder.PID, immediate = true)
@Designate(ocd = OnnxEmbedder.Config.class)
public final class Embedding implements HealthCheck {

    private final Workers workers;
    private final MetricRegistry metrics;
    private final BundleContext context;
    private final List<OnnxEmbedder> retired = new ArrayList<>();
    private volatile OnnxEmbedder current;
    private ServiceRegistration<Embedder> registration;

    @Activate
    public Embedding(@Reference Workers workers, @Reference MetricRegistry metrics, BundleContext context, OnnxEmbedder.Config config) {
        this.workers = workers;
        this.metrics = metrics;
        this.context = context;
        this.current = embedder(config);
        this.registration = context.registerService(Embedder.class, current, null);
    }

    private OnnxEmbedder embedder(OnnxEmbedder.Config config) {
        return new OnnxEmbedder(workers, metrics, Path.of(context.getProperty("ozone.data")), config);
    }

    @Modified
    synchronized void reconfigure(OnnxEmbedder.Config config) {
        if (current.reconfigure(config)) {
            return;
        }
        OnnxEmbedder before = current;
        OnnxEmbedder next = embedder(config);
        ServiceRegistration<Embedder> old = registration;
        registration = context.registerService(Embedder.class, next, null);
        current = next;
        old.unregister();
        before.retire();
        retired.add(before);                       // whoever holds it may have it loaded again, until the bundle stops
    }

    @Deactivate
    synchronized void close() {
        registration.unregister();
        current.close();
        retired.forEach(OnnxEmbedder::close);
    }

    @Override
    public Result check() {
        return current.check();
    }
}
