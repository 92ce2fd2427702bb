package studio.ozone.zsei.traversal;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

import studio.ozone.api.care.Chore;
import studio.ozone.api.runtime.Progress;

/** Drops remembered traversals that do not hold any more; an aggressive run drops all. */
@Component(service = Chore.class)
public final class HotPathChore implements Chore {

    private final GraphTraversal traversal;

    @Activate
    public HotPathChore(@Reference GraphTraversal traversal) {
        this.traversal = traversal;
    }

    @Override
    public String name() {
        return "hot paths";
    }

    @Override
    public Set<Kind> kinds() {
        return EnumSet.of(Kind.GC, Kind.GC_AGGRESSIVE);
    }

    @Override
    public List<Figure> run(Kind kind, boolean dryRun, Progress progress) {
        int before = traversal.remembered();
        int dropped = traversal.forget(kind == Kind.GC_AGGRESSIVE, dryRun);
        return dropped == 0 ? List.of() : List.of(new Figure("entries", "", before, before - dropped));
    }
}
