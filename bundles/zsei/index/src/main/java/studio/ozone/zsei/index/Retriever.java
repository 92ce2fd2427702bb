package studio.ozone.zsei.index;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.CombinedFieldQuery;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.VectorUtil;

import studio.ozone.api.zsei.Index.Match;

/**
 * Questions put to one snapshot of an index. Words are weighed by BM25 over body and title together (BM25F, Robertson and Zaragoza 2009); vectors
 * are looked for in the HNSW graph, or one by one where few documents pass the filter. Immutable; for one question.
 */
final class Retriever {

    /** Ranks taken from each side before they are fused. */
    static final int CANDIDATES = 100;

    private static final int MOST_CHARACTERS = 100_000;
    private static final int MOST_TERMS = 128;
    /** What a word in the title counts as; measured by benchmarks/retrieval. */
    private static final float TITLE = 2f;

    private static final Comparator<Match> BEST_FIRST = Comparator.comparingDouble(Match::score).reversed().thenComparingLong(Match::id);

    private final Snapshot seen;
    private final IndexReader reader;
    private final IndexSearcher searcher;
    private final WordAnalyzer analyzer;
    private final Quantization quantization;
    private final Settings settings;
    private final ExecutorService pool;
    private final Query filter;
    private int shardsSearched;

    /**
     * @param seen of an index
     * @param quantization of that index
     * @param settings how many nodes and shards are looked at
     * @param pool where shards are searched at the same time, if they are
     */
    Retriever(Snapshot seen, Quantization quantization, WordAnalyzer analyzer, Settings settings, ExecutorService pool, Set<Long> within) {
        this.seen = seen;
        this.reader = seen.all();
        this.quantization = quantization;
        this.searcher = searcher(reader);
        this.analyzer = analyzer;
        this.settings = settings;
        this.pool = pool;
        this.filter = within.isEmpty() ? null
                : new TermInSetQuery(ChunkDocument.ABOVE, within.stream().map(id -> new BytesRef(Long.toString(id))).toList());
    }

    private static IndexSearcher searcher(IndexReader reader) {
        IndexSearcher searcher = new IndexSearcher(reader);
        searcher.setQueryCache(null);
        return searcher;
    }

    /** Shards that were looked into for the answer. */
    int shardsSearched() {
        return shardsSearched;
    }

    List<Match> keyword(String text, int limit) throws IOException {
        shardsSearched = seen.parts().size();
        List<Match> matches = new ArrayList<>();
        for (Place place : words(query(text), limit)) {
            matches.add(new Match(place.id(), place.score(), Float.NaN, place.score()));
        }
        return best(matches, limit);
    }

    List<Match> semantic(float[] vector, int limit) throws IOException {
        List<Place> places = near(vector, limit);
        float[] cosines = quantization.approximate() ? cosines(places, vector) : null;
        List<Match> matches = new ArrayList<>(places.size());
        for (int i = 0; i < places.size(); i++) {
            float cosine = cosines == null ? 2 * places.get(i).score() - 1 : cosines[i];
            matches.add(new Match(places.get(i).id(), cosine, cosine, Float.NaN));
        }
        return best(matches, limit);
    }

    /** Both sides propose; each proposal is then measured by both. */
    List<Match> hybrid(String text, float[] vector, int limit) throws IOException {
        Query words = query(text);
        int proposals = Math.max(limit, CANDIDATES);
        Map<Integer, Place> candidates = new HashMap<>();
        words(words, proposals).forEach(place -> candidates.put(place.doc(), place));
        near(vector, proposals).stream().sorted(Comparator.comparingDouble(Place::score).reversed())
                .limit((long) proposals * quantization.oversampling()).forEach(place -> candidates.put(place.doc(), place));
        shardsSearched = seen.parts().size();
        List<Place> places = candidates.values().stream().sorted(Comparator.comparingInt(Place::doc)).toList();
        return best(Fusion.fuse(places, cosines(places, vector), scores(places, words)), limit);
    }

    private static List<Match> best(List<Match> matches, int limit) {
        matches.sort(BEST_FIRST);
        return matches.size() > limit ? List.copyOf(matches.subList(0, limit)) : matches;
    }

    private List<Place> words(Query words, int limit) throws IOException {
        return Place.of(reader, searcher.search(filtered(words), limit).scoreDocs);
    }

    private Query filtered(Query query) {
        return filter == null ? query
                : new BooleanQuery.Builder().add(query, BooleanClause.Occur.MUST).add(filter, BooleanClause.Occur.FILTER).build();
    }

    /**
     * What the walks through the graphs of the nearest shards find, in the order of the documents: {@code ef_search} or more of each, so that
     * the right ones are among them.
     */
    private List<Place> near(float[] vector, int limit) throws IOException {
        int k = Math.max(limit, settings.efSearch()) * quantization.oversampling();
        List<Snapshot.Part> parts = nearest(vector);
        shardsSearched = parts.size();
        List<ScoreDoc> found = new ArrayList<>();
        if (parts.size() == 1 || !settings.sharding().parallel()) {
            for (Snapshot.Part part : parts) {
                found.addAll(near(part, vector, k));
            }
        } else {
            List<Future<List<ScoreDoc>>> searches = new ArrayList<>();
            parts.forEach(part -> searches.add(pool.submit(() -> near(part, vector, k))));
            gather(searches, found);
        }
        if (parts.size() > 1) {
            found.sort(Comparator.comparingDouble((ScoreDoc hit) -> hit.score).reversed().thenComparingInt(hit -> hit.doc));
            found = found.subList(0, Math.min(k, found.size()));
        }
        return Place.of(reader, found.toArray(ScoreDoc[]::new));
    }

    private static void gather(List<Future<List<ScoreDoc>>> searches, List<ScoreDoc> found) throws IOException {
        try {
            for (Future<List<ScoreDoc>> search : searches) {
                found.addAll(search.get());
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException cause -> throw cause;
                case RuntimeException cause -> throw cause;
                default -> throw new IOException(e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("Cancelled");
        } finally {
            searches.forEach(search -> search.cancel(true));
        }
    }

    private List<ScoreDoc> near(Snapshot.Part part, float[] vector, int k) throws IOException {
        part.folder().used();
        List<ScoreDoc> found = new ArrayList<>();
        for (ScoreDoc hit : searcher(part.reader()).search(new KnnFloatVectorQuery(ChunkDocument.VECTOR, vector, k, filter), k).scoreDocs) {
            found.add(new ScoreDoc(part.base() + hit.doc, hit.score));
        }
        return found;
    }

    /** The shards whose centroids are nearest, as many as the configuration allows. */
    private List<Snapshot.Part> nearest(float[] vector) {
        List<Snapshot.Part> parts = seen.parts();
        int most = settings.sharding().most();
        if (parts.size() <= most) {
            return parts;
        }
        return parts.stream().sorted(Comparator.comparingDouble((Snapshot.Part part) -> VectorUtil.dotProduct(vector, part.centroid())).reversed())
            .limit(most).toList();
    }

    /** Plain text in, a sum of words out: nothing in it is syntax. Of a very long text the rarest words count. */
    private Query query(String text) throws IOException {
        Map<String, Integer> counts = analyzer.words(text.length() > MOST_CHARACTERS ? text.substring(0, MOST_CHARACTERS) : text);
        List<Map.Entry<String, Integer>> terms = new ArrayList<>(counts.entrySet());
        if (terms.size() > MOST_TERMS) {
            Map<String, Double> weight = new HashMap<>();
            for (Map.Entry<String, Integer> entry : terms) {
                int documents = reader.docFreq(new Term(ChunkDocument.BODY, entry.getKey()));
                weight.put(entry.getKey(), documents == 0 ? 0 : entry.getValue() * Math.log(1 + reader.numDocs() / (double) documents));
            }
            terms.sort(Comparator.comparingDouble((Map.Entry<String, Integer> entry) -> weight.get(entry.getKey())).reversed()
                    .thenComparing(Map.Entry::getKey));
            terms = terms.subList(0, MOST_TERMS);
        }
        if (terms.isEmpty()) {
            return new MatchNoDocsQuery("no words");
        }
        BooleanQuery.Builder query = new BooleanQuery.Builder();
        for (Map.Entry<String, Integer> term : terms) {
            query.add(new CombinedFieldQuery.Builder(term.getKey()).addField(ChunkDocument.BODY, 1f).addField(ChunkDocument.TITLE, TITLE)
                    .build(), BooleanClause.Occur.SHOULD);
        }
        return query.build();
    }

    /** By place; 0 where no word matches. */
    private float[] scores(List<Place> places, Query words) throws IOException {
        float[] scores = new float[places.size()];
        Weight weight = searcher.createWeight(searcher.rewrite(words), ScoreMode.COMPLETE, 1);
        int i = 0;
        for (LeafReaderContext leaf : reader.leaves()) {
            int end = leaf.docBase + leaf.reader().maxDoc();
            if (i == places.size() || places.get(i).doc() >= end) {
                continue;
            }
            Scorer scorer = weight.scorer(leaf);
            DocIdSetIterator docs = scorer == null ? DocIdSetIterator.empty() : scorer.iterator();
            for (; i < places.size() && places.get(i).doc() < end; i++) {
                int doc = places.get(i).doc() - leaf.docBase;
                if (docs.docID() < doc) {
                    docs.advance(doc);
                }
                scores[i] = docs.docID() == doc ? scorer.score() : 0;
            }
        }
        return scores;
    }

    /** By place; NaN where the chunk has no vector. */
    private float[] cosines(List<Place> places, float[] vector) throws IOException {
        float[] cosines = new float[places.size()];
        int i = 0;
        for (LeafReaderContext leaf : reader.leaves()) {
            int end = leaf.docBase + leaf.reader().maxDoc();
            if (i == places.size() || places.get(i).doc() >= end) {
                continue;
            }
            FloatVectorValues values = leaf.reader().getFloatVectorValues(ChunkDocument.VECTOR);
            KnnVectorValues.DocIndexIterator docs = values == null ? null : values.iterator();
            for (; i < places.size() && places.get(i).doc() < end; i++) {
                int doc = places.get(i).doc() - leaf.docBase;
                if (docs != null && docs.docID() < doc) {
                    docs.advance(doc);
                }
                cosines[i] = docs != null && docs.docID() == doc ? VectorUtil.dotProduct(vector, values.vectorValue(docs.index())) : Float.NaN;
            }
        }
        return cosines;
    }
}
