package studio.ozone.api.kit;

import org.osgi.framework.ServiceReference;
import org.osgi.service.component.ComponentServiceObjects;

/** A service that is offered and is always there. */
public record Offered<S>(S service) implements ComponentServiceObjects<S> {

    @Override
    public S getService() {
        return service;
    }

    @Override
    public void ungetService(S returned) {
        if (returned != service) {
            throw new AssertionError("Another service was given back: " + returned);
        }
    }

    @Override
    public ServiceReference<S> getServiceReference() {
        throw new UnsupportedOperationException("There is no framework");
    }
}
