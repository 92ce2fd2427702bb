package studio.ozone.runtime.capabilities;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.startlevel.FrameworkStartLevel;

import studio.ozone.api.capability.Impact.Action;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** The extender in a real framework, with bundles made of a manifest alone. */
public class ToggleExtenderTest {

    private static final String PID = "ozone.pipeline.built_in";
    private static final String VOICE = "ozone.toggle;pid=\"" + PID + "\";key=voice_enabled;default=true";

    @Rule
    public final TemporaryFolder cache = new TemporaryFolder();
    private final ConfigurationsInMemory configurations = new ConfigurationsInMemory();
    private final List<String> events = new ArrayList<>();
    private Framework framework;
    private ToggleExtender extender;

    @Before
    public void startFramework() throws Exception {
        launch();
        extender = extender();
    }

    @After
    public void stopFramework() throws Exception {
        extender.close();
        halt();
    }

    @Test
    public void valueSwitchesTheBundleAndNoOther() throws Exception {
        Bundle voice = install("voice", "1.0", VOICE);
        Bundle other = install("other", "1.0", null);
        voice.start();
        other.start();

        set(false);
        await("stopped", () -> voice.getState() == Bundle.RESOLVED);
        assertFalse("for good", voice.adapt(BundleStartLevel.class).isPersistentlyStarted());
        assertEquals(Bundle.ACTIVE, other.getState());

        set("true");
        await("started", () -> voice.getState() == Bundle.ACTIVE);
        configurations.set(PID, "voice_enabled", "FALSE");
        extender.configurationEvent(null);
        await("stopped by text", () -> voice.getState() == Bundle.RESOLVED);
        configurations.delete(PID);
        extender.configurationEvent(null);
        await("the default holds again", () -> voice.getState() == Bundle.ACTIVE);
        assertEquals(0, events.stream().filter(event -> event.startsWith("other") && event.endsWith("STOPPED")).count());
    }

    @Test
    public void eachOfManySwitchesIsTaken() throws Exception {
        Bundle voice = install("voice", "1.0", VOICE);
        voice.start();
        for (int round = 0; round < 1000; round++) {
            boolean on = round % 2 == 1;
            set(on);
            await("round " + round, () -> (voice.getState() == Bundle.ACTIVE) == on);
        }
    }

    @Test
    public void valueThatIsNoBooleanKeepsTheStateAndIsReported() throws Exception {
        Bundle voice = install("voice", "1.0", VOICE);
        voice.start();
        set(false);
        await("stopped", () -> voice.getState() == Bundle.RESOLVED);
        set("sometimes");
        await("reported", () -> !extender.problems().isEmpty());
        assertEquals(Bundle.RESOLVED, voice.getState());
        assertTrue(extender.problems().getFirst(), extender.problems().getFirst().contains("pipeline.built_in.voice_enabled = sometimes"));
        set(true);
        await("started", () -> voice.getState() == Bundle.ACTIVE);
        assertEquals(List.of(), extender.problems());
    }

    @Test
    public void bundleThatSomebodyStartsStopsAgainWhileItIsOff() throws Exception {
        set(false);
        Bundle voice = install("voice", "1.0", VOICE);
        voice.start();
        await("stopped", () -> voice.getState() == Bundle.RESOLVED && !voice.adapt(BundleStartLevel.class).isPersistentlyStarted());
    }

    @Test
    public void newBundleIsLeftToItsInstaller() throws Exception {
        Bundle voice = install("voice", "1.0", VOICE);
        set(true);
        Bundle marker = install("marker", "1.0", "ozone.toggle;pid=p;key=k;default=false");
        marker.start();
        await("the extender has worked through", () -> marker.getState() == Bundle.RESOLVED);
        assertEquals(Bundle.INSTALLED, voice.getState());
    }

    /** Switched on, off and on so fast that the news of the first start comes after the stop: the last word counts. */
    @Test
    public void lateNewsOfAStartDoesNotHideThatTheBundleIsOff() throws Exception {
        extender.close();
        Switchboard board = new Switchboard(framework.getBundleContext(), new SwitchValues(configurations.admin()), Set.of());
        Bundle voice = install("voice", "1.0", VOICE);
        voice.start();
        configurations.set(PID, "voice_enabled", false);
        board.configured();
        assertEquals(Bundle.RESOLVED, voice.getState());
        configurations.set(PID, "voice_enabled", true);
        board.started(voice);
        board.configured();
        assertEquals(Bundle.ACTIVE, voice.getState());
    }

    @Test
    public void allTogglesOfABundleHaveToBeOn() throws Exception {
        Bundle both = install("both", "1.0", VOICE + ",ozone.toggle;pid=ozone.consciousness;key=enabled;default=false");
        both.start();
        await("the master key is off", () -> both.getState() == Bundle.RESOLVED);
        configurations.set("ozone.consciousness", "enabled", true);
        extender.configurationEvent(null);
        await("both are on", () -> both.getState() == Bundle.ACTIVE);
        set(false);
        await("its own key is off", () -> both.getState() == Bundle.RESOLVED);
    }

    @Test
    public void higherVersionReplacesTheRunningOneAndGivesItBack() throws Exception {
        Bundle first = install("voice", "1.0", VOICE);
        first.start();
        Bundle other = install("other", "1.0", null);
        other.start();
        Bundle second = install("voice", "1.1", VOICE);
        assertEquals("an installed version does not replace one that runs", Bundle.ACTIVE, first.getState());
        events.clear();
        second.start();
        await("replaced", () -> first.getState() == Bundle.RESOLVED && second.getState() == Bundle.ACTIVE);
        assertTrue("never both: " + events, events.indexOf("voice 1.0.0 STOPPED") < events.indexOf("voice 1.1.0 STARTED"));

        first.start();
        await("the lower version stays away", () -> first.getState() == Bundle.RESOLVED);
        set(false);
        await("off", () -> second.getState() == Bundle.RESOLVED);
        set(true);
        await("on again: the higher one", () -> second.getState() == Bundle.ACTIVE);
        assertEquals(Bundle.RESOLVED, first.getState());

        second.uninstall();
        await("back", () -> first.getState() == Bundle.ACTIVE);
        assertEquals(0, events.stream().filter(event -> event.startsWith("other")).count());
    }

    @Test
    public void higherVersionThatDoesNotStartLeavesTheLowerOneRunning() throws Exception {
        Bundle first = install("voice", "1.0", VOICE);
        first.start();
        Bundle unresolvable = install("voice", "1.1", VOICE, Map.of(Constants.IMPORT_PACKAGE, "nowhere.to.be.found"));
        assertThrows(BundleException.class, unresolvable::start);
        assertEquals(Bundle.ACTIVE, first.getState());
        Bundle broken = install("voice", "1.2", VOICE, Map.of(Constants.BUNDLE_ACTIVATOR, "no.such.Activator"));
        assertThrows(BundleException.class, broken::start);
        await("back", () -> first.getState() == Bundle.ACTIVE);
    }

    @Test
    public void whatIsPlannedIsWhatThenHappens() throws Exception {
        Bundle first = install("voice", "1.0", VOICE);
        Bundle second = install("voice", "1.1", VOICE);
        Bundle both = install("both", "1.0", VOICE + ",ozone.toggle;pid=ozone.consciousness;key=enabled;default=false");
        Bundle other = install("other", "1.0", null);
        second.start();
        other.start();
        Map<String, Object> off = Map.of("pipeline.built_in.voice_enabled", false);
        assertEquals(Map.of(second, Action.STOPS), planned(off));
        assertEquals("the other switch of it is off", Map.of(), planned(Map.of("pipeline.built_in.voice_enabled", "TRUE")));
        assertEquals(Map.of(both, Action.STARTS), planned(Map.of("consciousness.enabled", true)));
        assertEquals(Map.of(), planned(Map.of("consciousness.enabled", "perhaps", "voice_enabled", false)));
        Map<String, Object> mixed = new HashMap<>(off);
        mixed.put("consciousness.enabled", true);
        assertEquals("one switch of two", Map.of(second, Action.STOPS), planned(mixed));

        set(false);
        await("stopped", () -> second.getState() == Bundle.RESOLVED);
        assertEquals(Map.of(), planned(off));
        Map<String, Object> unset = new HashMap<>();
        unset.put("pipeline.built_in.voice_enabled", null);
        assertEquals("the default holds where nobody sets it; the highest version starts", Map.of(second, Action.STARTS), planned(unset));
        configurations.delete(PID);
        extender.configurationEvent(null);
        await("started", () -> second.getState() == Bundle.ACTIVE);
        assertTrue("the lower one stays away", first.getState() < Bundle.STARTING);
    }

    private Map<Bundle, Action> planned(Map<String, Object> values) {
        return Switchboard.planned(framework.getBundleContext(), extender.values(), values);
    }

    @Test
    public void bundleThatIsOffNeverStartsAtStartUp() throws Exception {
        Bundle voice = install("voice", "1.0", VOICE);
        Bundle second = install("voice", "1.1", VOICE);
        Bundle off = install("off", "1.0", "ozone.toggle;pid=p;key=k;default=true");
        for (Bundle bundle : List.of(voice, second, off)) {
            bundle.adapt(BundleStartLevel.class).setStartLevel(80);
            bundle.start();
        }
        extender.close();
        halt();
        configurations.set("p", "k", false);

        launch();
        extender = extender();
        events.clear();
        framework.adapt(FrameworkStartLevel.class).setStartLevel(100);
        await("start level", () -> framework.adapt(FrameworkStartLevel.class).getStartLevel() == 100);
        assertEquals(List.of("voice 1.1.0 STARTED"), List.copyOf(events));
    }

    @Test
    public void whatCouldNotStartOnTheWayIsTriedAgainWhenTheLevelIsReached() throws Exception {
        Bundle voice = install("voice", "1.0", VOICE, Map.of(Constants.IMPORT_PACKAGE, "late.to.come"));
        assertThrows(BundleException.class, voice::start);
        install("late", "1.0", null, Map.of(Constants.EXPORT_PACKAGE, "late.to.come"));

        framework.adapt(FrameworkStartLevel.class).setStartLevel(50);

        await("started", () -> voice.getState() == Bundle.ACTIVE);
    }

    private void set(Object value) {
        configurations.set(PID, "voice_enabled", value);
        extender.configurationEvent(null);
    }

    private ToggleExtender extender() {
        return new ToggleExtender(configurations.admin(), new Ledger(), framework.getBundleContext());
    }

    private void launch() throws BundleException {
        framework = ServiceLoader.load(FrameworkFactory.class).findFirst().orElseThrow().newFramework(Map.of(
            Constants.FRAMEWORK_STORAGE, cache.getRoot().getPath(), Constants.FRAMEWORK_BSNVERSION, Constants.FRAMEWORK_BSNVERSION_MULTIPLE));
        framework.start();
        framework.getBundleContext().addBundleListener((SynchronousBundleListener) event -> {
            String name = event.getBundle().getSymbolicName() + " " + event.getBundle().getVersion();
            if (event.getType() == BundleEvent.STARTED) {
                events.add(name + " STARTED");
            } else if (event.getType() == BundleEvent.STOPPED) {
                events.add(name + " STOPPED");
            }
        });
    }

    private void halt() throws BundleException, InterruptedException {
        framework.stop();
        framework.waitForStop(5000);
    }

    private Bundle install(String name, String version, String toggle) throws Exception {
        return install(name, version, toggle, Map.of());
    }

    private Bundle install(String name, String version, String toggle, Map<String, String> more) throws Exception {
        Manifest manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
        headers.putValue(Constants.BUNDLE_SYMBOLICNAME, name);
        headers.putValue(Constants.BUNDLE_VERSION, version);
        if (toggle != null) {
            headers.putValue(Constants.PROVIDE_CAPABILITY, toggle);
        }
        more.forEach(headers::putValue);
        return framework.getBundleContext().installBundle("memory:" + name + "-" + version, new ByteArrayInputStream(jar(manifest)));
    }

    private static byte[] jar(Manifest manifest) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes, manifest)) {
            jar.flush();
        }
        return bytes.toByteArray();
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (!condition.getAsBoolean()) {
            assertTrue("not within 5 s: " + what, System.nanoTime() < deadline);
            Thread.onSpinWait();
        }
    }
}
