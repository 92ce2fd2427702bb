package studio.ozone.zsei.traversal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import studio.ozone.api.zsei.Traversal.Filter;
import studio.ozone.api.zsei.Traversal.Found;

/**
 * A structural walk, breadth first along child links and the relations that are asked for. It is complete if it ended for want of links: neither the depth
 * nor the number of results nor the budget kept it from a container that it had not seen.
 */
final class BreadthFirst {

    private final View view;
    private final Sieve sieve;
    private final int maxDepth;
    private final int maxResults;
    private final Meter meter;
    private final boolean relations;
    private final boolean[] followed = new boolean[256];
    private final Seen seen = new Seen();
    private final View.Links follow = this::follow;
    private final View.Links look = this::isSeen;
    private int[] queue = new int[128];
    private int[] before = new int[128];
    private int found;
    private int[] results = new int[128];
    private int[] distances = new int[128];
    private int count;
    private int current;
    private int distance;
    private boolean more = true;
    private int last = View.NONE;

    BreadthFirst(View view, Filter filter, Sieve sieve, int maxDepth, int maxResults, Meter meter) {
        this.view = view;
        this.sieve = sieve;
        this.maxDepth = maxDepth;
        this.maxResults = maxResults;
        this.meter = meter;
        this.relations = !filter.relations().isEmpty();
        followed[View.CHILD] = true;
        filter.relations().forEach(type -> followed[type.code()] = true);
    }

    /** @param touched told what it depended on; may be null */
    List<Found> run(int start, Touched touched) {
        reach(start, -1);
        if (sieve.passes(start)) {
            result(0);
        }
        int level = 1;
        for (current = 0; current < found && more; current++) {
            if (current == level) {
                distance++;
                level = found;
            }
            if (distance < maxDepth) {
                view.links(queue[current], followed, relations, follow);
            } else if (meter.complete()) {
                view.links(queue[current], followed, relations, look);
            } else {
                more = false;
            }
        }
        meter.visited(found);
        if (touched != null) {
            for (int i = 0; i < found; i++) {
                touched.add(queue[i]);
            }
            if (last != View.NONE) {
                touched.add(last);
            }
        }
        return steps();
    }

    private boolean follow(int target, int kind, int confidence) {
        if (!meter.hop()) {
            more = false;
            return false;
        }
        if (seen.contains(target)) {
            return true;
        }
        boolean result = sieve.passes(target);
        if (result && count == maxResults) {
            last = target;
            meter.full();
            more = false;
            return false;
        }
        reach(target, current);
        if (result) {
            result(distance + 1);
        }
        return true;
    }

    private boolean isSeen(int target, int kind, int confidence) {
        if (!seen.contains(target)) {
            meter.leave("maxDepth " + maxDepth);
            return false;
        }
        return true;
    }

    private void reach(int node, int from) {
        if (found == queue.length) {
            queue = Arrays.copyOf(queue, found * 2);
            before = Arrays.copyOf(before, found * 2);
        }
        seen.add(node);
        before[found] = from;
        queue[found++] = node;
    }

    /** What was reached last is a result. */
    private void result(int hops) {
        if (count == results.length) {
            results = Arrays.copyOf(results, count * 2);
            distances = Arrays.copyOf(distances, count * 2);
        }
        distances[count] = hops;
        results[count++] = found - 1;
    }

    private List<Found> steps() {
        int kept = count == 0 ? 0 : results[count - 1] + 1;      // no way leads over what was reached later
        long[] ids = new long[kept];
        for (int i = 0; i < kept; i++) {
            ids[i] = view.id(queue[i]);
        }
        int[] trail = Arrays.copyOf(before, kept);
        List<Found> steps = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            steps.add(new Found(ids[results[i]], distances[i], Trail.to(results[i], ids, trail)));
        }
        return steps;
    }
}
