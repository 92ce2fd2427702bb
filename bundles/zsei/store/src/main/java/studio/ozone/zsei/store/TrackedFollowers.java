package studio.ozone.zsei.store;

import java.util.List;

import org.osgi.framework.BundleContext;
import org.osgi.util.tracker.ServiceTracker;

import studio.ozone.api.zsei.StoreListener;

/**
 * The listeners in the service registry. They are not references of the component: a listener that itself needs the store would
 * make a circle, which a tracker that starts when the store is open does not.
 */
final class TrackedFollowers extends Followers {

    private final ServiceTracker<StoreListener, StoreListener> tracker;

    TrackedFollowers(BundleContext context) {
        tracker = new ServiceTracker<>(context, StoreListener.class, null);
    }

    @Override
    void start() {
        tracker.open();
    }

    @Override
    void stop() {
        tracker.close();
    }

    @Override
    Iterable<StoreListener> listeners() {
        return List.of(tracker.getServices(new StoreListener[0]));
    }
}
