package studio.ozone.api.config;

import java.util.List;
import java.util.Map;

/** A change of the configuration that somebody asks for. {@link Settings#plan} says what it would do, {@link Settings#apply} does it. */
public sealed interface Edit {

    /**
     * Single keys, all or none.
     *
     * @param set full key or alias to text; the text is read as the key's type
     * @param unset full keys whose setting is taken away, so that what lies beneath it counts again
     */
    record Keys(Map<String, String> set, List<String> unset) implements Edit {
        public Keys {
            set = Map.copyOf(set);
            unset = List.copyOf(unset);
        }

        public static Keys set(Map<String, String> values) {
            return new Keys(values, List.of());
        }
    }

    /**
     * Makes the user's file the defaults and a profile: what else it set goes back to its default, so that the result is
     * reproducible. Ports, data paths and references to secrets stay.
     *
     * @param profile the name of a profile, without {@code .toml}
     */
    record Load(String profile) implements Edit { }

    /**
     * Sets the keys of a profile in the user's file and leaves the rest of it as it is.
     *
     * @param profile the name of a profile, without {@code .toml}
     */
    record Merge(String profile) implements Edit { }

    /**
     * Makes the files what they were before the last revisions. Repeated, it goes further back.
     *
     * @param steps revisions, 1 or more
     */
    record Undo(int steps) implements Edit { }

    /**
     * Makes the files what they were after a revision.
     *
     * @param revision its number, see {@link Settings#history}
     */
    record Restore(int revision) implements Edit { }
}
