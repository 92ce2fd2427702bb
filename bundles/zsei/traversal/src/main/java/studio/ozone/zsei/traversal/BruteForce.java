package studio.ozone.zsei.traversal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.Traversal.Filter;
import studio.ozone.api.zsei.Traversal.Found;
import studio.ozone.api.zsei.Traversal.Mode;
import studio.ozone.api.zsei.Traversal.Request;
import studio.ozone.api.zsei.ZseiException;

/**
 * The ground truth: reads everything from the store, and finds by plain rounds over all links and all vectors what the other modes look for. It has
 * neither a frontier nor a shortcut, and shares with them what a step scores and how a hybrid list is made, nothing else. The index is asked for the vector of
 * a text only. Results of equal distance come by their ids.
 */
final class BruteForce {

    private record Label(int node, int before) { }

    private record Scored(long id, double distance, List<Long> path) { }

    private static final Comparator<Scored> NEAREST = Comparator.comparingDouble(Scored::distance).thenComparingLong(Scored::id);

    private final ContainerStore store;
    private final Index index;
    private final Question question;
    private final Request request;
    private final Filter filter;
    private final Meter meter;
    private Graph all;
    private final Map<Integer, Name> names = new HashMap<>();
    private int start;

    BruteForce(ContainerStore store, Index index, Question question, Meter meter) {
        this.store = store;
        this.index = index;
        this.question = question;
        this.request = question.request();
        this.filter = request.filter();
        this.meter = meter;
    }

    List<Found> run() throws ZseiException {
        all = LiveGraph.rows(store);
        start = all.ordinal(request.start());
        if (start == View.NONE) {
            throw Traverse.notFound(request.start());
        }
        for (int node = 0; node < all.size(); node++) {
            if (Name.has(all.type(node))) {
                Optional<Container> container = store.get(all.id(node));
                if (container.isPresent()) {
                    names.put(node, Name.of(container.get()));
                }
            }
        }
        meter.visited(all.size());
        Mode measure = request.measure() != null ? request.measure() : request.text() != null ? Mode.SEMANTIC : Mode.STRUCTURAL;
        int results = request.maxResults();
        return switch (measure) {
            case STRUCTURAL -> structural(results);
            case SEMANTIC -> semantic(results);
            case CONTEXTUAL -> contextual(results, false);
            case HYBRID -> hybrid();
            case BRUTE_FORCE -> throw new ZseiException(ZseiException.Code.INVALID, "Brute force measures another mode, not itself");
        };
    }

    private List<Found> first(List<Scored> scored, int results) {
        scored.sort(NEAREST);
        if (scored.size() > results) {
            meter.full();
        }
        return scored.stream().limit(results).map(each -> new Found(each.id(), each.distance(), each.path())).toList();
    }

    private List<Found> structural(int results) {
        int[] distance = new int[all.size()];
        int[] before = new int[all.size()];
        Arrays.fill(distance, Integer.MAX_VALUE);
        Arrays.fill(before, -1);
        distance[start] = 0;
        boolean more = true;
        for (int round = 0; more && round < request.maxDepth() && meter.inTime(); round++) {
            more = false;
            for (int node = 0; node < all.size(); node++) {
                if (distance[node] == round) {
                    int from = node;
                    int next = round + 1;
                    boolean[] found = new boolean[1];
                    all.links(node, true, (target, kind, confidence) -> {
                        boolean goes = kind == View.CHILD || filter.relations().contains(RelationType.ofCode(kind));
                        if (goes && meter.hop() && distance[target] > next) {
                            distance[target] = next;
                            before[target] = from;
                            found[0] = true;
                        }
                        return true;
                    });
                    more |= found[0];
                }
            }
        }
        long[] ids = ids();
        List<Scored> scored = new ArrayList<>();
        for (int node = 0; node < all.size(); node++) {
            if (distance[node] != Integer.MAX_VALUE && passes(node)) {
                scored.add(new Scored(ids[node], distance[node], Trail.to(node, ids, before)));
            }
        }
        return first(scored, results);
    }

    private long[] ids() {
        long[] ids = new long[all.size()];
        for (int node = 0; node < ids.length; node++) {
            ids[node] = all.id(node);
        }
        return ids;
    }

    /** In round n the best ways of n hops; a container's score is that of the best of all rounds. */
    private List<Found> contextual(int results, boolean partOfHybrid) {
        List<Integer> named = new ArrayList<>();
        if (request.text() != null) {
            for (Name name : Context.names(request.text())) {
                names.entrySet().stream().filter(each -> each.getValue().equals(name) && !named.contains(each.getKey())).map(Map.Entry::getKey)
                    .sorted(Comparator.comparingLong(all::id)).forEach(named::add);
            }
        }
        Set<Integer> wanted = new LinkedHashSet<>(named);
        if (!question.placeless()) {
            above(start).forEach(node -> wanted.addAll(ownTerms(node)));
        } else if (named.isEmpty() && partOfHybrid) {
            return List.of();
        }
        List<Label> labels = new ArrayList<>();
        double[] best = new double[all.size()];
        int[] bestLabel = new int[all.size()];
        Arrays.fill(bestLabel, -1);
        Map<Integer, Integer> round = new HashMap<>();
        for (int seed : question.placeless() && !named.isEmpty() ? named : List.of(start)) {
            best[seed] = 1;
            bestLabel[seed] = labels.size();
            round.put(seed, labels.size());
            labels.add(new Label(seed, -1));
        }
        for (int depth = 0; !round.isEmpty() && depth < request.maxDepth() && meter.inTime(); depth++) {
            Map<Integer, Double> reached = new HashMap<>();
            Map<Integer, Integer> from = new HashMap<>();
            for (Map.Entry<Integer, Integer> each : round.entrySet()) {
                int node = each.getKey();
                View.Links go = (target, kind, confidence) -> {
                    boolean goes = kind == View.CHILD || filter.relations().isEmpty() || filter.relations().contains(RelationType.ofCode(kind));
                    double score = goes && meter.hop() ? question.weights().step(best[node], kind, confidence) : 0;
                    if (score > best[target] && score > reached.getOrDefault(target, 0.0)) {
                        reached.put(target, score);
                        from.put(target, each.getValue());
                    }
                    return true;
                };
                if (all.parent(node) != View.NONE) {
                    go.link(all.parent(node), View.CHILD, View.CERTAIN);
                }
                all.links(node, true, go);
            }
            round.clear();
            for (Map.Entry<Integer, Double> each : reached.entrySet()) {
                best[each.getKey()] = each.getValue();
                bestLabel[each.getKey()] = labels.size();
                round.put(each.getKey(), labels.size());
                labels.add(new Label(each.getKey(), from.get(each.getKey())));
            }
        }
        long[] ids = labels.stream().mapToLong(label -> all.id(label.node())).toArray();
        int[] before = labels.stream().mapToInt(Label::before).toArray();
        List<Scored> scored = new ArrayList<>();
        for (int node = 0; node < all.size(); node++) {
            if (bestLabel[node] >= 0 && passes(node)) {
                double score = question.weights().score(best[node], shared(node, wanted));
                scored.add(new Scored(all.id(node), 1 - score, Trail.to(bestLabel[node], ids, before)));
            }
        }
        return first(scored, results);
    }

    private List<Integer> above(int node) {
        List<Integer> above = new ArrayList<>();
        for (int at = node; at != View.NONE; at = all.parent(at)) {
            above.add(at);
        }
        return above;
    }

    /** The keywords and topics of a container itself, as it stands with its own links. */
    private Set<Integer> ownTerms(int node) {
        Set<Integer> terms = new LinkedHashSet<>();
        if (Name.topic(all.type(node))) {
            terms.add(node);
        }
        all.links(node, true, (target, kind, confidence) -> {
            if (kind == RelationType.HAS_KEYWORD.code() || kind != View.CHILD && Name.topic(all.type(target))) {
                terms.add(target);
            }
            return true;
        });
        return terms;
    }

    private double shared(int node, Set<Integer> wanted) {
        List<Integer> counted = wanted.stream().limit(Context.MOST).toList();
        if (counted.isEmpty()) {
            return 1;
        }
        Set<Integer> has = new HashSet<>();
        above(node).forEach(at -> has.addAll(ownTerms(at)));
        return (double) counted.stream().filter(has::contains).count() / counted.size();
    }

    private boolean passes(int node) {
        long updated = all.updated(node);
        return (filter.types().isEmpty() || filter.types().contains(all.type(node)))
            && (filter.since() == null || !Instant.ofEpochMilli(updated).isBefore(filter.since()))
            && (filter.until() == null || Instant.ofEpochMilli(updated).isBefore(filter.until()))
            && carries(node, false, filter.keywords()) && carries(node, true, filter.topics());
    }

    private boolean carries(int node, boolean topic, Set<String> texts) {
        return texts.isEmpty() || above(node).stream().flatMap(at -> ownTerms(at).stream()).map(names::get)
            .anyMatch(name -> name != null && name.topic() == topic && texts.contains(name.text()));
    }

    private List<Found> semantic(int results) throws ZseiException {
        if (index == null) {
            throw new ZseiException(ZseiException.Code.INDEX_UNAVAILABLE, "There is no index to turn the text into a vector; ozone-core health says why");
        }
        Index.Vector vector = request.text() != null ? index.vector(request.text()) : new Index.Vector(index.model(), own(index.model()));
        List<Scored> scored = new ArrayList<>();
        for (int node = 0; node < all.size() && meter.inTime(); node++) {
            if (all.type(node) == ContainerType.CHUNK && inside(node) && passes(node)) {
                Optional<float[]> other = store.embedding(all.id(node), vector.model());
                if (other.isPresent()) {
                    boolean direct = request.text() != null || node == start;
                    scored.add(new Scored(all.id(node), Math.max(0, 1 - cosine(vector.numbers(), other.get())),
                        direct ? List.of(all.id(node)) : List.of(request.start(), all.id(node))));
                }
            }
        }
        return first(scored, results);
    }

    /** With a text, only what lies below the start counts. */
    private boolean inside(int node) {
        return request.text() == null || start == all.ordinal(0) || node != start && above(node).contains(start);
    }

    private static double cosine(float[] a, float[] b) {
        double product = 0;
        double first = 0;
        double second = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
            first += (double) a[i] * a[i];
            second += (double) b[i] * b[i];
        }
        return product / Math.sqrt(first * second);
    }

    private float[] own(String model) throws ZseiException {
        Optional<float[]> itself = model == null ? Optional.empty() : store.embedding(request.start(), model);
        if (itself.isPresent()) {
            return itself.get();
        }
        throw new ZseiException(ZseiException.Code.INVALID, "Container " + request.start() + " has no vector of its own: give a text to compare with");
    }

    private List<Found> hybrid() throws ZseiException {
        Weights weights = question.weights().forHybrid();
        int each = Hybrid.each(request.maxResults());
        Hybrid hybrid = new Hybrid();
        if (!question.placeless() && weights.structural() > 0) {
            hybrid.structural(weights.structural(), structural(each));
        }
        if (weights.contextual() > 0) {
            hybrid.contextual(weights.contextual(), contextual(each, true));
        }
        if (weights.semantic() > 0) {
            hybrid.semantic(weights.semantic(), semantic(each));
        }
        return hybrid.best(request.maxResults(), meter);
    }
}
