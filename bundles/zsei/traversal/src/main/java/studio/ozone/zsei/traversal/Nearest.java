package studio.ozone.zsei.traversal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.Traversal.Budget;
import studio.ozone.api.zsei.Traversal.Filter;
import studio.ozone.api.zsei.Traversal.Found;
import studio.ozone.api.zsei.Traversal.Request;
import studio.ozone.api.zsei.ZseiException;

/** A semantic traversal: asks the index for more than is wanted, and again for more, until enough passes the filter. */
final class Nearest {

    private static final int MOST_MATCHES = 10_000;
    private static final int MOST_CHUNKS = 64;
    private static final int OVER = 4;
    private static final Budget LOOK_BELOW = new Budget(10_000, 0);

    private final ContainerStore store;
    private final Index index;
    private final LiveGraph graph;
    private final Request request;
    private final int wanted;
    private final Meter meter;
    private final Touched touched;

    /** @param touched told what it depended on, beside the index; may be null */
    Nearest(ContainerStore store, Index index, LiveGraph graph, Request request, int wanted, Meter meter, Touched touched) {
        this.store = store;
        this.index = index;
        this.graph = graph;
        this.request = request;
        this.wanted = wanted;
        this.meter = meter;
        this.touched = touched;
    }

    List<Found> run() throws ZseiException {
        Index.Vector vector = vector();
        try {
            return run(vector);
        } catch (ZseiException e) {
            if (e.code() == ZseiException.Code.INVALID && !vector.model().equals(index.model())) {
                return run(vector());                    // an index of another model has taken its place in between
            }
            throw e;
        }
    }

    private List<Found> run(Index.Vector vector) throws ZseiException {
        Set<Long> within = request.text() != null && request.start() != 0 ? Set.of(request.start()) : Set.of();
        boolean open = Filter.NONE.equals(request.filter());
        int fetch = Math.min(MOST_MATCHES, open ? wanted + 1 : OVER * wanted + 1);
        while (true) {
            Index.Matches matches = index.near(vector, fetch, within);
            meter.shards(matches.shardsSearched());
            boolean all = matches.matches().size() < fetch;
            List<Found> passed = graph.on(Sieve.asksForNames(request.filter()), (view, moment) -> sift(view, moment, matches.matches()));
            if (passed.size() > wanted) {
                meter.full();
                meter.visited(matches.matches().size());
                return List.copyOf(passed.subList(0, wanted));
            }
            if (all || fetch == MOST_MATCHES || !meter.inTime()) {
                if (!all) {
                    meter.leave("the " + fetch + " matches of the index");
                }
                meter.visited(matches.matches().size());
                return passed;
            }
            fetch = Math.min(MOST_MATCHES, OVER * fetch);
        }
    }

    private List<Found> sift(View view, LiveGraph.Moment moment, List<Index.Match> matches) {
        if (touched != null) {
            touched.at(moment);
        }
        Sieve sieve = new Sieve(view, request.filter(), touched);
        List<Found> passed = new ArrayList<>();
        for (Index.Match match : matches) {
            int ordinal = view.ordinal(match.id());
            if (ordinal != View.NONE && passed.size() <= wanted) {
                if (touched != null) {
                    touched.add(ordinal);
                }
                if (sieve.passes(ordinal)) {
                    boolean direct = request.text() != null || match.id() == request.start();
                    passed.add(new Found(match.id(), Math.max(0, 1 - (double) match.cosine()),
                        direct ? List.of(match.id()) : List.of(request.start(), match.id())));
                }
            }
        }
        return passed;
    }

    private Index.Vector vector() throws ZseiException {
        if (request.text() != null) {
            return index.vector(request.text());
        }
        String model = index.model();
        if (model == null) {
            throw new ZseiException(ZseiException.Code.EMBEDDER_UNAVAILABLE, "Nothing has been embedded yet, so nothing can be compared by its meaning");
        }
        return new Index.Vector(model, own(model));
    }

    /** The start's own vector, or the mean of those of the chunks below it. */
    private float[] own(String model) throws ZseiException {
        List<Found> below = graph.on(false, (view, moment) -> {
            if (touched != null) {
                touched.at(moment);
            }
            int start = view.ordinal(request.start());
            if (start == View.NONE) {
                throw Traverse.notFound(request.start());
            }
            Filter chunks = Filter.types(ContainerType.CHUNK);
            return new BreadthFirst(view, chunks, new Sieve(view, chunks, touched), Limits.MOST_HOPS, MOST_CHUNKS,
                new Meter(LOOK_BELOW, "", System.nanoTime())).run(start, touched);
        });
        Optional<float[]> itself = store.embedding(request.start(), model);
        if (itself.isPresent()) {
            return itself.get();
        }
        double[] sum = null;
        for (Found chunk : below) {
            Optional<float[]> vector = store.embedding(chunk.id(), model);
            if (vector.isEmpty()) {
                meter.fleeting();                        // it may come without a commit
            } else {
                float[] numbers = vector.get();
                sum = sum == null ? new double[numbers.length] : sum;
                for (int i = 0; i < numbers.length; i++) {
                    sum[i] += numbers[i];
                }
            }
        }
        return mean(sum);
    }

    private float[] mean(double[] sum) throws ZseiException {
        double length = 0;
        for (int i = 0; sum != null && i < sum.length; i++) {
            length += sum[i] * sum[i];
        }
        if (length == 0) {
            throw new ZseiException(ZseiException.Code.INVALID, "Container " + request.start() + " has no vector, and no chunk below it has one: give a text to "
                + "compare with, or wait until it has been embedded (ozone-core health)");
        }
        float[] mean = new float[sum.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (float) (sum[i] / Math.sqrt(length));
        }
        return mean;
    }
}
