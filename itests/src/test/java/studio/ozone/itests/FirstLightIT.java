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
import static org.junit.Assert.assertTrue;

/** The main job on files that change. */
public class FirstLightIT {

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
    }

    @After
    public void stop() throws InterruptedException {
        distribution.close();
    }

    @Test
    public void anAnswerQuotesTheFileWhereItSaysItDoes() throws Exception {
        Path notes = files.resolve("notes.md");
        String text = "# Lighthouse 🗼\n\nThe lamp was built in 1887 by Ottoline Fenwick. It burns colza oil.\n\n# Harbour\n\nThe harbour freezes in March.\n";
        Files.writeString(notes, text);
        Map<String, Object> answer = Json.readObject(ok("prompt", "--with", files.toString(), "--json", "Who built the lamp?"));
        Map<?, ?> citation = (Map<?, ?>) ((List<?>) answer.get("citations")).getFirst();
        int start = text.offsetByCodePoints(0, ((Number) citation.get("start")).intValue());
        int end = text.offsetByCodePoints(0, ((Number) citation.get("end")).intValue());
        assertEquals(text.substring(start, end), citation.get("quote"));
        assertTrue(citation.toString(), citation.get("quote").toString().contains("Ottoline Fenwick"));
        assertEquals(true, citation.get("verified"));
        assertEquals(3, ((Number) citation.get("line")).intValue());
        assertEquals("extractive", answer.get("mode"));

        Files.writeString(notes, text.replace("1887 by Ottoline Fenwick", "1901 by Barnaby Quill"));
        Map<String, Object> changed = Json.readObject(ok("prompt", "--with", files.toString(), "--json", "Who built the lamp?"));
        assertTrue("a file that has changed is read again: " + changed, changed.get("answer").toString().contains("Barnaby Quill"));

        Files.delete(notes);
        Map<String, Object> gone = Json.readObject(ok("ingest", files.toString(), "--json"));
        assertEquals(1, ((Number) gone.get("removed")).intValue());
        Map<String, Object> nothing = Json.readObject(ok("prompt", "--json", "Who built the lamp?"));
        assertEquals(List.of(), nothing.get("citations"));
    }

    /** Karaf has a subshell of the name {@code config}. */
    @Test
    public void aNameWithoutAScopeIsOurCommandInTheShellToo() throws Exception {
        assertEquals(ok("config", "--get", "zsei.traversal.default_max_depth"), ok("shell", "config --get zsei.traversal.default_max_depth"));
        assertTrue(ok("shell", "config --merge-profile minimal --dry-run").contains("zsei.traversal.default_max_depth"));
    }

    private String ok(String... command) throws IOException {
        Distribution.Answer answer = distribution.run(command);
        assertEquals(String.join(" ", command) + ": " + answer.out() + answer.error(), 0, answer.exit());
        return answer.out();
    }
}
