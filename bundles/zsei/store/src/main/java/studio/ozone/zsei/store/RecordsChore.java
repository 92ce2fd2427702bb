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

/** Writes records anew that an earlier format left without a checksum, or that are packed otherwise than {@code zsei.compression} says. */
@Component(service = Chore.class, property = "service.ranking:Integer=10")
public final class RecordsChore implements Chore {

    private final StoreInspection.Opened store;

    @Activate
    public RecordsChore(@Reference LocalStore store) {
        this(store::database);
    }

    RecordsChore(StoreInspection.Opened store) {
        this.store = store;
    }

    @Override
    public String name() {
        return "records";
    }

    @Override
    public Set<Kind> kinds() {
        return Set.of(Kind.OPTIMIZE);
    }

    @Override
    public List<Figure> run(Kind kind, boolean dryRun, Progress progress) throws CareException, InterruptedException {
        try {
            XodusStore.Recoded done = store.get().recode(dryRun, progress);
            return done.values() == 0 ? List.of()
                    : List.of(new Figure("written anew", "", done.values(), 0), new Figure("their size", "bytes", done.bytes(), done.anew()));
        } catch (CancellationException e) {
            throw new InterruptedException();
        } catch (ZseiException e) {
            throw new CareException(e.getMessage(), e);
        }
    }
}
