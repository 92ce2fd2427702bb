package studio.ozone.api.zsei;

import java.util.List;
import java.util.Set;

import org.osgi.annotation.versioning.ProviderType;

/** The search that users see: chunks with their place and a snippet. The shape is that of {@code search --json}. */
@ProviderType
public interface Search {

    /**
     * @param id the chunk's container
     * @param source the file's path
     * @param record the record's id; null where the source is one document
     * @param title the document's title
     * @param score as in {@link Index.Match}
     * @param start first code point of the chunk in the text of the source or record
     * @param end the one after the last
     * @param snippet up to about 240 characters of the chunk around the words that were looked for, on one line; empty where
     *     the source is gone or has changed
     */
    record Hit(long id, String source, String record, String title, double score, int start, int end, String snippet) { }

    /** @param note something the user should know, for instance that there is no embedder; null where there is nothing */
    record Answer(String query, double tookMs, String note, List<Hit> hits) { }

    Answer search(String text, int limit, Index.Mode mode, Set<Long> within) throws ZseiException;
}
