package studio.ozone.zsei.index;

import java.util.Collection;

import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;

/** The shape of the index: one document for each chunk. Nothing of the text is stored. */
final class ChunkDocument {

    /** Written into each commit; another number, and the index is built again. */
    static final String FORMAT = "1";

    /** The chunk's id, as a term (to replace it) and as a number (to read it). */
    static final String ID = "id";
    /** The ids of all containers above the chunk. */
    static final String ABOVE = "above";
    static final String TITLE = "title";
    static final String BODY = "body";
    static final String VECTOR = "vector";
    /** What the chunk still lacks: {@link #TEXT_MISSING} or {@link #VECTOR_MISSING}. */
    static final String LACKS = "lacks";
    static final String TEXT_MISSING = "text";
    static final String VECTOR_MISSING = "vector";

    private static final FieldType WORDS = new FieldType();

    static {
        WORDS.setTokenized(true);
        WORDS.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
        WORDS.freeze();
    }

    private ChunkDocument() {
    }

    static Term id(long id) {
        return new Term(ID, Long.toString(id));
    }

    /**
     * @param body the chunk's text; null where its source cannot be read now: the document then only remembers that
     * @param vector null where there is no embedder
     */
    static Document of(long id, Collection<Long> above, String title, String body, float[] vector) {
        Document document = new Document();
        document.add(new StringField(ID, Long.toString(id), Field.Store.NO));
        document.add(new NumericDocValuesField(ID, id));
        for (long container : above) {
            document.add(new StringField(ABOVE, Long.toString(container), Field.Store.NO));
        }
        if (body == null) {
            document.add(new StringField(LACKS, TEXT_MISSING, Field.Store.NO));
            return document;
        }
        document.add(new Field(TITLE, title, WORDS));
        document.add(new Field(BODY, body, WORDS));
        if (vector == null) {
            document.add(new StringField(LACKS, VECTOR_MISSING, Field.Store.NO));
        } else {
            document.add(new KnnFloatVectorField(VECTOR, vector, VectorSimilarityFunction.DOT_PRODUCT));
        }
        return document;
    }
}
