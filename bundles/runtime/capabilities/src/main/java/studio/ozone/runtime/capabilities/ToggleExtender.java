package studio.ozone.runtime.capabilities;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.SynchronousConfigurationListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of configurations and bundles, and lets the {@link Switchboard} act, on one thread and in order.
 *
 * <p>Immediate, because the switches have to be in their places before the framework reaches the start level of the bundles that
 * they govern: at that moment nothing is running yet, so a bundle that is off never starts.
 */
@Component(service = {ToggleExtender.class, SynchronousConfigurationListener.class}, immediate = true)
public final class ToggleExtender implements SynchronousConfigurationListener, SynchronousBundleListener, FrameworkListener {

    /** How long a starting bundle waits for the lower version to stop, and the activation for the first look at all bundles. */
    private static final long PATIENCE_SECONDS = 2;
    private static final Logger LOG = LoggerFactory.getLogger(ToggleExtender.class);

    private final BundleContext context;
    private final SwitchValues values;
    private final Switchboard board;
    private final Pools pools;
    private final ExecutorService thread;
    private final Durations durations = new Durations(System::nanoTime);
    private final AtomicBoolean configurationPending = new AtomicBoolean();
    private final Set<Long> starting = ConcurrentHashMap.newKeySet();
    private volatile Thread own;

    @Activate
    public ToggleExtender(@Reference ConfigurationAdmin admin, @Reference Ledger ledger, BundleContext context) {
        this.context = context;
        this.values = new SwitchValues(admin);
        this.board = new Switchboard(context, values, starting);
        this.pools = new Pools(Names.capability(context.getBundle().getSymbolicName()), getClass().getClassLoader(), ledger);
        this.thread = pools.pool("toggles", 1);
        context.addBundleListener(this);
        context.addFrameworkListener(this);
        listen();
        await(submit(board::start));
    }

    @Deactivate
    void close() {
        context.removeFrameworkListener(this);
        context.removeBundleListener(this);
        context.removeServiceListener(durations);
        pools.close();
    }

    /** Switches whose value is no boolean, one sentence each. */
    List<String> problems() {
        return values.problems();
    }

    private void listen() {
        try {
            context.addServiceListener(durations, Durations.FILTER);
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    Durations durations() {
        return durations;
    }

    SwitchValues values() {
        return values;
    }

    /** Why a bundle that is on does not run; null where nothing is known. */
    String failure(Bundle bundle) {
        return board.failure(bundle);
    }

    @Override
    public void configurationEvent(ConfigurationEvent event) {
        if (event != null) {
            durations.configured(event.getPid());
        }
        if (configurationPending.compareAndSet(false, true)) {
            submit(() -> {
                configurationPending.set(false);
                board.configured();
            });
        }
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        Bundle bundle = event.getBundle();
        durations.bundleChanged(event);
        if (event.getType() == BundleEvent.UNINSTALLED) {
            starting.remove(bundle.getBundleId());
            submit(() -> board.gone(bundle));
            return;
        }
        if (Switch.of(bundle).isEmpty()) {
            return;
        }
        switch (event.getType()) {
            case BundleEvent.INSTALLED, BundleEvent.UPDATED -> submit(() -> board.installed(bundle));
            case BundleEvent.STARTING -> {
                starting.add(bundle.getBundleId());
                makeRoom(bundle);
            }
            case BundleEvent.LAZY_ACTIVATION, BundleEvent.STARTED -> {
                starting.remove(bundle.getBundleId());
                submit(() -> board.started(bundle));
            }
            case BundleEvent.STOPPED -> {
                if (starting.remove(bundle.getBundleId()) && !frameworkIsStopping()) {
                    submit(() -> {
                        board.failed(bundle, "its start failed; see the log");
                        board.gone(bundle);
                    });
                }
            }
            default -> { }
        }
    }

    @Override
    public void frameworkEvent(FrameworkEvent event) {
        if (event.getType() == FrameworkEvent.STARTED || event.getType() == FrameworkEvent.STARTLEVEL_CHANGED) {
            submit(board::levelReached);
        }
    }

    /** The lower version has to be gone before the new one registers anything; both would answer otherwise. */
    private void makeRoom(Bundle bundle) {
        if (!board.replaces(bundle)) {
            return;
        }
        if (Thread.currentThread() == own) {
            board.starting(bundle);
        } else {
            await(submit(() -> board.starting(bundle)));
        }
    }

    private boolean frameworkIsStopping() {
        return context.getBundle(0).getState() == Bundle.STOPPING;
    }

    private Future<?> submit(Runnable action) {
        try {
            return thread.submit(() -> {
                own = Thread.currentThread();
                try {
                    action.run();
                } catch (RuntimeException e) {
                    LOG.error("A switch could not be applied; the next change of a configuration or a bundle applies it again", e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("Switches are not applied any more: the extender has stopped", e);
            return CompletableFuture.completedFuture(null);
        }
    }

    private static void await(Future<?> action) {
        try {
            action.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            LOG.warn("Switches take more than {} s to be applied; going on meanwhile", PATIENCE_SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
