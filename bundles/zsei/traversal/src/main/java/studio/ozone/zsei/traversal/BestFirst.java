package studio.ozone.zsei.traversal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

import studio.ozone.api.zsei.Traversal.Filter;
import studio.ozone.api.zsei.Traversal.Found;

/**
 * A contextual walk, best first: the way with the highest score is gone on with. Since a way never scores more than its beginning, the first way to reach a
 * container is its best (Dijkstra 1959, with products in place of sums); a later one counts only if it has fewer hops, for it may lead where the first
 * is stopped by the depth. No container scores more than the way to it, so the walk ends when the next way scores less than the worst result.
 */
final class BestFirst {

    /** A result before it is told. */
    private record Scored(double distance, long id, int label) { }

    private static final Comparator<Scored> NEAREST = Comparator.comparingDouble(Scored::distance).thenComparingLong(Scored::id);

    private final View view;
    private final Sieve sieve;
    private final Context context;
    private final Weights weights;
    private final int maxDepth;
    private final int maxResults;
    private final Meter meter;
    private final boolean[] followed = new boolean[256];

    private int labels;
    private double[] scores = new double[256];
    private int[] nodes = new int[256];
    private int[] hops = new int[256];
    private int[] before = new int[256];
    private final PriorityQueue<Integer> frontier = new PriorityQueue<>(this::order);
    /** The fewest hops of a way that was gone on with. */
    private final Map<Integer, Integer> settled = new HashMap<>();
    private final PriorityQueue<Scored> best = new PriorityQueue<>(NEAREST.reversed());
    /** What the depth kept it from. */
    private final BitSet cut = new BitSet();
    private int at;
    private boolean more = true;

    BestFirst(View view, Filter filter, Sieve sieve, Context context, Weights weights, int maxDepth, int maxResults, Meter meter) {
        this.view = view;
        this.sieve = sieve;
        this.context = context;
        this.weights = weights;
        this.maxDepth = maxDepth;
        this.maxResults = maxResults;
        this.meter = meter;
        filter.relations().forEach(type -> followed[type.code()] = true);
        followed[View.CHILD] = true;
        if (filter.relations().isEmpty()) {
            Arrays.fill(followed, true);
        }
    }

    private int order(int a, int b) {
        int order = Double.compare(scores[b], scores[a]);
        order = order != 0 ? order : Integer.compare(hops[a], hops[b]);
        return order != 0 ? order : Long.compare(view.id(nodes[a]), view.id(nodes[b]));
    }

    /**
     * @param starts ordinals
     * @param touched told what it depended on; may be null
     */
    List<Found> run(List<Integer> starts, Touched touched) {
        starts.forEach(start -> label(start, 1, 0, -1));
        while (more && !frontier.isEmpty()) {
            at = frontier.remove();
            if (best.size() == maxResults && 1 - scores[at] > best.peek().distance()) {
                if (isNew(at) || frontier.stream().anyMatch(this::isNew)) {
                    meter.full();
                }
                break;
            }
            if (!isSettled(at)) {
                boolean first = settled.put(nodes[at], hops[at]) == null;
                if (touched != null) {
                    touched.add(nodes[at]);
                }
                if (first) {
                    meter.visited(1);
                    judge();
                }
                expand();
            }
        }
        if (!cut.stream().allMatch(settled::containsKey)) {
            meter.leave("maxDepth " + maxDepth);
        }
        return told();
    }

    private boolean isNew(int label) {
        return !settled.containsKey(nodes[label]);
    }

    /** Whether a way that is at least as good has been gone on with. */
    private boolean isSettled(int label) {
        Integer fewest = settled.get(nodes[label]);
        return fewest != null && fewest <= hops[label];
    }

    private void judge() {
        if (!sieve.passes(nodes[at])) {
            return;
        }
        best.add(new Scored(1 - weights.score(scores[at], context.shared(nodes[at])), view.id(nodes[at]), at));
        if (best.size() > maxResults) {
            best.remove();
            meter.full();
        }
    }

    private void expand() {
        int from = at;
        if (weights.structure() > 0) {
            int parent = view.parent(nodes[from]);
            if (parent != View.NONE) {
                go(parent, View.CHILD, View.CERTAIN);
            }
        }
        if (more) {
            view.links(nodes[from], true, this::go);
        }
    }

    private boolean go(int target, int kind, int confidence) {
        double score = followed[kind] ? weights.step(scores[at], kind, confidence) : 0;
        if (score <= 0) {
            return true;
        }
        if (hops[at] == maxDepth) {
            cut.set(target);
            return true;
        }
        if (!meter.hop()) {
            more = false;
            return false;
        }
        Integer fewest = settled.get(target);
        if (fewest == null || fewest > hops[at] + 1) {
            label(target, score, hops[at] + 1, at);
        }
        return true;
    }

    private void label(int node, double score, int count, int from) {
        if (labels == nodes.length) {
            scores = Arrays.copyOf(scores, labels * 2);
            nodes = Arrays.copyOf(nodes, labels * 2);
            hops = Arrays.copyOf(hops, labels * 2);
            before = Arrays.copyOf(before, labels * 2);
        }
        scores[labels] = score;
        nodes[labels] = node;
        hops[labels] = count;
        before[labels] = from;
        frontier.add(labels++);
    }

    private List<Found> told() {
        List<Scored> sorted = new ArrayList<>(best);
        sorted.sort(NEAREST);
        // Only the ways that are told are kept: there may be far more labels.
        Map<Integer, Integer> places = new HashMap<>();
        List<Integer> kept = new ArrayList<>();
        for (Scored each : sorted) {
            for (int label = each.label(); label >= 0 && !places.containsKey(label); label = before[label]) {
                places.put(label, kept.size());
                kept.add(label);
            }
        }
        long[] ids = kept.stream().mapToLong(label -> view.id(nodes[label])).toArray();
        int[] trail = kept.stream().mapToInt(label -> before[label] < 0 ? -1 : places.get(before[label])).toArray();
        List<Found> found = new ArrayList<>(sorted.size());
        sorted.forEach(each -> found.add(new Found(each.id(), each.distance(), Trail.to(places.get(each.label()), ids, trail))));
        return found;
    }
}
