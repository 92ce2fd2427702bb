package studio.ozone.zsei.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

import studio.ozone.api.care.CareException;
import studio.ozone.api.care.Inspection;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.ZseiException;

/** Looks whether the trees of the store agree, and derives from the records what does not. Before the other inspections, which read it. */
@Component(service = Inspection.class, property = "service.ranking:Integer=100")
public final class StoreInspection implements Inspection {

    /** Faults that are mended at a time; what is beyond is found by the next scan. */
    private static final int MOST_MENDED = 100_000;

    private final Opened store;

    /** Gives the store when it is open. */
    interface Opened {
        XodusStore get() throws ZseiException;
    }

    @Activate
    public StoreInspection(@Reference LocalStore store) {
        this(store::database);
    }

    StoreInspection(Opened store) {
        this.store = store;
    }

    @Override
    public String name() {
        return "store";
    }

    @Override
    public long inspect(Consumer<Finding> findings, Progress progress) throws CareException, InterruptedException {
        return examine(fault -> findings.accept(fault.finding()), progress);
    }

    private long examine(Consumer<Fault> faults, Progress progress) throws CareException, InterruptedException {
        try {
            return store.get().examine(faults, progress);
        } catch (CancellationException e) {
            throw new InterruptedException();
        } catch (ZseiException e) {
            throw new CareException(e.getMessage(), e);
        }
    }

    @Override
    public int repair(Collection<Finding> findings, Progress progress) throws CareException, InterruptedException {
        Set<Finding> wanted = new HashSet<>(findings);
        List<Fault> mendable = new ArrayList<>();
        examine(fault -> {
            if (fault.fix() != null && wanted.contains(fault.finding()) && mendable.size() < MOST_MENDED) {
                mendable.add(fault);
            }
        }, progress);
        try {
            if (!mendable.isEmpty()) {
                store.get().mend(mendable);
            }
            return mendable.size();
        } catch (ZseiException e) {
            throw new CareException(e.getMessage(), e);
        }
    }
}
