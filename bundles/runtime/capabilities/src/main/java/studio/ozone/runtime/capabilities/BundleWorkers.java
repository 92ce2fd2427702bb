package studio.ozone.runtime.capabilities;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;

import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.service.component.ComponentContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;

import studio.ozone.api.runtime.Workers;

/** One for each bundle that uses the service; it ends with the last use. */
@Component(service = Workers.class, scope = ServiceScope.BUNDLE)
public final class BundleWorkers implements Workers {

    private final Pools pools;

    @Activate
    public BundleWorkers(@Reference Ledger ledger, ComponentContext context) {
        Bundle user = context.getUsingBundle();
        BundleWiring wiring = user.adapt(BundleWiring.class);
        this.pools = new Pools(Names.capability(user.getSymbolicName()), wiring == null ? null : wiring.getClassLoader(), ledger);
    }

    @Deactivate
    void close() {
        pools.close();
    }

    @Override
    public ExecutorService pool(String name, int threads) {
        return pools.pool(name, threads);
    }

    @Override
    public ScheduledExecutorService timer() {
        return pools.timer();
    }

    @Override
    public boolean close(String name, Duration within) {
        return pools.close(name, within);
    }

    @Override
    public Working working() {
        return pools.working();
    }
}
