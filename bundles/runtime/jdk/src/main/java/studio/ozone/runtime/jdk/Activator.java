package studio.ozone.runtime.jdk;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.hooks.weaving.WeavingHook;

/**
 * Registers the hook before any bundle that asks for a subject is loaded. An activator and not a component, since it runs at start
 * level 2, where there are no components yet.
 */
public final class Activator implements BundleActivator {

    @Override
    public void start(BundleContext context) {
        context.registerService(WeavingHook.class, new SubjectWeavingHook(context.getBundle()), null);
    }

    @Override
    public void stop(BundleContext context) {
        // The framework takes the hook away with the bundle.
    }
}
