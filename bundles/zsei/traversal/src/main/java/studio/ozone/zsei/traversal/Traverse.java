package studio.ozone.zsei.traversal;

import java.util.List;

import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.Traversal.Found;
import studio.ozone.api.zsei.Traversal.Mode;
import studio.ozone.api.zsei.Traversal.Request;
import studio.ozone.api.zsei.ZseiException;

/** One traversal by any mode but brute force. */
final class Traverse {

    private final ContainerStore store;
    private final Index index;
    private final LiveGraph graph;
    private final Question question;
    private final Request request;
    private final Meter meter;
    private final Touched touched;

    /**
     * @param index null where there is none
     * @param touched told what the answer depended on, beside the index; may be null
     */
    Traverse(ContainerStore store, Index index, LiveGraph graph, Question question, Meter meter, Touched touched) {
        this.store = store;
        this.index = index;
        this.graph = graph;
        this.question = question;
        this.request = question.request();
        this.meter = meter;
        this.touched = touched;
    }

    static ZseiException notFound(long start) {
        return new ZseiException(ZseiException.Code.NOT_FOUND, "There is no container " + start + " to start from");
    }

    List<Found> run() throws ZseiException {
        return switch (request.mode()) {
            case STRUCTURAL -> structural(request.maxResults());
            case SEMANTIC -> semantic(request.maxResults());
            case CONTEXTUAL -> contextual(request.maxResults());
            case HYBRID -> hybrid();
            case BRUTE_FORCE -> throw new IllegalArgumentException("Brute force is another class's");
        };
    }

    /** The ordinal of the start. */
    private int begin(View view, LiveGraph.Moment moment) throws ZseiException {
        if (touched != null) {
            touched.at(moment);
        }
        int start = view.ordinal(request.start());
        if (start == View.NONE) {
            throw notFound(request.start());
        }
        return start;
    }

    private List<Found> structural(int results) throws ZseiException {
        return graph.on(Sieve.asksForNames(request.filter()), (view, moment) -> {
            int start = begin(view, moment);
            return new BreadthFirst(view, request.filter(), new Sieve(view, request.filter(), touched), request.maxDepth(), results, meter).run(start, touched);
        });
    }

    private List<Found> contextual(int results) throws ZseiException {
        return graph.on(request.text() != null || Sieve.asksForNames(request.filter()), (view, moment) -> {
            int start = begin(view, moment);
            boolean placeless = question.placeless();
            Context context = new Context(view, placeless ? View.NONE : start, request.text(), touched);
            if (placeless && context.named().isEmpty()) {
                if (request.mode() == Mode.HYBRID) {
                    return List.of();
                }
                meter.fellBack("The text names no keyword and no topic, so what is near the root was looked at");
            }
            List<Integer> starts = placeless && !context.named().isEmpty() ? context.named() : List.of(start);
            return new BestFirst(view, request.filter(), new Sieve(view, request.filter(), touched), context, question.weights(), request.maxDepth(), results,
                meter).run(starts, touched);
        });
    }

    private List<Found> semantic(int results) throws ZseiException {
        if (index == null) {
            throw new ZseiException(ZseiException.Code.INDEX_UNAVAILABLE, "There is no index to compare meanings with; ozone-core health says why");
        }
        return new Nearest(store, index, graph, request, results, meter, touched).run();
    }

    private List<Found> hybrid() throws ZseiException {
        Weights weights = question.weights().forHybrid();
        int each = Hybrid.each(request.maxResults());
        Hybrid hybrid = new Hybrid();
        if (!question.placeless() && weights.structural() > 0) {
            hybrid.structural(weights.structural(), structural(each));
        }
        if (weights.contextual() > 0) {
            hybrid.contextual(weights.contextual(), contextual(each));
        }
        if (weights.semantic() > 0) {
            try {
                hybrid.semantic(weights.semantic(), semantic(each));
            } catch (ZseiException e) {
                if (e.code() == ZseiException.Code.NOT_FOUND || e.code() == ZseiException.Code.STORE_UNAVAILABLE) {
                    throw e;
                }
                meter.fleeting();
                meter.fellBack("Meaning was left out: " + e.getMessage());
            }
        }
        return hybrid.best(request.maxResults(), meter);
    }
}
