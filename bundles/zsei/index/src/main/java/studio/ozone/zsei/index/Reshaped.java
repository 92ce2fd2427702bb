package studio.ozone.zsei.index;

import java.io.IOException;
import java.util.Map;

import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FilterCodecReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;

/**
 * A segment as another index takes it over: with some of its documents, and with its vectors but without their graph or short forms,
 * which the taking index then makes anew as it wants them.
 */
final class Reshaped extends FilterCodecReader {

    private final Bits live;
    private final int documents;

    /** @param taken the documents that are taken, deleted ones not among them; null for all that are not deleted */
    Reshaped(CodecReader segment, FixedBitSet taken) {
        super(segment);
        this.live = taken == null ? segment.getLiveDocs() : taken;
        this.documents = taken == null ? segment.numDocs() : taken.cardinality();
    }

    @Override
    public Bits getLiveDocs() {
        return live;
    }

    @Override
    public int numDocs() {
        return documents;
    }

    @Override
    public KnnVectorsReader getVectorReader() {
        KnnVectorsReader vectors = in.getVectorReader();
        return vectors == null ? null : new Plain(vectors);
    }

    @Override
    public CacheHelper getCoreCacheHelper() {
        return null;
    }

    @Override
    public CacheHelper getReaderCacheHelper() {
        return null;
    }

    /** Not a provider of graphs or of quantized values, which a merge would take over as they are. */
    private static final class Plain extends KnnVectorsReader {

        private final KnnVectorsReader vectors;

        Plain(KnnVectorsReader vectors) {
            this.vectors = vectors;
        }

        @Override
        public void checkIntegrity() throws IOException {
            vectors.checkIntegrity();
        }

        @Override
        public FloatVectorValues getFloatVectorValues(String field) throws IOException {
            return vectors.getFloatVectorValues(field);
        }

        @Override
        public ByteVectorValues getByteVectorValues(String field) throws IOException {
            return vectors.getByteVectorValues(field);
        }

        @Override
        public void search(String field, float[] target, KnnCollector collector, AcceptDocs accept) throws IOException {
            vectors.search(field, target, collector, accept);
        }

        @Override
        public void search(String field, byte[] target, KnnCollector collector, AcceptDocs accept) throws IOException {
            vectors.search(field, target, collector, accept);
        }

        @Override
        public Map<String, Long> getOffHeapByteSize(FieldInfo field) {
            return vectors.getOffHeapByteSize(field);
        }

        @Override
        public void close() throws IOException {
            vectors.close();
        }
    }
}
