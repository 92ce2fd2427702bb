package studio.ozone.runtime.capabilities;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.capability.Impact.Action;

/**
 * Starts and stops the bundles that declare a toggle, and no other. Called on one thread where nothing else is said.
 *
 * <ul>
 * <li>A bundle whose switches are not all on is stopped for good (its autostart setting is cleared), whoever started it.
 * <li>A bundle is started when its switches turn on, and at start-up of this class. One that was just installed is left to its
 *     installer, who knows when the things it needs are there.
 * <li>Of several versions of one symbolic name only the highest that runs keeps running. The others are <i>superseded</i>: stopped
 *     before the higher one starts, and started again when it is uninstalled or fails to start.
 * </ul>
 */
final class Switchboard {

    private static final Logger LOG = LoggerFactory.getLogger(Switchboard.class);
    private static final int RUNNING = Bundle.ACTIVE | Bundle.STARTING;
    private static final Comparator<Bundle> HIGHEST_FIRST =
        Comparator.comparing(Bundle::getVersion).thenComparing(Bundle::getBundleId).reversed();

    private final BundleContext context;
    private final SwitchValues values;
    private final Set<Long> starting;
    /** Bundles that were seen switched off, and not started since. */
    private final Set<Long> off = new HashSet<>();
    private final Set<Long> superseded = new HashSet<>();
    private final Map<Long, String> failures = new ConcurrentHashMap<>();

    /** @param starting the bundles that somebody is starting right now; they are looked at again when they have started */
    Switchboard(BundleContext context, SwitchValues values, Set<Long> starting) {
        this.context = context;
        this.values = values;
        this.starting = starting;
    }

    /** Brings every bundle with a toggle to what the configuration says, whatever its state was. */
    void start() {
        for (List<Bundle> versions : bySymbolicName().values()) {
            List<Bundle> on = new ArrayList<>();
            for (Bundle bundle : versions) {
                if (look(bundle)) {
                    off.remove(bundle.getBundleId());
                    on.add(bundle);
                } else {
                    stop(bundle, "it is switched off");
                }
            }
            startHighest(on);
        }
    }

    /** A configuration has changed: stops what is off now, starts what has been turned on. */
    void configured() {
        for (List<Bundle> versions : bySymbolicName().values()) {
            List<Bundle> turnedOn = new ArrayList<>();
            for (Bundle bundle : versions) {
                if (!look(bundle)) {
                    stop(bundle, "it is switched off");
                } else if (off.remove(bundle.getBundleId())) {
                    turnedOn.add(bundle);
                }
            }
            startHighest(turnedOn);
        }
    }

    /**
     * The framework has reached a start level. It does not try again what it could not start on the way; the reason may be over by then, since
     * others are installed and resolved at the same time.
     */
    void levelReached() {
        for (List<Bundle> versions : bySymbolicName().values()) {
            if (versions.stream().noneMatch(bundle -> (bundle.getState() & RUNNING) != 0)) {
                startHighest(versions.stream().filter(bundle -> look(bundle) && bundle.adapt(BundleStartLevel.class).isPersistentlyStarted()).toList());
            }
        }
    }

    /** A bundle is new, or has new content. */
    void installed(Bundle bundle) {
        if (Switch.of(bundle).isEmpty()) {
            return;
        }
        if (!look(bundle)) {
            stop(bundle, "it is switched off");
        } else if (off.remove(bundle.getBundleId())) {
            startHighest(List.of(bundle));
        }
    }

    /** Whether a bundle that is about to start finds a lower version running. Called on any thread. */
    boolean replaces(Bundle bundle) {
        for (Bundle other : context.getBundles()) {
            if ((other.getState() & RUNNING) != 0 && bundle.getSymbolicName().equals(other.getSymbolicName())
                    && HIGHEST_FIRST.compare(bundle, other) < 0) {
                return true;
            }
        }
        return false;
    }

    /** A bundle is about to start: makes room for it. */
    void starting(Bundle bundle) {
        if (look(bundle)) {
            supersede(bundle);
        }
    }

    /** A bundle has been started by somebody: holds it to the configuration. It may have been stopped again before this is called. */
    void started(Bundle bundle) {
        failures.remove(bundle.getBundleId());
        if ((bundle.getState() & RUNNING) == 0) {
            return;
        }
        if (!look(bundle)) {
            stop(bundle, "it is switched off");
            return;
        }
        if (versions(bundle.getSymbolicName()).stream()
                .anyMatch(other -> HIGHEST_FIRST.compare(other, bundle) < 0 && (other.getState() & RUNNING) != 0)) {
            superseded.add(bundle.getBundleId());
            stop(bundle, "a higher version of it runs");
            return;
        }
        off.remove(bundle.getBundleId());
        superseded.remove(bundle.getBundleId());
        supersede(bundle);
    }

    /** A bundle did not come up, or has gone: what it had replaced comes back. */
    void gone(Bundle bundle) {
        if (bundle.getState() == Bundle.UNINSTALLED) {
            off.remove(bundle.getBundleId());
            superseded.remove(bundle.getBundleId());
            failures.remove(bundle.getBundleId());
        }
        List<Bundle> versions = versions(bundle.getSymbolicName());
        if (versions.stream().noneMatch(other -> (other.getState() & RUNNING) != 0)) {
            startHighest(versions.stream()
                .filter(other -> superseded.contains(other.getBundleId()) && values.all(Switch.of(other))).toList());
        }
    }

    /** Why the last attempt to start a bundle failed; null where it did not. Called on any thread. */
    String failure(Bundle bundle) {
        return failures.get(bundle.getBundleId());
    }

    void failed(Bundle bundle, String reason) {
        failures.put(bundle.getBundleId(), reason);
    }

    /** The one bundle of a symbolic name that counts: the one that runs, else the highest version. */
    static List<Bundle> current(BundleContext context) {
        Map<String, Bundle> current = new HashMap<>();
        Arrays.stream(context.getBundles()).sorted(HIGHEST_FIRST).filter(bundle -> !Switch.of(bundle).isEmpty())
            .forEach(bundle -> current.merge(bundle.getSymbolicName(), bundle,
                (higher, lower) -> (higher.getState() & RUNNING) == 0 && (lower.getState() & RUNNING) != 0 ? lower : higher));
        return List.copyOf(current.values());
    }

    /** What {@link #configured} would do, if the configuration had these values. Changes nothing. */
    static Map<Bundle, Action> planned(BundleContext context, SwitchValues values, Map<String, Object> other) {
        Map<Bundle, Action> planned = new HashMap<>();
        for (List<Bundle> versions : bySymbolicName(context).values()) {
            boolean taken = false;
            for (Bundle bundle : versions) {
                List<Switch> switches = Switch.of(bundle);
                boolean runs = (bundle.getState() & RUNNING) != 0;
                if (!values.all(switches, other) || taken && runs) {
                    if (runs) {
                        planned.put(bundle, Action.STOPS);
                    }
                } else if (!values.all(switches) && !taken) {
                    taken = true;
                    planned.put(bundle, Action.STARTS);
                }
            }
        }
        return planned;
    }

    private boolean look(Bundle bundle) {
        boolean on = values.all(Switch.of(bundle));
        if (!on) {
            off.add(bundle.getBundleId());
        }
        return on;
    }

    private void startHighest(List<Bundle> candidates) {
        boolean taken = false;
        for (Bundle bundle : candidates) {
            if (taken) {
                superseded.add(bundle.getBundleId());
                stop(bundle, "a higher version of it runs");
            } else {
                taken = start(bundle);
            }
        }
    }

    private void supersede(Bundle bundle) {
        for (Bundle other : versions(bundle.getSymbolicName())) {
            if (HIGHEST_FIRST.compare(bundle, other) < 0 && (other.getState() & RUNNING) != 0) {
                superseded.add(other.getBundleId());
                stop(other, "version " + bundle.getVersion() + " replaces it");
            }
        }
    }

    private boolean start(Bundle bundle) {
        try {
            superseded.remove(bundle.getBundleId());
            if (bundle.getState() != Bundle.ACTIVE && !waitsForItsStartLevel(bundle)) {
                bundle.start(Bundle.START_ACTIVATION_POLICY);
                LOG.info("{} {} is switched on", bundle.getSymbolicName(), bundle.getVersion());
            }
            failures.remove(bundle.getBundleId());
            return true;
        } catch (BundleException | IllegalStateException e) {
            failed(bundle, e.getMessage());
            LOG.warn("{} {} is switched on but cannot be started", bundle.getSymbolicName(), bundle.getVersion(), e);
            return false;
        }
    }

    private boolean waitsForItsStartLevel(Bundle bundle) {
        BundleStartLevel level = bundle.adapt(BundleStartLevel.class);
        return level.isPersistentlyStarted()
            && level.getStartLevel() > context.getBundle(0).adapt(FrameworkStartLevel.class).getStartLevel();
    }

    private void stop(Bundle bundle, String why) {
        if (starting.contains(bundle.getBundleId())) {
            return;
        }
        try {
            if ((bundle.getState() & RUNNING) != 0 || bundle.adapt(BundleStartLevel.class).isPersistentlyStarted()) {
                bundle.stop();
                LOG.info("{} {} is stopped: {}", bundle.getSymbolicName(), bundle.getVersion(), why);
            }
        } catch (BundleException | IllegalStateException e) {
            LOG.warn("{} {} has to stop ({}) and did not", bundle.getSymbolicName(), bundle.getVersion(), why, e);
        }
    }

    /** All bundles with a toggle, each symbolic name's highest version first. */
    private Map<String, List<Bundle>> bySymbolicName() {
        return bySymbolicName(context);
    }

    private static Map<String, List<Bundle>> bySymbolicName(BundleContext context) {
        Map<String, List<Bundle>> found = new HashMap<>();
        for (Bundle bundle : context.getBundles()) {
            if (!Switch.of(bundle).isEmpty()) {
                found.computeIfAbsent(bundle.getSymbolicName(), name -> new ArrayList<>()).add(bundle);
            }
        }
        found.values().forEach(versions -> versions.sort(HIGHEST_FIRST));
        return found;
    }

    private List<Bundle> versions(String symbolicName) {
        return bySymbolicName().getOrDefault(symbolicName, List.of());
    }
}
