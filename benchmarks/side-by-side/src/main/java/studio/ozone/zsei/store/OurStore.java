package studio.ozone.zsei.store;

import java.nio.file.Path;
import java.time.Clock;
import java.util.function.Consumer;

import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ZseiException;

/** The product's store in a folder. */
public final class OurStore implements AutoCloseable {

    private final XodusStore store;

    public OurStore(Path folder, Consumer<Commit> follower) throws ZseiException {
        store = XodusStore.open(folder, Clock.systemUTC(), follower);
    }

    public ContainerStore store() {
        return store;
    }

    @Override
    public void close() {
        store.close();
    }
}
