package studio.ozone.api.capability;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.osgi.annotation.versioning.ProviderType;

import studio.ozone.api.config.Edit;
import studio.ozone.api.config.Settings;
import studio.ozone.api.config.SettingsException;

/** What a change of the configuration would do to what runs, said before it is made. */
@ProviderType
public interface Impact {

    /** What happens to a bundle. */
    enum Action {
        /** It is switched on, or gets the service that it has been waiting for. */
        STARTS,
        /** It is switched off, or left without a service that it cannot work without. */
        STOPS,
        /** It runs on, but one of its components is made anew with the new values, or because something that it holds fast is. */
        REACTIVATES,
        /** It takes the new values while it works. */
        MODIFIES
    }

    /**
     * One bundle that is touched.
     *
     * @param name the capability's name, or the bundle's symbolic name without {@code studio.ozone.} where it has no toggle
     * @param bundle the symbolic name
     * @param action the strongest one
     * @param keys the full keys that cause it; empty where it follows from another bundle's
     * @param usedBy names of those that use a service of it now, sorted
     * @param working requests and tasks that it works on at this moment
     * @param lastMs milliseconds that the same action on it took last time; null while it has not been seen since the start of the process
     */
    record Effect(String name, String bundle, Action action, List<String> keys, List<String> usedBy, int working, Long lastMs) { }

    /**
     * @param values full key to the value that would be in force; null for a key that nobody would set any more
     * @return one effect for each bundle that is touched, by name; every other bundle and component keeps running as it is
     */
    List<Effect> of(Map<String, Object> values);

    /**
     * The same for an edit. A key that keeps its value counts too, since it may be written to Config Admin for the first time; one that
     * something stronger shadows does not.
     *
     * @param plan what {@code settings} said of {@code edit}
     */
    default List<Effect> of(Settings settings, Edit edit, Settings.Plan plan) throws SettingsException {
        Map<String, Object> values = new LinkedHashMap<>();
        for (String key : plan.same()) {
            values.put(key, edit instanceof Edit.Keys keys && keys.unset().contains(key) ? null : settings.get(key).value());
        }
        plan.changes().stream().filter(change -> change.shadowedBy() == null).forEach(change -> values.put(change.key(), change.after()));
        return of(values);
    }
}
