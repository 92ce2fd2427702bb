package studio.ozone.itests.exam;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.inject.Inject;

import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

import studio.ozone.api.capability.Capabilities;
import studio.ozone.api.pipeline.Ingest;
import studio.ozone.api.pipeline.Prompting;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.Search;
import studio.ozone.itests.Browser;
import studio.ozone.itests.Distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

/** Runs inside the assembled distribution, with its services injected. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ServicesIT {

    /** The switchable bundles that the distribution has to have, and the key that switches each. */
    private static final Map<String, String> SWITCHES = Map.of(
            "pipeline.prompt", "pipeline.built_in.prompt_enabled",
            "pipeline.ingest", "pipeline.built_in.ingest_enabled",
            "pipeline.text_analysis", "pipeline.built_in.text_analysis_enabled",
            "egress", "egress.enabled",
            "llm.api", "llm.api.enabled",
            "llm.extractive", "llm.extractive.enabled",
            "llm.local", "llm.local.enabled",
            "zsei.embeddings", "zsei.embeddings.enabled",
            "zsei.integrity", "zsei.integrity.enabled");

    @Inject
    private BundleContext context;
    @Inject
    private ServiceComponentRuntime components;
    @Inject
    private ConfigurationAdmin admin;
    @Inject
    private Capabilities capabilities;
    @Inject
    private Ingest ingest;
    @Inject
    private Search search;
    @Inject
    private Prompting prompting;

    @Configuration
    public Option[] distribution() throws IOException {
        return Exam.distribution();
    }

    @Test
    public void theMainJobOnRealFiles() throws Exception {
        Path checkout = Path.of(System.getProperty(Exam.CHECKOUT));
        List<Path> named = List.of(checkout.resolve("README.md"), checkout.resolve("docs"));
        long files;
        try (Stream<Path> docs = Files.walk(named.getLast())) {
            files = 1 + docs.filter(Files::isRegularFile).count();
        }
        Ingest.Report report = ingest.ingest(new Ingest.Request(named, List.of(), List.of(), false), Progress.NONE);
        assertEquals(report.toString(), List.of(), report.failed());
        assertEquals(report.toString(), files, report.documents());
        assertTrue(report.toString(), report.chunks() > files);
        Ingest.Report again = ingest.ingest(new Ingest.Request(named, List.of(), List.of(), false), Progress.NONE);
        assertEquals("unchanged files are left alone", List.of(0L, 0L, files), List.of(again.documents(), again.chunks(), again.skipped()));

        for (Index.Mode mode : Index.Mode.values()) {
            Search.Answer found = search.search("switch a capability off", 5, mode, Set.of());
            assertFalse(mode + ": " + found, found.hits().isEmpty());
            for (Search.Hit hit : found.hits()) {
                assertTrue(mode + ": " + hit, Path.of(hit.source()).startsWith(checkout) && hit.start() < hit.end() && !hit.snippet().isBlank());
            }
        }

        Prompting.Answer answer = prompting.prompt(
                new Prompting.Request("How do I switch a capability off?", named, null), new Silent());
        assertEquals("extractive", answer.provider());
        assertFalse(answer.toString(), answer.citations().isEmpty());
        for (Prompting.Citation citation : answer.citations()) {
            String text = Files.readString(Path.of(citation.source()));
            int start = text.offsetByCodePoints(0, citation.start());
            assertEquals(citation.quote(), text.substring(start, text.offsetByCodePoints(start, citation.end() - citation.start())));
            assertEquals(citation.toString(), 1 + text.substring(0, start).chars().filter(c -> c == '\n').count(), citation.line());
            assertTrue(citation.toString(), citation.verified());
            assertTrue(answer.answer(), answer.answer().contains("[" + citation.n() + "]"));
        }
        assertTrue(answer.context().toString(), answer.context().tokens() <= answer.context().budget());
    }

    @Test
    public void everyCapabilityIsThereAndSaysWhatGovernsIt() {
        Map<String, String> found = capabilities.list().stream()
                .collect(Collectors.toMap(Capabilities.Capability::name, Capabilities.Capability::key));
        SWITCHES.forEach((name, key) -> assertEquals(name, key, found.get(name)));
        for (Capabilities.Capability each : capabilities.list()) {
            assertEquals(each.toString(), "studio.ozone." + each.name(), each.bundle());
            assertEquals(each.toString(), "active", each.state());
            assertTrue(each.toString(), each.value());
            assertEquals(each.toString(), each.bundle(), capabilities.find(each.name()).orElseThrow().bundle());
        }
    }

    @Test
    public void everyComponentOfTheHouseHasWhatItNeeds() {
        Map<String, Integer> states = new TreeMap<>();
        for (ComponentDescriptionDTO description : components.getComponentDescriptionDTOs()) {
            if (description.bundle.symbolicName.startsWith("studio.ozone.")) {
                for (ComponentConfigurationDTO component : components.getComponentConfigurationDTOs(description)) {
                    states.put(description.name, component.state);
                }
            }
        }
        Set<String> withComponents = states.keySet();
        for (Capabilities.Capability each : capabilities.list()) {
            assertTrue(each + " has a component among " + withComponents, withComponents.stream().anyMatch(name -> name.startsWith(each.bundle())));
        }
        states.values().removeIf(state -> (state & (ComponentConfigurationDTO.ACTIVE | ComponentConfigurationDTO.SATISFIED)) != 0);
        assertEquals(Map.of(), states);
    }

    @Test
    public void configAdminSwitchesEachCapabilityAndNothingElse() throws Exception {
        for (Capabilities.Capability capability : capabilities.list()) {
            String pid = "ozone." + capability.key().substring(0, capability.key().lastIndexOf('.'));
            String key = capability.key().substring(capability.key().lastIndexOf('.') + 1);
            Map<String, String> before = World.settled(context, components, Set.of(capability.bundle()));
            put(pid, key, false);
            Distribution.await(capability.name() + " is off", () -> bundle(capability.bundle()).getState() == Bundle.RESOLVED);
            assertEquals("stopped", capabilities.find(capability.name()).orElseThrow().state());
            assertNothingElse(capability + " off", before, capability);
            assertTrue(capabilities.whyAbsent(capability.name()), capabilities.whyAbsent(capability.name()).contains(capability.key() + " = false"));
            put(pid, key, true);
            Distribution.await(capability.name() + " is on", () -> works(capability));
            assertNothingElse(capability + " on", before, capability);
        }
    }

    @Test
    public void aNewVersionReplacesTheRunningOneAndNothingElse() throws Exception {
        Path deploy = Path.of(context.getProperty("karaf.home")).resolve("deploy");
        for (Capabilities.Capability old : capabilities.list()) {
            Bundle bundle = bundle(old.bundle());
            Map<String, String> before = World.settled(context, components, Set.of(old.bundle()));
            Path newer = deploy.resolve(old.name() + ".jar");
            again(bundle, newer, "99.0.0");
            Distribution.await(old.name() + " is the new one", () -> state(old).equals("99.0.0 active") && works(old));
            assertEquals("the old one stands by", Bundle.RESOLVED, bundle.getState());
            assertNothingElse(old + " replaced", before, old);
            Files.delete(newer);
            Distribution.await(old.name() + " is the old one again", () -> state(old).equals(old.version() + " active") && works(old));
            assertNothingElse(old + " back", before, old);
        }
    }

    private void assertNothingElse(String what, Map<String, String> before, Capabilities.Capability capability) {
        assertEquals(what, "", Browser.difference(before, World.seen(context, components, Set.of(capability.bundle()))));
    }

    /** A bundle is active a moment before its components are there. */
    private boolean works(Capabilities.Capability which) {
        Bundle running = Stream.of(context.getBundles())
                .filter(bundle -> bundle.getSymbolicName().equals(which.bundle()) && bundle.getState() == Bundle.ACTIVE).findFirst().orElse(null);
        return running != null && !components.getComponentDescriptionDTOs(running).isEmpty() && components.getComponentDescriptionDTOs(running).stream()
                .flatMap(description -> components.getComponentConfigurationDTOs(description).stream())
                .allMatch(component -> (component.state & (ComponentConfigurationDTO.ACTIVE | ComponentConfigurationDTO.SATISFIED)) != 0);
    }

    private String state(Capabilities.Capability which) {
        Capabilities.Capability now = capabilities.find(which.name()).orElseThrow();
        return now.version() + " " + now.state();
    }

    private Bundle bundle(String symbolicName) {
        return Stream.of(context.getBundles()).filter(bundle -> bundle.getSymbolicName().equals(symbolicName)).findFirst().orElseThrow();
    }

    private void put(String pid, String key, Object value) throws IOException {
        org.osgi.service.cm.Configuration configuration = admin.getConfiguration(pid, "?");
        Dictionary<String, Object> properties = configuration.getProperties() == null ? new Hashtable<>() : configuration.getProperties();
        properties.put(key, value);
        configuration.update(properties);
    }

    /** The bundle's own jar with another version; written beside and moved, so that no half jar is seen. */
    private static void again(Bundle bundle, Path to, String version) throws IOException {
        Path part = to.resolveSibling(to.getFileName() + ".part");
        try (InputStream file = URI.create(bundle.getLocation().replaceFirst("^reference:", "")).toURL().openStream();
                JarInputStream in = new JarInputStream(file)) {
            Manifest manifest = in.getManifest();
            manifest.getMainAttributes().putValue("Bundle-Version", version);
            try (OutputStream out = Files.newOutputStream(part); JarOutputStream jar = new JarOutputStream(out, manifest)) {
                for (JarEntry entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
                    jar.putNextEntry(new JarEntry(entry.getName()));
                    in.transferTo(jar);
                }
            }
        }
        Files.move(part, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Asks for nothing while the answer comes about. */
    private static final class Silent implements Prompting.Listener {
        @Override
        public void stage(String name, double tookMs) {
            // The whole answer tells it too.
        }

        @Override
        public void piece(String text) {
            // The whole answer holds it.
        }

        @Override
        public void report(String stage, long done, long total, String detail) {
            // Nobody watches.
        }
    }
}
