package studio.ozone.runtime.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.Timeout;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

/** The script {@code ozone-core} where no instance runs: in a folder that is no checkout and holds no distribution. */
public class OzoneCoreTest {

    @Rule
    public Timeout timeout = Timeout.seconds(60);

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    private Path script;
    private Path data;

    private record Ended(int exit, String out, String err) { }

    @Before
    public void copy() throws IOException {
        script = Files.copy(Path.of("../../../ozone-core"), folder.getRoot().toPath().toRealPath().resolve("ozone-core"));
        data = script.resolveSibling("data home");
    }

    private Ended run(String... words) throws Exception {
        List<String> line = new ArrayList<>(List.of("bash", script.toString()));
        line.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(line).redirectError(script.resolveSibling("err").toFile());
        builder.environment().put("OZONE_DATA_DIR", data.toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), out, Files.readString(script.resolveSibling("err")));
    }

    @Test
    public void metricsAndHealthOfNothingStartNothing() throws Exception {
        for (String command : List.of("metrics", "health")) {
            Ended ended = run(command);
            assertEquals(4, ended.exit);
            assertEquals("", ended.out);
            assertEquals("ozone-core: the instance is not running; 'ozone-core start' starts it.\n", ended.err);
        }
        Ended health = run("health", "--json");
        assertEquals(4, health.exit);
        assertTrue(health.out, health.out.startsWith("{\"ready\":false,\"checks\":[{\"name\":\"instance\",\"status\":\"fail\""));
        assertFalse(Files.exists(data));
    }

    @Test
    public void quietLeavesTheExitCode() throws Exception {
        assertEquals(new Ended(4, "", ""), run("status", "--quiet"));
        assertEquals(new Ended(0, "", ""), run("stop", "--quiet"));
        assertEquals(new Ended(0, "", "The instance is not running.\n"), run("stop"));
        Ended json = run("status", "--json", "--quiet");
        assertTrue(json.out, json.out.startsWith("{\"running\":false,") && json.out.contains("data home\""));
        assertEquals(2, run("status", "--quite").exit);
        assertEquals(2, run("start", "now").exit);
    }

    @Test
    public void aDataHomeOfAnotherIsNotTaken() throws Exception {
        Files.createDirectories(data.resolve("run"));
        Process other = new ProcessBuilder("sh", "-c", "read line", "java", "-Dozone.data=" + data).start();
        try {
            Files.writeString(data.resolve("run/lock"), other.pid() + "\n/opt/other place\n");
            Ended ended = run("start");
            assertEquals(1, ended.exit);
            assertTrue(ended.err, ended.err.contains("The data home " + data + " is held by the instance in /opt/other place (process " + other.pid() + ")."));
        } finally {
            other.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
        assertEquals("the process has ended: its text counts no more", new Ended(4, "", ""), run("status", "--quiet"));
    }
}
