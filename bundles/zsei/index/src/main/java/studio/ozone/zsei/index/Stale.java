package studio.ozone.zsei.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;

import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ZseiException;

/** Finds documents that must be written again. Sees what the last refresh shows. */
final class Stale {

    private Stale() {
    }

    /** Chunks below containers that have got another parent: those that do not know of all containers above them. */
    static List<Long> below(OpenIndex index, ContainerStore store, Collection<Container> moved) throws IOException, ZseiException {
        BooleanQuery.Builder any = new BooleanQuery.Builder();
        int clauses = 0;
        for (Container container : moved) {
            if (clauses == IndexSearcher.getMaxClauseCount()) {
                break;
            }
            BooleanQuery.Builder incomplete = new BooleanQuery.Builder();
            int above = 0;
            for (long id : store.ancestors(container.id())) {
                incomplete.add(term(id), BooleanClause.Occur.MUST);
                above++;
            }
            if (above > 0) {
                any.add(new BooleanQuery.Builder().add(term(container.id()), BooleanClause.Occur.MUST)
                        .add(incomplete.build(), BooleanClause.Occur.MUST_NOT).build(), BooleanClause.Occur.SHOULD);
                clauses++;
            }
        }
        return ids(index, clauses == 0 ? new MatchNoDocsQuery() : any.build());
    }

    private static Query term(long id) {
        return new TermQuery(new Term(ChunkDocument.ABOVE, Long.toString(id)));
    }

    /** Chunks without a text, and if wanted those without a vector. */
    static List<Long> lacking(OpenIndex index, boolean vectorsToo) throws IOException {
        BooleanQuery.Builder any = new BooleanQuery.Builder();
        any.add(new TermQuery(new Term(ChunkDocument.LACKS, ChunkDocument.TEXT_MISSING)), BooleanClause.Occur.SHOULD);
        if (vectorsToo) {
            any.add(new TermQuery(new Term(ChunkDocument.LACKS, ChunkDocument.VECTOR_MISSING)), BooleanClause.Occur.SHOULD);
        }
        return ids(index, any.build());
    }

    static List<Long> lackingVectors(OpenIndex index) throws IOException {
        return ids(index, new TermQuery(new Term(ChunkDocument.LACKS, ChunkDocument.VECTOR_MISSING)));
    }

    /** How many chunks lack what is named. */
    static int count(OpenIndex index, String what) throws IOException {
        try (Snapshot seen = index.acquire()) {
            return seen == null ? 0 : new IndexSearcher(seen.all()).count(new TermQuery(new Term(ChunkDocument.LACKS, what)));
        }
    }

    private static List<Long> ids(OpenIndex index, Query query) throws IOException {
        List<Long> ids = new ArrayList<>();
        try (Snapshot seen = index.acquire()) {
            if (seen == null) {
                return ids;
            }
            ScoreDoc[] found = new IndexSearcher(seen.all()).search(query, Math.max(1, seen.all().maxDoc())).scoreDocs;
            for (Place place : Place.of(seen.all(), found)) {
                ids.add(place.id());
            }
            ids.sort(null);
            return ids;
        }
    }
}
