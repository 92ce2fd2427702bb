package studio.ozone.zsei.traversal;

import java.util.Collection;
import java.util.function.Consumer;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

import studio.ozone.api.care.CareException;
import studio.ozone.api.care.Inspection;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.ZseiException;

/** Compares the graph in memory with the store; mended, it is read again. */
@Component(service = Inspection.class)
public final class GraphInspection implements Inspection {

    private final GraphTraversal traversal;

    @Activate
    public GraphInspection(@Reference GraphTraversal traversal) {
        this.traversal = traversal;
    }

    @Override
    public String name() {
        return "graph";
    }

    @Override
    public long inspect(Consumer<Finding> findings, Progress progress) throws CareException, InterruptedException {
        progress.report("graph", 0, 1, "");
        try {
            return traversal.graph().compare(id -> findings.accept(new Finding(Kind.GRAPH_MISMATCH, id,
                    "The graph in memory and the store differ at container " + id, true)));
        } catch (ZseiException e) {
            throw new CareException(e.getMessage(), e);
        }
    }

    @Override
    public int repair(Collection<Finding> findings, Progress progress) throws CareException, InterruptedException {
        if (findings.isEmpty()) {
            return 0;
        }
        progress.report("reading the graph", 0, 1, "");
        try {
            traversal.graph().reload();
        } catch (ZseiException e) {
            throw new CareException(e.getMessage(), e);
        }
        return findings.size();
    }
}
