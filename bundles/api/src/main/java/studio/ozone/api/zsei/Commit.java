package studio.ozone.api.zsei;

import java.util.List;
import java.util.Map;

/**
 * What a commit did. Immutable.
 *
 * @param sequence the number of the commit, from 1, without gaps but where the store was replaced ({@link StoreListener#replaced})
 * @param written the containers as they now are, version and times set
 * @param removed the ids that are gone, those below the named ones included
 * @param related the edges that were written, without the inverse ones
 * @param unrelated the edges that were removed, without the inverse ones
 * @param texts by chunk id, what the writer handed on; empty when a commit is read back later
 */
public record Commit(long sequence, List<Container> written, List<Long> removed, List<Relation> related, List<Relation> unrelated,
        Map<Long, String> texts) { }
