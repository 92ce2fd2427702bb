package studio.ozone.zsei.index;

import java.util.Locale;

import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;

/**
 * In how many bits a number of a vector is kept for the walk through the graph. The full vectors stay on disk beside them, and what the
 * walk finds is measured again by these; so fewer bits save memory, and little else. {@code docs/index.md} has the figures.
 */
enum Quantization {

    /** 32 bits, as the model gives them. */
    NONE(null, 1),
    /** 8 bits. */
    INT8(ScalarEncoding.UNSIGNED_BYTE, 1),
    /** 4 bits. */
    INT4(ScalarEncoding.PACKED_NIBBLE, 1),
    /** One bit, 4 for the question. */
    BINARY(ScalarEncoding.SINGLE_BIT_QUERY_NIBBLE, 3);

    private final ScalarEncoding encoding;
    private final int oversampling;

    Quantization(ScalarEncoding encoding, int oversampling) {
        this.encoding = encoding;
        this.oversampling = oversampling;
    }

    /** @throws IllegalArgumentException if there is none of the name: the message says which there are */
    static Quantization of(String name) {
        for (Quantization each : values()) {
            if (each.toString().equals(name)) {
                return each;
            }
        }
        throw new IllegalArgumentException("zsei.embeddings.hnsw.quantization is " + name + "; it is none, int8, int4 or binary");
    }

    /** How many times as many as are wanted the walk has to find, so that the right ones are among them. */
    int oversampling() {
        return oversampling;
    }

    /** Whether the score of a walk is only near that of the full vectors. */
    boolean approximate() {
        return encoding != null;
    }

    /** @param tiny vectors of a segment below which no graph is built */
    KnnVectorsFormat format(int m, int beam, int tiny) {
        return encoding == null ? new Lucene99HnswVectorsFormat(m, beam, 1, null, tiny)
            : new Lucene104HnswScalarQuantizedVectorsFormat(encoding, m, beam, 1, null, tiny);
    }

    /** As it stands in the configuration. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
