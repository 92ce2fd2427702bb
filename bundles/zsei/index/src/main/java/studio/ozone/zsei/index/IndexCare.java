package studio.ozone.zsei.index;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;

import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.ThreadInterruptedException;
import org.apache.lucene.util.VectorUtil;

import studio.ozone.api.care.CareException;
import studio.ozone.api.care.Chore;
import studio.ozone.api.care.Inspection.Finding;
import studio.ozone.api.care.Inspection.Kind;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.ZseiException;

/** Housekeeping and inspection of the index: merges it, measures what that brought, and compares it with the store. */
final class IndexCare {

    private static final Duration LEVEL = Duration.ofSeconds(30);
    private static final int WANTED = 10;

    private final ContainerStore store;
    private final Follower follower;
    private final Vectors vectors;
    private final WordAnalyzer analyzer;
    private final ExecutorService searches;

    IndexCare(ContainerStore store, Follower follower, Vectors vectors, WordAnalyzer analyzer, ExecutorService searches) {
        this.store = store;
        this.follower = follower;
        this.vectors = vectors;
        this.analyzer = analyzer;
        this.searches = searches;
    }

    List<Chore.Figure> run(Chore.Kind kind, boolean dryRun, Progress progress) throws CareException, InterruptedException {
        if (kind == Chore.Kind.GC_AGGRESSIVE) {
            int questions = vectors.remembered();
            if (!dryRun) {
                vectors.forget();
            }
            return questions == 0 ? List.of() : List.of(new Chore.Figure("remembered questions", "", questions, 0));
        }
        OpenIndex index = follower.index();
        if (kind != Chore.Kind.OPTIMIZE || index == null) {
            return List.of();
        }
        try {
            return optimize(index, dryRun, progress);
        } catch (ThreadInterruptedException e) {
            throw new InterruptedException(e.getMessage());
        } catch (IOException | RuntimeException e) {
            throw new CareException("The index in " + index.root() + " could not be merged: " + e.getMessage() + ". It answers as before", e);
        }
    }

    private List<Chore.Figure> optimize(OpenIndex index, boolean dryRun, Progress progress) throws IOException, CareException, InterruptedException {
        List<float[]> questions;
        List<Set<Long>> right;
        double[] before;
        double[] after;
        long bytes = index.bytes();
        int segments;
        long deleted;
        try (Snapshot seen = index.acquire()) {
            segments = seen == null ? 0 : seen.leaves().size();
            deleted = seen == null ? 0 : seen.all().numDeletedDocs();
            if (segments <= index.folders().size() && deleted == 0) {
                return List.of();
            }
            if (dryRun) {
                return List.of(new Chore.Figure("segments", "", segments, index.folders().size()), new Chore.Figure("deleted chunks", "", deleted, 0));
            }
            List<float[]> sample = Centroids.sample(seen, 1);
            questions = sample.subList(0, Math.min(seen.all().numDocs() > 200_000 ? 20 : 100, sample.size()));
            progress.report("measuring", 0, -1, "");
            right = nearest(seen, questions);
            before = measure(index, seen, questions, right);
        }
        for (int i = 0; i < index.folders().size(); i++) {
            progress.report("merging", i, index.folders().size(), index.folders().get(i).path().toString());
            index.folders().get(i).compact(1);
        }
        settled();
        try (Snapshot seen = index.acquire()) {
            after = seen == null ? new double[] {Double.NaN, Double.NaN} : measure(index, seen, questions, right);
            return List.of(new Chore.Figure("size", "bytes", bytes, index.bytes()),
                new Chore.Figure("segments", "", segments, seen == null ? 0 : seen.leaves().size()),
                new Chore.Figure("deleted chunks", "", deleted, seen == null ? 0 : seen.all().numDeletedDocs()),
                new Chore.Figure("recall@10", "%", before[0], after[0]), new Chore.Figure("search p95", "ms", before[1], after[1]));
        }
    }

    private void settled() throws CareException, InterruptedException {
        try {
            follower.mend(List.of());
        } catch (ZseiException e) {
            throw new CareException(e.getMessage(), e);
        }
    }

    /** Recall in percent against brute force, and the 95th percentile of a query's time in milliseconds; NaN without vectors. */
    private double[] measure(OpenIndex index, Snapshot seen, List<float[]> questions, List<Set<Long>> right) throws IOException {
        if (questions.isEmpty()) {
            return new double[] {Double.NaN, Double.NaN};
        }
        long[] nanos = new long[questions.size()];
        double hits = 0;
        double all = 0;
        for (int q = 0; q < nanos.length; q++) {
            long begun = System.nanoTime();
            List<Index.Match> found = new Retriever(seen, index.manifest().shape().quantization(), analyzer, follower.settings(), searches, Set.of())
                .semantic(questions.get(q), WANTED);
            nanos[q] = System.nanoTime() - begun;
            Set<Long> both = new HashSet<>(right.get(q));
            all += both.size();
            both.retainAll(found.stream().map(Index.Match::id).toList());
            hits += both.size();
        }
        Arrays.sort(nanos);
        return new double[] {100 * hits / all, nanos[nanos.length * 95 / 100] / 1e6};
    }

    private record Near(long id, float cosine) { }

    private static List<Set<Long>> nearest(Snapshot seen, List<float[]> questions) throws IOException {
        List<PriorityQueue<Near>> best = new ArrayList<>();
        questions.forEach(question -> best.add(new PriorityQueue<>(Comparator.comparingDouble(Near::cosine))));
        for (LeafReaderContext leaf : seen.leaves()) {
            FloatVectorValues values = leaf.reader().getFloatVectorValues(ChunkDocument.VECTOR);
            NumericDocValues ids = leaf.reader().getNumericDocValues(ChunkDocument.ID);
            Bits live = leaf.reader().getLiveDocs();
            if (values == null || ids == null) {
                continue;
            }
            KnnVectorValues.DocIndexIterator documents = values.iterator();
            while (documents.nextDoc() != KnnVectorValues.DocIndexIterator.NO_MORE_DOCS) {
                if (live != null && !live.get(documents.docID()) || !ids.advanceExact(documents.docID())) {
                    continue;
                }
                float[] vector = values.vectorValue(documents.index());
                for (int q = 0; q < best.size(); q++) {
                    float cosine = VectorUtil.dotProduct(questions.get(q), vector);
                    PriorityQueue<Near> queue = best.get(q);
                    if (queue.size() < WANTED || cosine > queue.peek().cosine()) {
                        queue.add(new Near(ids.longValue(), cosine));
                        if (queue.size() > WANTED) {
                            queue.poll();
                        }
                    }
                }
            }
        }
        return best.stream().map(queue -> (Set<Long>) new HashSet<>(queue.stream().map(Near::id).toList())).toList();
    }

    long inspect(Consumer<Finding> findings, Progress progress) throws CareException, InterruptedException {
        try {
            follower.await(store.sequence(), LEVEL);
            BitSet chunks = new BitSet();
            store.scan(container -> {
                if (container.type() == ContainerType.CHUNK && container.id() < Integer.MAX_VALUE) {
                    chunks.set((int) container.id());
                }
            });
            long looked = chunks.cardinality();
            progress.report("comparing", 0, looked, "");
            BitSet indexed = indexed();
            BitSet missing = (BitSet) chunks.clone();
            missing.andNot(indexed);
            indexed.andNot(chunks);
            if (!missing.isEmpty() || !indexed.isEmpty()) {
                follower.await(store.sequence(), LEVEL);        // what has been written while it looked is no finding
                BitSet now = indexed();
                missing.andNot(now);
                indexed.and(now);
            }
            for (int id = missing.nextSetBit(0); id >= 0; id = missing.nextSetBit(id + 1)) {
                if (store.get(id).isPresent()) {
                    findings.accept(new Finding(Kind.INDEX_MISMATCH, id, "Chunk " + id + " is in the store but not in the index", true));
                }
            }
            for (int id = indexed.nextSetBit(0); id >= 0; id = indexed.nextSetBit(id + 1)) {
                if (store.get(id).isEmpty()) {
                    findings.accept(new Finding(Kind.INDEX_MISMATCH, id, "Chunk " + id + " is in the index but not in the store", true));
                }
            }
            OpenIndex index = follower.index();
            if (index != null && vectors.usable(index.model()) != null) {
                for (long id : Stale.lackingVectors(index)) {
                    findings.accept(new Finding(Kind.INDEX_MISMATCH, id, "Chunk " + id + " has no vector in the index", true));
                }
            }
            progress.report("comparing", looked, looked, "");
            return looked;
        } catch (IOException | ZseiException e) {
            throw new CareException("The index cannot be compared with the store: " + e.getMessage(), e);
        }
    }

    private BitSet indexed() throws IOException {
        BitSet ids = new BitSet();
        OpenIndex index = follower.index();
        try (Snapshot seen = index == null ? null : index.acquire()) {
            if (seen == null) {
                return ids;
            }
            for (LeafReaderContext leaf : seen.leaves()) {
                Bits live = leaf.reader().getLiveDocs();
                NumericDocValues values = leaf.reader().getNumericDocValues(ChunkDocument.ID);
                while (values != null && values.nextDoc() != NumericDocValues.NO_MORE_DOCS) {
                    if ((live == null || live.get(values.docID())) && values.longValue() < Integer.MAX_VALUE) {
                        ids.set((int) values.longValue());
                    }
                }
            }
            return ids;
        }
    }

    int repair(Collection<Finding> findings, Progress progress) throws CareException, InterruptedException {
        List<Long> ids = findings.stream().filter(Finding::repairable).map(Finding::container).distinct().toList();
        progress.report("repairing", 0, ids.size(), "");
        try {
            follower.mend(ids);
            return ids.size();
        } catch (ZseiException e) {
            throw new CareException("The index could not be repaired: " + e.getMessage(), e);
        }
    }
}
