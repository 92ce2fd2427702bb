package studio.ozone.api.config;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The effective configuration and who set it. Config Admin holds the values; this is the one way to change them that
 * validates first and writes back to the owning file. Thread-safe.
 */
@ProviderType
public interface Settings {

    /** When a new value of a key is in force. */
    enum Applies { LIVE, RESTART, REBUILD }

    /**
     * One key.
     *
     * @param key the full key, for instance {@code zsei.traversal.default_max_depth}
     * @param value the effective value: {@code String}, {@code Long}, {@code Double}, {@code Boolean} or a list of these
     * @param defaultValue what holds while nobody sets it; null where the schema names none
     * @param type {@code string}, {@code integer}, {@code number}, {@code boolean} or {@code list}
     * @param range the allowed values in words, for instance {@code 1..65535}; empty where any value goes
     * @param unit what a number counts, for instance {@code ms}; empty where nothing
     * @param description one sentence
     * @param applies when a change is in force
     * @param pending null, or what has to happen until the value is in force: {@code restart}, {@code rebuild}
     * @param setBy {@code default}, {@code environment}, or the file's name
     * @param file the owning file's path; null for a default or the environment
     * @param line the line in it, from 1; 0 where there is none
     * @param readBy the symbolic name of the bundle that reads the key; null where no installed bundle does
     */
    record Setting(String key, Object value, Object defaultValue, String type, String range, String unit, String description,
            Applies applies, String pending, String setBy, String file, int line, String readBy) { }

    /**
     * A key with all that is known about it.
     *
     * @param advice what the tuning guide says about it; empty where it says nothing
     * @param profiles profile name to the value it gives the key; without the profiles that do not set it
     * @param aliases deprecated names that are read as this key
     */
    record Explanation(Setting setting, String advice, Map<String, Object> profiles, List<String> aliases) { }

    /**
     * One key that changes.
     *
     * @param before the effective value before
     * @param after the effective value after; where {@code shadowedBy} is not null, what the file says
     * @param file the file it is written to; null for a change that came with a file of its own
     * @param setBy who set it before
     * @param shadowedBy null, or what is stronger than the file, so that the change has no effect: a file's name, or the variable
     * @param applies when it is in force
     * @param readBy the symbolic name of the bundle that reads it; null where no installed bundle does
     */
    record Change(String key, Object before, Object after, String file, String setBy, String shadowedBy, Applies applies, String readBy) { }

    /**
     * What an edit does.
     *
     * @param changes by key; empty where everything is so already
     * @param same keys that the edit names and that have these values already
     * @param warnings sentences for the user
     * @param backup where the files from before are kept; null as long as nothing is written
     * @param revision its number in the history; 0 as long as nothing is written
     */
    record Plan(List<Change> changes, List<String> same, List<String> warnings, String backup, int revision) { }

    /**
     * One effective change in the past.
     *
     * @param revision its number, from 1 up
     * @param summary what was asked for, for instance {@code load profile minimal}, {@code undo to 12}
     * @param files the files that it wrote, or that came, changed or went
     */
    record Revision(int revision, Instant at, Origin origin, String summary, List<Change> changes, List<String> files) { }

    /**
     * A set of values under a name.
     *
     * @param file its path; null for one that ships with the product
     * @param keys how many keys it sets
     */
    record Profile(String name, String description, String file, int keys) { }

    /**
     * Something in a file that is not in force because it is wrong.
     *
     * @param file the file's path
     * @param line from 1; 0 where the whole file is meant
     * @param column from 1; 0 where the whole line is meant
     * @param key the full key; null where there is none
     * @param message the whole text for a user, file and remedy included
     * @param error whether the value is not in force; else it is a warning
     */
    record Problem(String file, int line, int column, String key, String message, boolean error) { }

    /**
     * All known keys, and those that are set though nobody reads them.
     *
     * @param prefix a key or the beginning of its path, for instance {@code zsei}; empty for all
     * @throws SettingsException if nothing begins so; the message names the nearest key
     */
    List<Setting> show(String prefix) throws SettingsException;

    /** @throws SettingsException if the key is not known; the message names the nearest one */
    Setting get(String key) throws SettingsException;

    /** @throws SettingsException if the key is not known; the message names the nearest one */
    Explanation explain(String key) throws SettingsException;

    /**
     * What an edit would do. Nothing changes.
     *
     * @throws SettingsException as {@link #apply} would
     */
    Plan plan(Edit edit) throws SettingsException;

    /**
     * Changes the configuration, all or nothing, and returns when Config Admin holds the new values and the files are written.
     *
     * @throws SettingsException if a key or profile is unknown, a value wrong, or the environment shadows a single key; nothing has changed then
     */
    Plan apply(Edit edit, Origin origin) throws SettingsException;

    /** Those that ship, and the user's own in {@code etc/profiles}, by name. */
    List<Profile> profiles();

    /**
     * How the values in force differ from a profile's.
     *
     * @throws SettingsException if there is no such profile; the message lists those there are
     */
    List<Change> diff(String profile) throws SettingsException;

    /** Effective changes, the newest first. */
    List<Revision> history();

    /**
     * Holds any file against the schema, as if it lay in {@code etc/}. Nothing changes.
     *
     * @param file an absolute path of a {@code .toml}, or of an {@code ozone.*.cfg}
     * @return errors and warnings; empty where it could be taken as it is
     */
    List<Problem> validate(String file);

    /**
     * The same for a text that is no file yet.
     *
     * @param name what the messages call it, with the ending that says what it is: {@code .toml}, or {@code ozone.*.cfg}
     */
    List<Problem> validate(String name, String text);

    /** One TOML text of all that is set, whoever set it; loaded alone, it gives the same values. Without secrets. */
    String export();

    /** What files ask for and is not in force, and keys that nothing reads; empty when all is well. */
    List<Problem> problems();
}
