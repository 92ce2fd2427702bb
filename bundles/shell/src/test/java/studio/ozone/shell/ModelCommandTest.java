package studio.ozone.shell;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.apache.karaf.shell.support.CommandException;
import org.junit.Test;

import studio.ozone.api.llm.Models;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** The words of {@code model}, as a terminal and a program get them. */
public class ModelCommandTest {

    private static final Models.Model SMALL = new Models.Model("small", "Small\u001b]0;title\u0007 One", Path.of("/m/small.gguf"), 98_000_000, "llama", "Q4_1",
        135_000_000, 30, 2_048, true, 200_000_000, true, "ab".repeat(32), "hf:o/r/small.gguf", null);
    private static final Models.Model BROKEN = new Models.Model("broken", "broken", Path.of("/m/broken.gguf"), 12, "", "", 0, 0, 0, false, 0, false, null, null,
        "/m/broken.gguf does not begin with GGUF\u001b[2J.");

    private final List<String> asked = new ArrayList<>();
    private final Models models = (Models) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Models.class}, (proxy, method, arguments) -> {
        asked.add(method.getName() + (arguments == null ? "" : " " + arguments[0]));
        return switch (method.getName()) {
            case "list" -> List.of(BROKEN, SMALL);
            case "show" -> new Models.Shown(SMALL, 4_000_000_000L, 2L << 30, (boolean) arguments[1] ? true : null);
            case "ps" -> List.of(new Models.Loaded("small", "/usr/bin/llama-server", 4_711, 180_000_000, 1.25, 8_192, 0, 2, 299, List.of("n_threads = 2")));
            case "recommend" -> new Models.Advice(4_000_000_000L, null, 0, 0, List.of(new Models.Fit("1B", "Q4_K_M", 2L << 30, true), new Models.Fit("7B", "Q8_0", 14L << 30, false)));
            default -> SMALL;
        };
    });
    private final Typed typed = new Typed().with(Models.class, models);

    @Test
    public void theListMarksWhoAnswersAndSaysWhatIsWrong() throws Exception {
        String out = run("list");
        assertTrue(out, out.lines().anyMatch(line -> line.startsWith("*") && line.contains("small") && line.contains("Q4_1") && line.contains("135M")));
        assertTrue(out, out.contains("unusable") && out.contains("does not begin with GGUF"));
        assertTrue(out, run("show", "small").contains("ab".repeat(32)));
        assertTrue(out, run("recommend").lines().anyMatch(line -> line.contains("7B") && line.contains("no")));
    }

    @Test
    public void whatIsLoadedSaysWhatItTakes() throws Exception {
        String out = run("ps");
        for (String part : List.of("4711", "8192", "1.3 s", "299 s", "n_threads = 2")) {
            assertTrue(out, out.contains(part));
        }
    }

    @Test
    public void eachWordDoesItsOwnAndNothingElse() throws Exception {
        assertTrue(run("add", "x.gguf").startsWith("Added small"));
        assertTrue(run("pull", "hf:o/r/small.gguf").startsWith("Pulled small"));
        assertTrue(run("use", "small").contains("llm.local.default_model = small"));
        assertTrue(run("remove", "small").startsWith("Removed small"));
        assertEquals(List.of("add /x.gguf", "pull hf:o/r/small.gguf", "use small", "remove small"), asked);
    }

    @Test
    public void aProgramGetsTheRecords() throws Exception {
        assertTrue(json("list").contains("\"problem\":\"/m/broken.gguf"));
        assertTrue(json("show", "small").contains("\"free_bytes\":4000000000"));
        assertTrue(json("ps").contains("\"resident_bytes\":180000000"));
        assertTrue(json("recommend").contains("\"fits\":false"));
        assertTrue(json("use", "small").contains("\"chosen\":true"));
    }

    @Test
    public void wrongWordsAreRefusedWithTheRightOnes() {
        for (String[] words : new String[][] {{}, {"lst"}, {"show"}, {"show", "a", "b"}, {"list", "x"}, {"use"}, {"pull"}}) {
            assertThrows(String.join(" ", words), CommandException.class, () -> run(words));
        }
        assertTrue(assertThrows(CommandException.class, () -> run("lst\u001b[2J")).getMessage().contains("recommend"));
    }

    private String run(String... words) throws Exception {
        ModelCommand command = new ModelCommand();
        command.words = List.of(words);
        return clean(typed.run(command));
    }

    private String json(String... words) throws Exception {
        ModelCommand command = new ModelCommand();
        command.words = List.of(words);
        command.json = true;
        return clean(typed.run(command));
    }

    /** Nothing that a file says reaches the terminal as a command to it. */
    private static String clean(String out) {
        assertFalse(out, out.contains("\u001b") || out.contains("\u0007"));
        return out;
    }
}
