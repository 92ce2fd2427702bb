package studio.ozone.zsei.store;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

import studio.ozone.api.care.CareException;
import studio.ozone.api.care.Chore;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.ZseiException;

/** Drops the versions for which {@code zsei.integrity.max_versions_retained} leaves no room. */
@Component(service = Chore.class, property = "service.ranking:Integer=20")
public final class VersionsChore implements Chore {

    private final StoreInspection.Opened store;

    @Activate
    public VersionsChore(@Reference LocalStore store) {
        this(store::database);
    }

    VersionsChore(StoreInspection.Opened store) {
        this.store = store;
    }

    @Override
    public String name() {
        return "old versions";
    }

    @Override
    public Set<Kind> kinds() {
        return Set.of(Kind.GC, Kind.GC_AGGRESSIVE);
    }

    @Override
    public List<Figure> run(Kind kind, boolean dryRun, Progress progress) throws CareException, InterruptedException {
        try {
            XodusStore.Surplus done = store.get().trim(dryRun, progress);
            return done.surplus() == 0 ? List.of() : List.of(new Figure("versions", "", done.kept(), done.kept() - done.surplus()));
        } catch (CancellationException e) {
            throw new InterruptedException();
        } catch (ZseiException e) {
            throw new CareException(e.getMessage(), e);
        }
    }
}
