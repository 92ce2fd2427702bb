package studio.ozone.api.config;

import java.util.List;
import java.util.Map;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The effective configuration and who set it. Config Admin holds the values; this is the one way to change them that
 * validates first and writes back to the owning file. Thread-safe.
 */
@ProviderType
public interface Settings {

    /**
     * One key.
     *
     * @param key the full key, for instance {@code zsei.traversal.default_max_depth}
     * @param value the effective value: {@code String}, {@code Long}, {@code Double}, {@code Boolean} or a list of these
     * @param defaultValue what holds while nobody sets it; null where the schema names none
     * @param type {@code string}, {@code integer}, {@code number}, {@code boolean} or {@code list}
     * @param range the allowed values in words, for instance {@code 1..65535}; empty where any value goes
     * @param description one sentence
     * @param setBy {@code default}, {@code environment}, or the file's name
     * @param file the owning file's path; null for a default or the environment
     * @param line the line in it, from 1; 0 where there is none
     * @param readBy the symbolic name of the bundle that reads the key; null where no installed bundle does
     */
    record Setting(String key, Object value, Object defaultValue, String type, String range, String description, String setBy,
            String file, int line, String readBy) { }

    /**
     * One key that changed.
     *
     * @param file the file it was written to
     */
    record Change(String key, Object before, Object after, String file) { }

    /**
     * Something in a file that is not in force because it is wrong.
     *
     * @param file the file's path
     * @param line from 1; 0 where the whole file is meant
     * @param key the full key; null where there is none
     * @param message the whole text for a user, file and remedy included
     */
    record Problem(String file, int line, String key, String message) { }

    /**
     * All known keys, and those that are set though nobody reads them.
     *
     * @param prefix a key or the beginning of its path, for instance {@code zsei}; empty for all
     * @throws SettingsException if nothing begins so; the message names the nearest key
     */
    List<Setting> show(String prefix) throws SettingsException;

    /** @throws SettingsException if the key is not known; the message names the nearest one */
    Setting get(String key) throws SettingsException;

    /**
     * Changes several keys, all or nothing, and returns when Config Admin holds the new values and the files are written.
     *
     * @param values full key to text; the text is read as the key's type
     * @param way how it came, for the record: {@code command}, {@code http}, {@code console}
     * @throws SettingsException if a key is unknown, a value wrong, or the environment shadows a key; nothing has changed then
     */
    List<Change> set(Map<String, String> values, String way) throws SettingsException;

    /** What files ask for and is not in force; empty when all is well. */
    List<Problem> problems();
}
