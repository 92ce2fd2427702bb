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
import java.util.TreeMap;
import java.util.stream.Stream;

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

    /** Stands in the cache for all bundles that are not installed any more. */
    private static final long GONE = -1;

    private final BundleContext context;
    private final KeyCache cache;
    private final List<Key> known = KnownKeys.load();
    private final Names names = Names.load();
    private Map<Long, KeyCache.Read> read;

    BundleKeys(BundleContext context, KeyCache cache) {
        this.context = context;
        this.cache = cache;
        this.read = cache.load();
    }

    /** All keys that are known now: the tables', what the installed bundles declare, and what bundles declared that have gone. */
    Schema schema() {
        List<Key> toggles = new ArrayList<>();
        List<Key> metatypes = new ArrayList<>();
        Map<Long, KeyCache.Read> now = new HashMap<>();
        for (Bundle bundle : context.getBundles()) {
            if (bundle.getBundleId() == 0 || bundle.getSymbolicName() == null) {
                continue;
            }
            KeyCache.Read before = read.get(bundle.getBundleId());
            KeyCache.Read current = before != null && before.lastModified() == bundle.getLastModified() ? before
                : new KeyCache.Read(bundle.getLastModified(), metatype(bundle), toggles(bundle));
            now.put(bundle.getBundleId(), current);
            toggles.addAll(current.toggles());
            metatypes.addAll(current.keys());
        }
        List<Key> gone = gone(now, toggles, metatypes);
        if (!gone.isEmpty()) {
            now.put(GONE, new KeyCache.Read(0, gone, List.of()));
        }
        if (!now.equals(read)) {
            read = now;
            cache.save(now);
        }
        return new Schema(Stream.concat(known.stream(), gone.stream()).toList(), toggles, metatypes, names);
    }

    /**
     * What bundles declared that are not installed any more: a feature that is taken away leaves its settings in the files, and they
     * count again when it comes back.
     */
    private List<Key> gone(Map<Long, KeyCache.Read> now, List<Key> toggles, List<Key> metatypes) {
        Map<String, Key> gone = new TreeMap<>();
        read.forEach((bundle, was) -> {
            if (!now.containsKey(bundle)) {
                Stream.concat(was.keys().stream(), was.toggles().stream()).forEach(key -> gone.putIfAbsent(key.name(), key.unread()));
            }
        });
        toggles.forEach(key -> gone.remove(key.name()));
        metatypes.forEach(key -> gone.remove(key.name()));
        return List.copyOf(gone.values());
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
        return List.copyOf(keys);
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
