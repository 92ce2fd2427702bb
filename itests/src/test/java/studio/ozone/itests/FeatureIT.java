package studio.ozone.itests;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.Timeout;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

/** A feature that goes or comes takes its own bundle along, and nothing else. */
public class FeatureIT {

    @ClassRule
    public static final TemporaryFolder FOLDER = new TemporaryFolder();

    private static final String FEATURE = "ozone-llm-extractive";
    private static final Pattern ACTIVE = Pattern.compile("(?m)^\\s*(\\d+)\\s*[|│]\\s*Active\\s*[|│].*[|│]\\s*(\\S+)\\s*$");

    /** Services of bundles that the feature does not hold: the framework numbers a service anew whenever its bundle starts. */
    private static final String[] OTHERS = {"studio.ozone.api.zsei.ContainerStore", "studio.ozone.api.runtime.Workers",
        "studio.ozone.api.capability.Capabilities", "com.codahale.metrics.MetricRegistry", "org.apache.karaf.shell.api.console.SessionFactory"};

    private static Distribution distribution;

    @Rule
    public final Timeout timeout = Timeout.seconds(180);

    @BeforeClass
    public static void start() throws IOException {
        distribution = new Distribution(FOLDER.getRoot().toPath()).start();
        // Each feature of features.xml has to be named in etc/org.apache.karaf.features.cfg too, or it could not be taken away.
        Distribution.await("the features service knows what was shipped", () -> features().contains(FEATURE)
                && ok("feature:list").lines().filter(line -> line.contains("ozone-")).noneMatch(line -> line.contains("Uninstalled")));
    }

    @AfterClass
    public static void stop() throws InterruptedException {
        if (distribution != null) {
            distribution.close();
        }
    }

    @Test
    public void goesComesAndStaysAwayOverARestart() throws Exception {
        Map<String, String> before = active();
        String services = services();
        assertTrue("the bundle runs: " + before, before.containsKey("studio.ozone.llm.extractive"));
        assertEquals("each is there: " + services, OTHERS.length, services.lines().filter(line -> line.contains("service.id")).count());

        ok("feature:uninstall " + FEATURE);
        Map<String, String> without = new TreeMap<>(before);
        without.remove("studio.ozone.llm.extractive");
        assertEquals(without, active());
        assertEquals("nothing else was started anew", services, services());

        ok("feature:install " + FEATURE);
        Map<String, String> again = active();
        assertEquals(before.keySet(), again.keySet());
        again.remove("studio.ozone.llm.extractive");
        assertEquals("the others keep their numbers", without, again);
        assertEquals("nothing else was started anew", services, services());

        ok("feature:uninstall " + FEATURE);
        distribution.stop();
        distribution.start();
        assertEquals(without.keySet(), active().keySet());
        assertFalse(features(), features().contains(FEATURE));
    }

    /** The running bundles: symbolic name to number. */
    private static Map<String, String> active() throws IOException {
        Map<String, String> bundles = new TreeMap<>();
        Matcher table = ACTIVE.matcher(ok("bundle:list -s -t 0"));
        while (table.find()) {
            bundles.put(table.group(2), table.group(1));
        }
        return bundles;
    }

    private static String features() throws IOException {
        return ok("feature:list -i");
    }

    private static String services() throws IOException {
        StringBuilder numbers = new StringBuilder();
        for (String name : OTHERS) {
            String[] lines = ok("service:list " + name).split("\n");
            numbers.append(name);
            Arrays.stream(lines).filter(line -> line.contains("service.id")).forEach(numbers::append);
            numbers.append('\n');
        }
        return numbers.toString();
    }

    private static String ok(String line) throws IOException {
        Distribution.Answer answer = distribution.run("shell", line);
        assertEquals(line + ": " + answer.error() + answer.out(), 0, answer.exit());
        return answer.out();
    }
}
