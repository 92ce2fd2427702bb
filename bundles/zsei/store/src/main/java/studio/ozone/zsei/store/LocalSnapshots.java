package studio.ozone.zsei.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

import jetbrains.exodus.ExodusException;
import jetbrains.exodus.env.Transaction;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Snapshots;
import studio.ozone.api.zsei.ZseiException;

/** Whole states of the store. */
@Component(service = Snapshots.class)
public final class LocalSnapshots implements Snapshots {

    private final StoreInspection.Opened store;
    private final Path root;
    private final Followers followers;
    private final Replacement.Disk disk;
    private final ReentrantLock replacing = new ReentrantLock();

    @Activate
    public LocalSnapshots(@Reference LocalStore store) {
        this(store::database, store.folder(), store.followers(), Replacement.DISK);
    }

    LocalSnapshots(StoreInspection.Opened store, Path root, Followers followers, Replacement.Disk disk) {
        this.store = store;
        this.root = root;
        this.followers = followers;
        this.disk = disk;
    }

    @Override
    public <R> R now(Use<R> use) throws IOException, ZseiException, InterruptedException {
        try {
            return store.get().inView((view, going) -> use(use, view, going));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static <R> R use(Use<R> use, View view, Runnable going) throws ZseiException, InterruptedException {
        try {
            return use.of(new ViewSnapshot(view, going));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public <R> R of(Path folder, Use<R> use) throws IOException, ZseiException, InterruptedException {
        try (Database database = Database.open(folder, Clock.systemUTC())) {
            Transaction transaction = database.environment.beginReadonlyTransaction();
            try {
                return use.of(new ViewSnapshot(new View(database, transaction), () -> { }));
            } finally {
                transaction.abort();
            }
        } catch (ExodusException | Bytes.MalformedException e) {
            throw Problems.of(e, folder);
        }
    }

    @Override
    public Replaced replace(Path folder, boolean dryRun, Progress progress) throws ZseiException, InterruptedException {
        begin();
        try {
            return replacement(progress).run(store.get(), folder, dryRun, followers::tellReplaced);
        } finally {
            replacing.unlock();
        }
    }

    private void begin() throws ZseiException {
        if (!replacing.tryLock()) {
            throw new ZseiException(ZseiException.Code.INVALID, "The store is being replaced already: wait for the end of that, or cancel it");
        }
    }

    private Replacement replacement(Progress progress) {
        return new Replacement(root, Clock.systemUTC(), disk, progress);
    }

    @Override
    public Optional<Before> before() throws ZseiException {
        Place place = Place.read(root);
        Path folder = place.folderBefore(root);
        if (folder == null) {
            return Optional.empty();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            long bytes = 0;
            for (Path file : (Iterable<Path>) entries.filter(Place::ofAStore)::iterator) {
                bytes += Files.size(file);
            }
            return Optional.of(new Before(place.replaced(), bytes));
        } catch (IOException e) {
            throw Problems.of(e, folder);
        }
    }

    @Override
    public Replaced undo(boolean dryRun, Progress progress) throws ZseiException, InterruptedException {
        begin();
        try {
            Path before = Place.read(root).folderBefore(root);
            if (before == null) {
                throw new ZseiException(ZseiException.Code.NOT_FOUND, "There is nothing to undo: nothing was restored here, or what was there before "
                        + "has been dropped");
            }
            return replacement(progress).run(store.get(), before, dryRun, followers::tellReplaced);
        } finally {
            replacing.unlock();
        }
    }

    @Override
    public void forget() throws ZseiException {
        begin();
        try {
            Place place = Place.read(root);
            if (place.before() != null) {
                Place alone = new Place(place.current(), null, place.replaced());
                alone.write(root);
                alone.clean(root);
            }
        } catch (IOException e) {
            throw Problems.of(e, root);
        } finally {
            replacing.unlock();
        }
    }
}
