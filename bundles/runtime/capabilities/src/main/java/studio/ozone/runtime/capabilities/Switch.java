package studio.ozone.runtime.capabilities;

import java.util.ArrayList;
import java.util.List;

import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRevision;

import studio.ozone.api.capability.Toggle;

/**
 * One {@code ozone.toggle} of a bundle's manifest.
 *
 * @param pid the Config Admin PID
 * @param key the key in it
 * @param byDefault what holds while nobody has set the key
 */
record Switch(String pid, String key, boolean byDefault) {

    /** The full key, as in TOML. */
    String fullKey() {
        return Names.key(pid, key);
    }

    /** The toggles that a bundle declares, resolved or not; empty where it has none, or is uninstalled. */
    static List<Switch> of(Bundle bundle) {
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        if (revision == null) {
            return List.of();
        }
        List<Switch> switches = new ArrayList<>();
        for (BundleCapability declared : revision.getDeclaredCapabilities(Toggle.NAMESPACE)) {
            if (declared.getAttributes().get("pid") instanceof String pid && declared.getAttributes().get("key") instanceof String key) {
                Object byDefault = declared.getAttributes().get("default");
                switches.add(new Switch(pid, key, byDefault == null || Boolean.parseBoolean(byDefault.toString())));
            }
        }
        return List.copyOf(switches);
    }
}
