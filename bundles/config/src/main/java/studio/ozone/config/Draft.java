package studio.ozone.config;

import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an edit makes of the files, before anything is written.
 *
 * @param summary what was asked for
 * @param found files that were edited by somebody else a moment ago, as they are on disk; they count first
 * @param written files as they are to be
 * @param removed files that are to go
 * @param wanted full key to the value that was asked for; null for one that is to be taken away
 * @param keyFiles full key to the file that it is written to
 * @param state the revision whose files these are; 0 for a new state
 * @param warnings sentences for the user
 */
record Draft(String summary, Map<Path, Source> found, Map<Path, Source> written, Set<Path> removed, Map<String, Object> wanted,
        Map<String, String> keyFiles, int state, List<String> warnings) {

    boolean nothing() {
        return written.isEmpty() && removed.isEmpty();
    }

    /** The layers before the edit. */
    Layers before(Layers now) {
        return with(now, found.values(), Set.of());
    }

    Layers after(Layers now) {
        return with(before(now), written.values(), removed);
    }

    private static Layers with(Layers now, Collection<Source> more, Set<Path> less) {
        if (more.isEmpty() && less.isEmpty()) {
            return now;
        }
        Map<Path, Source> sources = new LinkedHashMap<>(now.sources());
        more.forEach(source -> sources.put(source.file(), source));
        less.forEach(sources::remove);
        return now.with(sources.values());
    }
}
