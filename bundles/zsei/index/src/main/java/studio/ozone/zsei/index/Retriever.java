package studio.ozone.zsei.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FloatVectorValues;
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
 * Questions put to one reader. Words are weighed by BM25 over body and title together (BM25F, Robertson and Zaragoza 2009); vectors
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

    private final DirectoryReader reader;
    private final IndexSearcher searcher;
    private final WordAnalyzer analyzer;
    private final Query filter;

    Retriever(DirectoryReader reader, WordAnalyzer analyzer, Set<Long> within) {
        this.reader = reader;
        this.searcher = new IndexSearcher(reader);
        this.searcher.setQueryCache(null);
        this.analyzer = analyzer;
        this.filter = within.isEmpty() ? null
                : new TermInSetQuery(ChunkDocument.ABOVE, within.stream().map(id -> new BytesRef(Long.toString(id))).toList());
    }

    List<Match> keyword(String text, int limit) throws IOException {
        List<Match> matches = new ArrayList<>();
        for (Place place : words(query(text), limit)) {
            matches.add(new Match(place.id(), place.score(), Float.NaN, place.score()));
        }
        return best(matches, limit);
    }

    List<Match> semantic(float[] vector, int limit, int efSearch) throws IOException {
        List<Match> matches = new ArrayList<>();
        for (Place place : near(vector, Math.max(limit, efSearch))) {
            float cosine = 2 * place.score() - 1;
            matches.add(new Match(place.id(), cosine, cosine, Float.NaN));
        }
        return best(matches, limit);
    }

    /** Both sides propose; each proposal is then measured by both. */
    List<Match> hybrid(String text, float[] vector, int limit, int efSearch) throws IOException {
        Query words = query(text);
        int proposals = Math.max(limit, CANDIDATES);
        Map<Integer, Place> candidates = new HashMap<>();
        words(words, proposals).forEach(place -> candidates.put(place.doc(), place));
        near(vector, Math.max(proposals, efSearch)).stream().sorted(Comparator.comparingDouble(Place::score).reversed()).limit(proposals)
                .forEach(place -> candidates.put(place.doc(), place));
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

    private List<Place> near(float[] vector, int k) throws IOException {
        ScoreDoc[] found = searcher.search(new KnnFloatVectorQuery(ChunkDocument.VECTOR, vector, k, filter), k).scoreDocs;
        return Place.of(reader, found);
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
