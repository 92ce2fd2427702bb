package studio.ozone.config;

import java.io.IOException;
import java.security.Principal;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import javax.security.auth.Subject;

import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;
import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.SynchronousConfigurationListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.config.Origin;
import studio.ozone.api.runtime.Workers;

/**
 * Notices what changes while the instance runs, and tells {@link FileSettings}, on one thread: files (by looking at their content a
 * few times a second, which works on every file system and whatever their dates say), configurations that somebody else has deleted,
 * and bundles that bring or take keys. A configuration that somebody else has updated is dealt with on his thread, before he goes on;
 * here only where that failed.
 *
 * <p>Immediate, because nobody asks for it.
 */
@Component(service = SynchronousConfigurationListener.class, immediate = true)
public final class EtcWatcher implements SynchronousConfigurationListener, BundleListener {

    static final long LOOK_MS = 300;
    static final long LOOK_AGAIN_MS = 30;
    private static final String BUNDLES = "";
    private static final String POOL = "watch";
    private static final Logger LOG = LoggerFactory.getLogger(EtcWatcher.class);

    private final FileSettings settings;
    private final BundleContext context;
    private final BlockingQueue<String> changed = new LinkedBlockingQueue<>();
    private final SwitchForms forms;
    private volatile String lastFailure;

    @Activate
    public EtcWatcher(@Reference FileSettings settings, @Reference Workers workers, BundleContext context) {
        this.settings = settings;
        this.context = context;
        this.forms = new SwitchForms(context);
        context.addBundleListener(this);
        changed.add(BUNDLES);
        workers.pool(POOL, 1).execute(this::watch);
    }

    @Deactivate
    void close() {
        context.removeBundleListener(this);
    }

    @Override
    public void configurationEvent(ConfigurationEvent event) {
        if (event.getPid().startsWith(Keys.PID_PREFIX) && event.getFactoryPid() == null) {
            if (event.getType() == ConfigurationEvent.CM_UPDATED) {
                try {
                    settings.configurationUpdated(event.getPid(), user(Subject.current()));
                    return;
                } catch (IOException | RuntimeException e) {
                    report(e);
                }
            }
            changed.add(event.getPid());
        }
    }

    /** Who acts on this thread: who has logged in to the shell, else the owner of the process. */
    private static String user(Subject subject) {
        return subject == null ? System.getProperty("user.name") : subject.getPrincipals().stream()
            .filter(principal -> principal.getClass().getSimpleName().equals("UserPrincipal")).map(Principal::getName).findFirst()
            .orElse(System.getProperty("user.name"));
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        if ((event.getType() & (BundleEvent.INSTALLED | BundleEvent.UPDATED | BundleEvent.UNINSTALLED)) != 0) {
            changed.add(BUNDLES);
        }
    }

    private void watch() {
        boolean again = false;
        while (!Thread.currentThread().isInterrupted()) {
            try {
                String first = changed.poll(again ? LOOK_AGAIN_MS : LOOK_MS, TimeUnit.MILLISECONDS);
                Set<String> now = new LinkedHashSet<>(first == null ? List.of() : List.of(first));
                changed.drainTo(now);
                if (now.remove(BUNDLES)) {
                    settings.bundlesChanged();
                    forms.offer(settings.forms());
                }
                for (String pid : now) {
                    settings.configurationChanged(pid, new Origin("console", System.getProperty("user.name")));
                }
                again = settings.scan();
                lastFailure = null;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (IOException | RuntimeException e) {
                report(e);
            }
        }
    }

    /** A fault that lasts is said once. */
    private void report(Exception e) {
        if (!e.toString().equals(lastFailure)) {
            lastFailure = e.toString();
            LOG.error("The configuration cannot be taken up at the moment; this is tried again several times a second", e);
        }
    }
}
