package studio.ozone.zsei.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.Snapshots;
import studio.ozone.api.zsei.StoreListener;
import studio.ozone.api.zsei.ZseiException;

/** A real store with its snapshots, outside of an instance. */
public final class OpenStore implements AutoCloseable {

    private final XodusStore store;
    private final LocalSnapshots snapshots;

    public OpenStore(Path folder) throws IOException, ZseiException {
        Files.createDirectories(folder);
        store = XodusStore.open(Place.read(folder).folder(folder), Clock.systemUTC(), commit -> { });
        snapshots = new LocalSnapshots(() -> store, folder, new Followers() {
            @Override
            Iterable<StoreListener> listeners() {
                return List.of();
            }
        }, Replacement.DISK);
    }

    public ContainerStore store() {
        return store;
    }

    public Snapshots snapshots() {
        return snapshots;
    }

    @Override
    public void close() {
        store.close();
    }
}
