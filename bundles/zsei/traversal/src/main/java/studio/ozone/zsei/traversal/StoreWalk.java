package studio.ozone.zsei.traversal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;

import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.Traversal;
import studio.ozone.api.zsei.ZseiException;

/** The same walk as {@link BreadthFirst}, link by link from the store: slower, and right while there is no graph in memory yet. */
final class StoreWalk {

    private record Place(long id, int distance) { }

    private final ContainerStore store;
    private final Traversal.Request request;
    private final int maxDepth;
    private final int maxResults;
    private final Set<Long> seen = new HashSet<>();
    private final List<Traversal.Step> steps = new ArrayList<>();
    private final Queue<Place> queue = new ArrayDeque<>();
    private int hops;
    private boolean complete = true;

    StoreWalk(ContainerStore store, Traversal.Request request, int maxDepth, int maxResults) {
        this.store = store;
        this.request = request;
        this.maxDepth = maxDepth;
        this.maxResults = maxResults;
    }

    Traversal.Walk run(long start, long began) throws ZseiException {
        seen.add(start);
        queue.add(new Place(start, 0));
        steps.add(new Traversal.Step(start, 0, start));
        boolean more = true;
        while (more && !queue.isEmpty()) {
            Place at = queue.remove();
            for (Container target : complete || at.distance < maxDepth ? links(at.id) : List.<Container>of()) {
                if (at.distance == maxDepth) {
                    complete &= seen.contains(target.id());
                } else if (!follow(at, target)) {
                    complete = false;
                    more = false;
                    break;
                }
            }
        }
        return new Traversal.Walk(List.copyOf(steps), seen.size(), hops, System.nanoTime() - began, complete);
    }

    private List<Container> links(long id) throws ZseiException {
        List<Container> targets = new ArrayList<>(store.children(id));
        for (Relation relation : request.relations().isEmpty() ? List.<Relation>of() : store.relations(id)) {
            if (request.relations().contains(relation.type())) {
                store.get(relation.to()).ifPresent(targets::add);
            }
        }
        return targets;
    }

    private boolean follow(Place at, Container target) {
        hops++;
        if (seen.contains(target.id())) {
            return true;
        }
        boolean result = request.types().isEmpty() || request.types().contains(target.type());
        if (result && steps.size() == maxResults) {
            return false;
        }
        seen.add(target.id());
        queue.add(new Place(target.id(), at.distance + 1));
        if (result) {
            steps.add(new Traversal.Step(target.id(), at.distance + 1, at.id));
        }
        return true;
    }
}
