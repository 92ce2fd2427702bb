package studio.ozone.itests;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.Timeout;

import studio.ozone.itests.login.Probe;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

/** Logging in, and what one may do then, in the real container on the Java that runs it. */
public class LoginIT {

    @ClassRule
    public static final TemporaryFolder FOLDER = new TemporaryFolder();

    @Rule
    public final Timeout timeout = Timeout.seconds(60);

    private static Distribution distribution;
    private static Properties results;

    @BeforeClass
    public static void probe() throws Exception {
        distribution = new Distribution(FOLDER.getRoot().toPath());
        String shipped = Files.readString(distribution.home().resolve("etc/users.properties"));
        assertFalse("a user is shipped:\n" + shipped, shipped.lines().anyMatch(line -> !line.isBlank() && !line.startsWith("#")));
        Files.writeString(distribution.home().resolve("etc/users.properties"), "alice = open,admin\nbob = open,viewer\n", StandardOpenOption.APPEND);
        drop(distribution.home().resolve("deploy/probe.jar"));
        distribution.start();
        Path written = distribution.data().resolve("probe.properties");
        Distribution.await("the probe has written its results", () -> Files.exists(written));
        results = new Properties();
        try (InputStream in = Files.newInputStream(written)) {
            results.load(in);
        }
    }

    @AfterClass
    public static void stop() throws InterruptedException {
        if (distribution != null) {
            distribution.close();
        }
    }

    @Test
    public void whoKnowsThePasswordMayIn() {
        assertEquals("welcome", results.getProperty("login alice/open"));
        assertEquals("welcome", results.getProperty("login bob/open"));
    }

    @Test
    public void nobodyElseMay() {
        for (String attempt : new String[] {"alice/wrong", "alice/", "nobody/open", "karaf/karaf", "admin/admin"}) {
            assertTrue(attempt + ": " + results.getProperty("login " + attempt), results.getProperty("login " + attempt).startsWith("refused"));
        }
    }

    @Test
    public void commandsAreForAdministrators() {
        assertRan("command alice");
        assertRefused("command bob");
        assertRefused("command nobody");
    }

    @Test
    public void aPipeRunsAsTheOneWhoTypedIt() {
        assertRan("pipe alice");
        assertTrue(results.getProperty("pipe alice"), results.getProperty("pipe alice").contains("ozone-shell"));
        assertFalse(results.getProperty("pipe bob"), results.getProperty("pipe bob").contains("ozone-shell"));
    }

    @Test
    public void noSubjectStaysInAPooledThread() {
        assertRan("pool made as alice");
        assertEquals("null", results.getProperty("pool after alice"));
        assertRefused("pool as nobody");
        assertEquals("null", results.getProperty("thread after all"));
    }

    @Test
    public void theOwnerOfTheSocketIsAnAdministrator() throws Exception {
        Distribution.Answer answer = distribution.run("capabilities", "--json");
        assertEquals(answer.error(), 0, answer.exit());
        assertTrue(answer.out(), answer.out().contains("\"state\""));
    }

    private static void assertRan(String what) {
        String result = results.getProperty(what);
        assertTrue(what + ": " + result, result.startsWith("ran"));
    }

    private static void assertRefused(String what) {
        String result = results.getProperty(what);
        assertTrue(what + ": " + result, result.startsWith("refused"));
    }

    /** Packs the probe as anybody would pack a bundle. Written beside and moved, so that no half jar is seen. */
    private static void drop(Path jar) throws Exception {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", "org.example.probe");
        main.putValue("Bundle-Version", "1.0.0");
        main.putValue("Bundle-Activator", Probe.class.getName());
        main.putValue("Import-Package", "org.osgi.framework,javax.security.auth,javax.security.auth.callback,javax.security.auth.login,"
                + "org.apache.karaf.shell.api.console");
        Path part = jar.resolveSibling("probe.part");
        try (OutputStream file = Files.newOutputStream(part); JarOutputStream out = new JarOutputStream(file, manifest)) {
            for (String name : new String[] {"Probe", "Probe$Login"}) {
                String entry = Probe.class.getPackageName().replace('.', '/') + "/" + name + ".class";
                out.putNextEntry(new ZipEntry(entry));
                try (InputStream in = Probe.class.getClassLoader().getResourceAsStream(entry)) {
                    in.transferTo(out);
                }
            }
        }
        Files.move(part, jar, StandardCopyOption.ATOMIC_MOVE);
    }
}
