package studio.ozone.api.zsei;

import java.util.List;
import java.util.Map;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A service that follows the store. Called in the order of the commits, after each is durable and before its writer returns, from the
 * thread that commits: be quick, and do not write to the store.
 */
@ConsumerType
public interface StoreListener {

    void committed(Commit commit);

    /**
     * The store holds another state now ({@link Snapshots#replace}): containers differ as {@link ContainerStore#changesAfter} tells, and any
     * edge may differ. Who derives something from edges reads them anew.
     *
     * <p>Who only follows the numbers is told of an empty commit that is neither the next nor the last one, and so reads back what lies between,
     * also if it is just reading what was there before.
     *
     * @param sequence the last commit from now on, later than every one before by three at least
     */
    default void replaced(long sequence) {
        committed(new Commit(sequence - 1, List.of(), List.of(), List.of(), List.of(), Map.of()));
    }
}
