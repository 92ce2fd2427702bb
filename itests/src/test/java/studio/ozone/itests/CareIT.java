package studio.ozone.itests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.Timeout;

import studio.ozone.runtime.json.Json;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;

/** Housekeeping and the integrity scan, on the distribution as it is shipped. */
public class CareIT {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Rule
    public final Timeout timeout = Timeout.seconds(300);

    private Distribution distribution;
    private Path files;

    @Before
    public void start() throws IOException {
        distribution = new Distribution(folder.newFolder("it").toPath()).start();
        files = folder.newFolder("files").toPath().toRealPath();
        Files.writeString(files.resolve("lamp.md"), "# Lighthouse\n\nThe lamp was built in 1887 by Ottoline Fenwick. It burns colza oil.\n");
        Files.writeString(files.resolve("harbour.md"), "# Harbour\n\nThe harbour freezes in March.\n");
        ok("ingest", files.toString());
    }

    @After
    public void stop() throws InterruptedException {
        distribution.close();
    }

    @Test
    public void everyStepOfHousekeepingWorksAndLosesNothing() throws Exception {
        String found = ok("search", "--json", "Ottoline Fenwick");
        for (String command : List.of("gc", "gc --aggressive", "zsei-optimize")) {
            Map<String, Object> dry = Json.readObject(ok((command + " --dry-run --json").split(" ")));
            Map<String, Object> run = Json.readObject(ok((command + " --json").split(" ")));
            assertEquals(command, steps(dry), steps(run));
        }
        assertTrue(found.contains("lamp.md"));
        assertTrue(ok("search", "--json", "Ottoline Fenwick").contains("lamp.md"));
        assertEquals(0L, wrong(scan("--full")));
    }

    @Test
    public void aFileThatChangedIsToldAndIsNoDamage() throws Exception {
        Map<String, Object> before = scan("--full");
        assertEquals(before.toString(), 0L, number(((Map<?, ?>) before.get("scan")).get("left_in_all")));
        Files.writeString(files.resolve("lamp.md"), "# Lighthouse\n\nThe lamp is gone.\n");
        Files.delete(files.resolve("harbour.md"));

        Map<String, Object> after = scan("--full");

        List<String> kinds = ((List<?>) ((Map<?, ?>) after.get("scan")).get("left")).stream().map(each -> (String) ((Map<?, ?>) each).get("kind")).sorted().toList();
        assertEquals(List.of("source_changed", "source_gone"), kinds);
        assertEquals("the last scan is kept", after, scan());
    }

    @Test
    public void schedulesSurviveAKillAndAWrongOneIsRefused() throws Exception {
        ok("gc", "--aggressive", "--schedule", "0 3 * * *");
        ok("zsei-optimize", "--schedule", "0 4 * * 0");
        String listed = ok("gc", "--list", "--json");
        Distribution.Answer refused = distribution.run("gc", "--schedule", "0 24 * * *");
        assertEquals(2, refused.exit());
        assertTrue(refused.error(), refused.error().contains("Field 2"));

        distribution.kill();
        distribution.start();

        assertEquals(listed, ok("gc", "--list", "--json"));
        ok("gc", "--unschedule", "optimize-1");
        assertNotEquals(listed, ok("zsei-optimize", "--list", "--json"));
        assertEquals(1, distribution.run("gc", "--unschedule", "optimize-1").exit());
    }

    private static List<Object> steps(Map<String, Object> run) {
        return ((List<?>) run.get("steps")).stream().<Object>map(step -> {
            assertEquals(step.toString(), null, ((Map<?, ?>) step).get("problem"));
            return ((Map<?, ?>) step).get("name");
        }).toList();
    }

    private Map<String, Object> scan(String... options) throws IOException {
        String[] command = new String[options.length + 2];
        command[0] = "integrity";
        command[1] = "--json";
        System.arraycopy(options, 0, command, 2, options.length);
        return Json.readObject(ok(command));
    }

    private static long wrong(Map<String, Object> shown) {
        return number(((Map<?, ?>) shown.get("scan")).get("left_in_all"));
    }

    private static long number(Object value) {
        return ((Number) value).longValue();
    }

    private String ok(String... command) throws IOException {
        Distribution.Answer answer = distribution.run(command);
        assertEquals(String.join(" ", command) + ": " + answer.out() + answer.error(), 0, answer.exit());
        return answer.out();
    }
}
