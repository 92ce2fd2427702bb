package studio.ozone.config;

import java.util.List;
import java.util.stream.Stream;

/**
 * The keys that the bundles of this project read, for tests that have none of them: {@code installed-keys.tsv}, a copy of their
 * metatypes. A test of the module {@code docs} holds it against the bundles themselves.
 */
public final class InstalledKeys {

    private InstalledKeys() {
    }

    /** As {@link KnownKeys#load} for what is read by somebody. */
    static List<Key> load() {
        return KnownKeys.rows("installed-keys.tsv").stream().map(KnownKeys::key).toList();
    }

    /** All keys of the product, those that nobody reads yet first. */
    static List<Key> all() {
        return Stream.concat(KnownKeys.load().stream(), load().stream()).toList();
    }
}
