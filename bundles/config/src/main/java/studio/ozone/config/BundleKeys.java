package studio.ozone.config;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRevision;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.capability.Toggle;

/**
 * The keys that installed bundles read: their metatype, and the keys of their toggles. Whether a bundle runs makes no difference.
 * Each bundle is read once for each of its contents, over restarts too. Not thread-safe.
 */
final class BundleKeys {

    private static final Logger LOG = LoggerFactory.getLogger(BundleKeys.class);
    private static final String METATYPE = "OSGI-INF/metatype";

    private final BundleContext context;
    private final KeyCache cache;
    private Map<Long, KeyCache.Read> read;

    BundleKeys(BundleContext context, KeyCache cache) {
        this.context = context;
        this.cache = cache;
        this.read = cache.load();
    }

    /** All keys that are known now: the guide's, and what the installed bundles declare. */
    Schema schema() {
        List<Key> toggles = new ArrayList<>(KnownKeys.own());
        List<Key> metatypes = new ArrayList<>();
        Map<Long, KeyCache.Read> now = new HashMap<>();
        for (Bundle bundle : context.getBundles()) {
            if (bundle.getBundleId() == 0 || bundle.getSymbolicName() == null) {
                continue;
            }
            toggles.addAll(toggles(bundle));
            KeyCache.Read before = read.get(bundle.getBundleId());
            KeyCache.Read current = before != null && before.lastModified() == bundle.getLastModified() ? before
                : new KeyCache.Read(bundle.getLastModified(), metatype(bundle));
            now.put(bundle.getBundleId(), current);
            metatypes.addAll(current.keys());
        }
        if (!now.equals(read)) {
            read = now;
            cache.save(now);
        }
        return new Schema(KnownKeys.load(), toggles, metatypes);
    }

    /** The keys of a bundle's toggles; a third party's, of a PID that is not ours, are not ours to govern. */
    private static List<Key> toggles(Bundle bundle) {
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        List<Key> keys = new ArrayList<>();
        for (BundleCapability toggle : revision == null ? List.<BundleCapability>of() : revision.getDeclaredCapabilities(Toggle.NAMESPACE)) {
            Map<String, Object> attributes = toggle.getAttributes();
            if (attributes.get("pid") instanceof String pid && pid.startsWith(Keys.PID_PREFIX) && attributes.get("key") instanceof String key) {
                boolean byDefault = !"false".equalsIgnoreCase(String.valueOf(attributes.getOrDefault("default", "true")));
                keys.add(new Key(Keys.full(pid, key), Key.Type.BOOLEAN, false, byDefault, null, null, List.of(),
                    "Whether " + bundle.getSymbolicName() + " runs.", bundle.getSymbolicName()));
            }
        }
        return keys;
    }

    private static List<Key> metatype(Bundle bundle) {
        Enumeration<String> paths = bundle.getEntryPaths(METATYPE);
        if (paths == null) {
            return List.of();
        }
        List<Key> keys = new ArrayList<>();
        for (String path : Collections.list(paths)) {
            URL url = path.endsWith(".xml") ? bundle.getEntry(path) : null;
            if (url != null) {
                try (InputStream xml = url.openStream()) {
                    keys.addAll(MetatypeXml.read(xml, bundle.getSymbolicName()));
                } catch (IOException | IllegalStateException e) {
                    LOG.warn("{}: its configuration schema {} cannot be read, so its keys are unknown", bundle.getSymbolicName(), path, e);
                }
            }
        }
        return List.copyOf(keys);
    }
}
