package studio.ozone.zsei.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.search.ScoreDoc;

/**
 * Where a chunk's document stands in one reader.
 *
 * @param doc the document's number in the reader
 * @param id the chunk
 * @param score what the query gave it
 */
record Place(int doc, long id, float score) {

    /** In the order of the documents. */
    static List<Place> of(IndexReader reader, ScoreDoc[] found) throws IOException {
        ScoreDoc[] byDoc = found.clone();
        Arrays.sort(byDoc, Comparator.comparingInt(hit -> hit.doc));
        List<Place> places = new ArrayList<>(byDoc.length);
        List<LeafReaderContext> leaves = reader.leaves();
        LeafReaderContext leaf = null;
        NumericDocValues ids = null;
        for (ScoreDoc hit : byDoc) {
            if (leaf == null || hit.doc >= leaf.docBase + leaf.reader().maxDoc()) {
                leaf = leaves.get(ReaderUtil.subIndex(hit.doc, leaves));
                ids = leaf.reader().getNumericDocValues(ChunkDocument.ID);
            }
            if (ids != null && ids.advanceExact(hit.doc - leaf.docBase)) {
                places.add(new Place(hit.doc, ids.longValue(), hit.score));
            }
        }
        return places;
    }
}
