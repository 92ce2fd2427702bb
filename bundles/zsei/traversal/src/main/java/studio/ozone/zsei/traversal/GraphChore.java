package studio.ozone.zsei.traversal;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

import studio.ozone.api.care.CareException;
import studio.ozone.api.care.Chore;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.ZseiException;

/** Makes rows of what commits have laid beside them since the graph was read. Walks and writes go on meanwhile. */
@Component(service = Chore.class)
public final class GraphChore implements Chore {

    private final GraphTraversal traversal;

    @Activate
    public GraphChore(@Reference GraphTraversal traversal) {
        this.traversal = traversal;
    }

    @Override
    public String name() {
        return "graph";
    }

    @Override
    public Set<Kind> kinds() {
        return EnumSet.of(Kind.OPTIMIZE);
    }

    @Override
    public List<Figure> run(Kind kind, boolean dryRun, Progress progress) throws CareException, InterruptedException {
        int before = traversal.graph().overlaid();
        if (before <= 0) {
            return List.of();
        }
        if (dryRun) {
            return List.of(new Figure("containers beside the rows", "", before, 0));
        }
        progress.report("reading the graph", 0, 1, "");
        try {
            traversal.graph().reload();
        } catch (ZseiException e) {
            throw new CareException(e.getMessage(), e);
        }
        return List.of(new Figure("containers beside the rows", "", before, traversal.graph().overlaid()));
    }
}
