package studio.ozone.api.zsei;

import org.osgi.annotation.versioning.ConsumerType;

/** A service that follows the store. Called in the order of the commits, after each is durable, from the store's thread: be quick. */
@ConsumerType
public interface StoreListener {

    void committed(Commit commit);
}
