package studio.ozone.shell;

import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.apache.karaf.shell.support.CommandException;
import org.junit.Test;

import studio.ozone.api.llm.Provider;
import studio.ozone.api.pipeline.Conversations;
import studio.ozone.api.pipeline.Prompting;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** What was asked and answered, as a terminal and a program get it. */
public class ConversationCommandTest {

    private static final String HOSTILE = "Who\u001b[2J built <b>it</b>?";
    private static final Conversations.Conversation ONE = new Conversations.Conversation(42, HOSTILE, 1, Instant.EPOCH, Instant.EPOCH);
    private static final Conversations.Turn TURN = new Conversations.Turn(7, Instant.EPOCH, HOSTILE, "Ottoline did. [1]\u0007", Provider.Mode.GENERATED, "local",
        List.of(new Prompting.Citation(1, "/a/light\u001b[31mhouse.md", null, "lighthouse.md", 0, 10, 3, "Ottoline", true)));

    private final List<String> asked = new ArrayList<>();
    private final Conversations conversations = (Conversations) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Conversations.class},
        (proxy, method, arguments) -> {
            asked.add(method.getName() + (arguments == null ? "" : " " + arguments[0]));
            return switch (method.getName()) {
                case "list" -> List.of(ONE);
                case "show" -> new Conversations.Whole(ONE, List.of(TURN));
                case "markdown" -> "# " + HOSTILE + "\n";
                default -> null;
            };
        });
    private final Typed typed = new Typed().with(Conversations.class, conversations);

    @Test
    public void theListHasNumbersToGoOnWith() throws Exception {
        String out = clean(typed.run(new ConversationsCommand()));
        assertTrue(out, out.contains("42") && out.contains("built <b>it</b>?"));
        ConversationsCommand json = new ConversationsCommand();
        json.json = true;
        assertTrue(clean(typed.run(json)).contains("\"id\":42"));
    }

    @Test
    public void oneIsShownExportedAndDeleted() throws Exception {
        String shown = run("show", "42");
        assertTrue(shown, shown.contains("Ottoline did. [1]") && shown.contains("house.md:3"));
        assertTrue(run("export", "42").startsWith("# Who"));
        assertEquals("Conversation 42 is gone.\n", run("delete", "42"));
        assertEquals(List.of("show 42", "markdown 42", "delete 42"), asked);
        ConversationCommand json = new ConversationCommand();
        json.words = List.of("export", "42");
        json.format = "json";
        assertTrue(clean(typed.run(json)).contains("\"turns\":["));
    }

    @Test
    public void wrongWordsAreRefused() {
        for (String[] words : new String[][] {{}, {"show"}, {"show", "x"}, {"show", "0"}, {"show", "-1"}, {"drop", "42"}, {"show", "1", "2"}}) {
            assertThrows(String.join(" ", words), CommandException.class, () -> run(words));
        }
    }

    private String run(String... words) throws Exception {
        ConversationCommand command = new ConversationCommand();
        command.words = List.of(words);
        return clean(typed.run(command));
    }

    private static String clean(String out) {
        assertFalse(out, out.contains("\u001b") || out.contains("\u0007"));
        return out;
    }
}
