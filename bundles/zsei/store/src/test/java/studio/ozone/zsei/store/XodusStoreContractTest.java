package studio.ozone.zsei.store;

import java.nio.file.Path;
import java.time.Clock;
import java.util.function.Consumer;

import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.zsei.store.kit.StoreContract;

public class XodusStoreContractTest extends StoreContract {

    @Override
    protected ContainerStore open(Path folder, Consumer<Commit> follower) throws ZseiException {
        return XodusStore.open(folder, Clock.systemUTC(), follower);
    }

    @Override
    protected void close(ContainerStore store) {
        ((XodusStore) store).close();
    }
}
