package studio.ozone.config;

import java.io.IOException;
import java.util.Dictionary;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.Map;
import java.util.Set;

import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * Config Admin, as far as it is ours: one configuration for each PID {@code ozone.*} with the keys that somebody has set (defaults
 * are in the code that reads them).
 */
final class ConfigurationTarget {

    /** What Karaf's shell adds to a configuration for the file that it has written. */
    static final String FILE_NAME = "felix.fileinstall.filename";
    private static final Set<String> OWN = Set.of(Constants.SERVICE_PID, ConfigurationAdmin.SERVICE_FACTORYPID,
        ConfigurationAdmin.SERVICE_BUNDLELOCATION, FILE_NAME);

    private final ConfigurationAdmin admin;
    /** What was last written or read here, by PID; null before the first time. What differs from it was changed by somebody else. */
    private Map<String, Map<String, Object>> known;

    ConfigurationTarget(ConfigurationAdmin admin) {
        this.admin = admin;
    }

    /**
     * Makes Config Admin hold exactly this, writing only what differs. What somebody else has changed since it was last {@link #read} stays
     * as it is: he is asked about it when his event comes, and would not be if it were gone by then.
     */
    void apply(Map<String, Map<String, Object>> byPid) throws IOException {
        Map<String, Configuration> existing = new HashMap<>();
        for (Configuration each : list("(service.pid=" + Keys.PID_PREFIX + "*)")) {
            existing.put(each.getPid(), each);
        }
        boolean first = known == null;
        Map<String, Map<String, Object>> before = first ? Map.of() : known;
        known = new HashMap<>(byPid);
        for (Map.Entry<String, Map<String, Object>> wanted : byPid.entrySet()) {
            String pid = wanted.getKey();
            Configuration configuration = existing.remove(pid);
            Dictionary<String, Object> now = configuration == null ? null : configuration.getProperties();
            if (now == null) {
                update(configuration == null ? admin.getConfiguration(pid, "?") : configuration, wanted.getValue(), null);
                continue;
            }
            Object shells = first ? null : now.get(FILE_NAME);     // that is for untie
            Map<String, Object> base = before.getOrDefault(pid, Map.of());
            Map<String, Object> whole = first ? wanted.getValue() : merged(base, plain(now), wanted.getValue());
            if (!plain(now).equals(whole) || first && now.get(FILE_NAME) != null) {
                update(configuration, whole, shells);
            }
        }
        for (Configuration orphan : existing.values()) {
            if (orphan.getFactoryPid() == null && (first || plain(orphan.getProperties()).equals(before.getOrDefault(orphan.getPid(), Map.of())))) {
                orphan.delete();
            }
        }
    }

    /** What is there now, with what differs between what was known and what is wanted. */
    private static Map<String, Object> merged(Map<String, Object> base, Map<String, Object> now, Map<String, Object> wanted) {
        Map<String, Object> merged = new HashMap<>(now);
        wanted.forEach((key, value) -> {
            if (now.equals(base) || !value.equals(base.get(key))) {
                merged.put(key, value);
            }
        });
        base.keySet().stream().filter(key -> !wanted.containsKey(key)).forEach(merged::remove);
        return merged;
    }

    /** What Config Admin holds, in plain values; null where it holds nothing. */
    Map<String, Object> read(String pid) throws IOException {
        for (Configuration found : list("(service.pid=" + pid + ")")) {
            if (found.getProperties() != null) {
                Map<String, Object> values = plain(found.getProperties());
                if (known != null) {
                    known.put(pid, values);
                }
                return values;
            }
        }
        return null;
    }

    /**
     * Takes away what ties a configuration to the file that Karaf's shell has written for it; with it, FileInstall would write that file
     * once more at some later time.
     *
     * @return the file, as a URL; null where there is none
     */
    String untie(String pid) throws IOException {
        for (Configuration found : list("(service.pid=" + pid + ")")) {
            Dictionary<String, Object> now = found.getProperties();
            Object name = now == null ? null : now.remove(FILE_NAME);
            if (name != null) {
                found.update(now);
                return name.toString();
            }
        }
        return null;
    }

    private Configuration[] list(String filter) throws IOException {
        try {
            Configuration[] found = admin.listConfigurations(filter);
            return found == null ? new Configuration[0] : found;
        } catch (InvalidSyntaxException e) {
            throw new IOException(e);
        }
    }

    private static void update(Configuration configuration, Map<String, Object> values, Object fileName) throws IOException {
        Dictionary<String, Object> dictionary = new Hashtable<>();
        if (fileName != null) {
            dictionary.put(FILE_NAME, fileName);
        }
        values.forEach((key, value) -> dictionary.put(key, Values.forDictionary(value)));
        configuration.update(dictionary);
    }

    private static Map<String, Object> plain(Dictionary<String, Object> dictionary) {
        Map<String, Object> plain = new HashMap<>();
        if (dictionary != null) {
            for (Enumeration<String> keys = dictionary.keys(); keys.hasMoreElements();) {
                String key = keys.nextElement();
                if (!OWN.contains(key)) {
                    plain.put(key, Values.plain(dictionary.get(key)));
                }
            }
        }
        return plain;
    }
}
