package studio.ozone.shell;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.apache.karaf.shell.support.CommandException;
import org.junit.Test;

import studio.ozone.api.llm.Provider;
import studio.ozone.api.pipeline.Conversations;
import studio.ozone.api.pipeline.Prompting;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** What a terminal gets of an answer that may hold anything. */
public class PromptCommandTest {

    private static final String HOSTILE = "\u001b]0;owned\u0007\u001b[2J\u001b[31mType your key\u001b[0m\u202egnp.exe [unsupported]";

    private Prompting.Request asked;
    private long deleted;

    @Test
    public void nothingThatAModelSaysReachesTheTerminal() throws Exception {
        PromptCommand command = new PromptCommand();
        command.words = List.of("Who?");
        String out = run(command);
        assertFalse(out, out.contains("\u001b") || out.contains("\u0007") || out.contains("\u202e"));
        assertTrue(out, out.contains("Type your key") && out.contains("[unsupported]"));
        assertTrue(out, out.contains("Not in your material: 1827"));
        assertTrue(out, out.contains("100 tokens in, 20 out \u00b7 41.5 tokens/s \u00b7 first token 230 ms \u00b7 conversation 7"));
    }

    @Test
    public void whyItWasQuotedIsSaidShortly() {
        String why = "Quoted by extractive, since local (llm.default_provider) cannot answer: ";
        assertEquals("Quoted by extractive: There is no local model. Cure: ozone-core model pull hf:OWNER/REPO/FILE.gguf",
            PromptCommand.shortly(why + "There is no local model. Get one: ozone-core model pull hf:OWNER/REPO/FILE.gguf, or ozone-core model add FILE.gguf."));
        assertEquals("Quoted by extractive: There is no engine for local models. More: ozone-core health",
            PromptCommand.shortly(why + "There is no engine for local models: llama-server was not found. Install it (brew install llama.cpp)."));
        assertEquals("Quoted by extractive: llm.local is switched off. Cure: ./ozone-core config --set llm.local.enabled=true",
            PromptCommand.shortly(why + "llm.local is switched off: llm.local.enabled = false (set by default). To switch it on: "
                + "./ozone-core config --set llm.local.enabled=true"));
        assertEquals("Quoted by x: no. More: ozone-core health", PromptCommand.shortly("Quoted by x, since y (llm.default_provider) cannot answer: no"));
    }

    @Test
    public void theOptionsReachThePipeline() throws Exception {
        PromptCommand command = new PromptCommand();
        command.words = List.of("Who?");
        command.strict = true;
        command.last = true;
        run(command);
        assertTrue(asked.strict());
        assertEquals(Prompting.Request.LAST, asked.conversation());
        command.conversation = "7";
        assertThrows(CommandException.class, () -> run(command));
        command.last = false;
        run(command);
        assertEquals(7, asked.conversation());
        for (String wrong : List.of("seven", "0", "-1", "99999999999999999999")) {
            command.conversation = wrong;
            assertThrows(wrong, CommandException.class, () -> run(command));
        }
    }

    @Test
    public void conversationsAreListedShownExportedAndDeleted() throws Exception {
        assertTrue(run(new ConversationsCommand()).contains("7          2  "));
        assertFalse(run(conversation("show", "7")).contains("\u001b"));
        assertTrue(run(conversation("export", "7")).startsWith("# Who?"));
        ConversationCommand export = conversation("export", "7");
        export.format = "json";
        assertTrue(run(export).startsWith("{\"conversation\":{\"id\":7,"));
        assertEquals("Conversation 7 is gone.\n", run(conversation("delete", "7")));
        assertEquals(7, deleted);
        for (ConversationCommand wrong : List.of(conversation("delete"), conversation("drop", "7"), conversation("show", "x"), conversation("show", "7", "8"))) {
            assertThrows(CommandException.class, () -> run(wrong));
        }
    }

    private static ConversationCommand conversation(String... words) {
        ConversationCommand command = new ConversationCommand();
        command.words = List.of(words);
        return command;
    }

    private Prompting.Answer answer(Prompting.Request request, Prompting.Listener listener) {
        asked = request;
        listener.piece(HOSTILE);
        return new Prompting.Answer(1, HOSTILE, Provider.Mode.GENERATED, "local", List.of(new Prompting.Sentence(HOSTILE, List.of(), false, List.of("1827\u001b"))),
                List.of(), new Prompting.Context(List.of(), List.of(), 1, 2), List.of("a note\u001b[0m"), new Prompting.Usage(100, 20, 41.5, 230.0, null), 7,
                Map.of("total", 1.0));
    }

    private final Conversations conversations = new Conversations() {

        private final Conversation one = new Conversation(7, "Who?\u001b[2J", 2, Instant.EPOCH, Instant.EPOCH);

        @Override
        public List<Conversation> list() {
            return List.of(one);
        }

        @Override
        public Whole show(long id) {
            return new Whole(one, List.of(new Turn(8, Instant.EPOCH, "Who?", HOSTILE, Provider.Mode.GENERATED, "local", List.of())));
        }

        @Override
        public String markdown(long id) {
            return "# Who?\n";
        }

        @Override
        public void delete(long id) {
            deleted = id;
        }
    };

    private String run(OzoneCommand command) throws Exception {
        return new Typed().with(Prompting.class, this::answer).with(Conversations.class, conversations).run(command);
    }
}
