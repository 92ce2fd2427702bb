package studio.ozone.api.zsei;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import org.osgi.annotation.versioning.ProviderType;

/**
 * What finds chunks: words (BM25) and meaning (HNSW) in one index that follows the store. It is derived: lost, it is built
 * again. Thread-safe.
 */
@ProviderType
public interface Index {

    /** How chunks are found. HYBRID fuses both rankings. */
    enum Mode { HYBRID, SEMANTIC, KEYWORD }

    /**
     * @param text what is looked for; not empty
     * @param mode how
     * @param limit the most matches, 1..10,000
     * @param within ids of containers (files, directories, records): only chunks below one of them count; empty for all
     */
    record Query(String text, Mode mode, int limit, Set<Long> within) { }

    /**
     * A chunk that was found.
     *
     * @param id the chunk
     * @param score what the list is sorted by, higher first; comparable within one answer only
     * @param cosine of query and chunk, -1..1; NaN where it was not measured
     * @param bm25 the keyword score, 0 where no word matched; NaN where it was not measured
     */
    record Match(long id, double score, float cosine, float bm25) { }

    /**
     * @param matches best first
     * @param mode what was really done: HYBRID falls back to KEYWORD where there is no embedder
     * @param note why it fell back, for a user; null where it did not
     * @param shardsSearched shards of the index that were looked into; 1 where it has none, 0 where it is empty
     */
    record Matches(List<Match> matches, Mode mode, String note, int shardsSearched) {

        /** Of an index that is empty or has no shards. */
        public Matches(List<Match> matches, Mode mode, String note) {
            this(matches, mode, note, matches.isEmpty() ? 0 : 1);
        }
    }

    /** @throws ZseiException EMBEDDER_UNAVAILABLE for SEMANTIC without an embedder */
    Matches query(Query query) throws ZseiException;

    /**
     * A text's or a container's vector. Only those of one model can be compared.
     *
     * @param numbers of Euclidean length 1; not to be changed
     */
    record Vector(String model, float[] numbers) { }

    /** The model of the vectors that answer; null while there are none. */
    default String model() {
        return null;
    }

    /**
     * A text's vector by the model of the vectors that answer.
     *
     * @throws ZseiException EMBEDDER_UNAVAILABLE with the reason
     */
    default Vector vector(String text) throws ZseiException {
        throw new ZseiException(ZseiException.Code.EMBEDDER_UNAVAILABLE, "This index holds no vectors");
    }

    /**
     * The chunks nearest to a vector, as {@link Mode#SEMANTIC} finds them.
     *
     * @param limit 1..10,000
     * @param within as in {@link Query}
     * @throws ZseiException INVALID if it is another model's than those that answer
     */
    default Matches near(Vector vector, int limit, Set<Long> within) throws ZseiException {
        throw new ZseiException(ZseiException.Code.EMBEDDER_UNAVAILABLE, "This index holds no vectors");
    }

    /**
     * A number that has changed whenever the same query may be answered otherwise than before: by another commit, a vector that was still missing, an
     * index that took another's place, a setting. It says nothing about which came first. Where it is 0, that is not known.
     */
    default long state() {
        return 0;
    }

    /** The last commit of the store that queries see. */
    long sequence();

    /** Chunks that wait to be embedded and indexed. */
    long pending();

    /**
     * Waits until queries see a commit.
     *
     * @return false if the time ran out
     */
    boolean await(long sequence, Duration atMost) throws ZseiException, InterruptedException;
}
