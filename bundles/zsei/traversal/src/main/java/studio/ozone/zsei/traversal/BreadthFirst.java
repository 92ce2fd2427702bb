package studio.ozone.zsei.traversal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

import studio.ozone.api.zsei.Traversal;

/**
 * One walk on the graph, breadth first. The start is always the first step and counts as a result. The walk is complete if it ended
 * for want of links: neither the depth nor the number of results kept it from a container that it had not seen.
 */
final class BreadthFirst {

    private final Graph graph;
    private final Traversal.Request request;
    private final int maxDepth;
    private final int maxResults;
    private final boolean[] followed = new boolean[256];
    private final BitSet seen = new BitSet();
    private final List<Traversal.Step> steps = new ArrayList<>();
    private int[] queue = new int[128];
    private int found;
    private int hops;
    private boolean complete = true;
    private int at;
    private int distance;

    BreadthFirst(Graph graph, Traversal.Request request, int maxDepth, int maxResults) {
        this.graph = graph;
        this.request = request;
        this.maxDepth = maxDepth;
        this.maxResults = maxResults;
        followed[Graph.CHILD] = true;
        request.relations().forEach(type -> followed[type.code()] = true);
    }

    /** @param start an ordinal */
    Traversal.Walk run(int start, long began) {
        reach(start);
        steps.add(new Traversal.Step(graph.id(start), 0, graph.id(start)));
        int level = 1;
        boolean more = true;
        for (int i = 0; i < found && more; i++) {
            if (i == level) {
                distance++;
                level = found;
            }
            at = queue[i];
            if (distance < maxDepth) {
                graph.links(at, this::follow);
                more = complete;
            } else if (complete) {
                graph.links(at, this::isSeen);
            }
        }
        return new Traversal.Walk(List.copyOf(steps), found, hops, System.nanoTime() - began, complete);
    }

    private boolean follow(int target, int kind) {
        if (!followed[kind]) {
            return true;
        }
        hops++;
        if (seen.get(target)) {
            return true;
        }
        boolean result = request.types().isEmpty() || request.types().contains(graph.type(target));
        if (result && steps.size() == maxResults) {
            complete = false;
            return false;
        }
        reach(target);
        if (result) {
            steps.add(new Traversal.Step(graph.id(target), distance + 1, graph.id(at)));
        }
        return true;
    }

    private boolean isSeen(int target, int kind) {
        complete &= !followed[kind] || seen.get(target);
        return complete;
    }

    private void reach(int node) {
        if (found == queue.length) {
            queue = Arrays.copyOf(queue, found * 2);
        }
        seen.set(node);
        queue[found++] = node;
    }
}
