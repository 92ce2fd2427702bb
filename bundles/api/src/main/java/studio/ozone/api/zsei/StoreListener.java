package studio.ozone.api.zsei;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A service that follows the store. Called in the order of the commits, after each is durable and before its writer returns, from the
 * thread that commits: be quick, and do not write to the store.
 */
@ConsumerType
public interface StoreListener {

    void committed(Commit commit);
}
