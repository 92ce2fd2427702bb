package studio.ozone.pipeline.prompt;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import com.codahale.metrics.MetricRegistry;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.llm.Provider.Role;
import studio.ozone.api.pipeline.Conversations;
import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.pipeline.Prompting;
import studio.ozone.api.pipeline.Prompting.Answer;
import studio.ozone.api.zsei.ContainerType;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

public class ConversationTest {

    private static final String SAID = "Karl Friedrich Schinkel built the lighthouse of Arkona in 1826.";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final World world = new World();
    private final Conversations conversations = new KeptConversations(world);
    private final Scripted model = Scripted.saying(SAID);
    private PromptPipeline pipeline;
    private Path guide;

    @Before
    public void open() throws Exception {
        guide = Files.writeString(folder.newFile("arkona.md").toPath(), "The lighthouse of Arkona was built in 1826 by Karl Friedrich Schinkel.\n");
        pipeline = new PromptPipeline(world, world, world, world, world, new MetricRegistry(), Settings.config(100_000, 10, true),
                Settings.tokens(4_096, ""), Settings.llm("local"), Settings.judging(0)).with(world);
        pipeline.addProvider(model, Map.of());
    }

    @After
    public void close() {
        pipeline.close();
    }

    @Test
    public void aQuestionBeginsAConversationAndAnotherGoesOnWithIt() throws Exception {
        assertEquals(List.of(), conversations.list());
        PipelineException none = assertThrows(PipelineException.class, () -> ask("Who?", Prompting.Request.LAST));
        assertEquals(PipelineException.Code.NOT_FOUND, none.code());

        Answer first = ask("Who built the lighthouse of Arkona?", Prompting.Request.NEW);
        Answer other = ask("Which lighthouse was built in 1826?", Prompting.Request.NEW);
        assertEquals(List.of(other.conversation(), first.conversation()), conversations.list().stream().map(Conversations.Conversation::id).toList());

        Answer second = ask("When was it built?", first.conversation());
        assertEquals(first.conversation(), second.conversation());
        assertEquals(List.of(Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.USER), model.seen.messages().stream().map(message -> message.role()).toList());
        assertEquals("Who built the lighthouse of Arkona?", model.seen.messages().get(1).text());
        assertEquals("without the marks of the runtime", SAID, model.seen.messages().get(2).text());
        assertTrue(model.seen.messages().getLast().text().endsWith("\nWhen was it built?"));
        assertEquals("When was it built? lighthouse Arkona", world.queries.getLast().text());
        assertTrue(second.notes().toString(), second.notes().getFirst().endsWith("lighthouse Arkona"));

        Answer third = ask("And by whom?", Prompting.Request.LAST);
        assertEquals("the last one is that which was asked last", first.conversation(), third.conversation());
        assertTrue(world.queries.getLast().text(), world.queries.getLast().text().contains("Arkona"));
        Conversations.Whole whole = conversations.show(first.conversation());
        assertEquals(3, whole.conversation().turns());
        assertEquals(List.of("Who built the lighthouse of Arkona?", "When was it built?", "And by whom?"),
                whole.turns().stream().map(Conversations.Turn::question).toList());
        assertEquals(first.citations(), whole.turns().getFirst().citations());
        assertEquals("local", whole.turns().getFirst().provider());
        String text = conversations.markdown(first.conversation());
        assertTrue(text, text.startsWith("# Who built the lighthouse of Arkona?\n") && text.contains("## When was it built?") && text.contains("arkona.md:1`"));
    }

    @Test
    public void nothingOfItIsSearchedAndNothingIsLeftOfWhatIsDeleted() throws Exception {
        Answer answer = ask("Who built the lighthouse of Arkona?", Prompting.Request.NEW);
        assertTrue("a search finds chunks only", world.all(ContainerType.CHUNK).stream().allMatch(chunk -> chunk.source().equals(guide.toString())));
        conversations.delete(answer.conversation());
        assertEquals(List.of(), conversations.list());
        assertEquals(List.of(), world.all(ContainerType.TASK));
        assertEquals(List.of(), world.relations(world.find(guide.toString(), null).orElseThrow().id()));
        for (long id : new long[] {answer.conversation(), world.find(guide.toString(), null).orElseThrow().id(), 0, -5, 999}) {
            assertEquals(PipelineException.Code.NOT_FOUND, assertThrows(PipelineException.class, () -> conversations.delete(id)).code());
        }
        PipelineException gone = assertThrows(PipelineException.class, () -> ask("And when?", answer.conversation()));
        assertTrue(gone.getMessage(), gone.getMessage().contains("no conversation " + answer.conversation()));
        assertTrue("the next one is kept again", ask("Who built the lighthouse?", Prompting.Request.NEW).conversation() > 0);
        assertEquals("another instance reads the same", 1, new KeptConversations(world).list().size());
    }

    @Test
    public void whereNoneAreKeptNoneGoOn() throws Exception {
        pipeline.reconfigure(Settings.config(100_000, 10, false), Settings.tokens(4_096, ""), Settings.llm("local"), Settings.judging(0));
        assertEquals(0, ask("Who built the lighthouse of Arkona?", Prompting.Request.NEW).conversation());
        assertEquals(List.of(), conversations.list());
        PipelineException refused = assertThrows(PipelineException.class, () -> ask("When?", Prompting.Request.LAST));
        assertTrue(refused.getMessage(), refused.getMessage().contains("pipeline.prompt.keep_conversations"));
    }

    @Test
    public void longTurnsAreKeptWithinWhatAContainerHolds() throws Exception {
        String question = "Who built the lighthouse of Arkona? " + "x".repeat(90_000);
        Scripted lavish = Scripted.saying((SAID + " ").repeat(1_500));
        lavish.context = 200_000;
        pipeline.removeProvider(model);
        pipeline.addProvider(lavish, Map.of());
        Answer answer = ask(question, Prompting.Request.NEW);
        Conversations.Whole whole = conversations.show(answer.conversation());
        assertEquals(question, whole.turns().getFirst().question());
        assertTrue(whole.turns().getFirst().answer().length() <= 60_000);
        assertTrue(whole.conversation().title().length() <= 80);
    }

    @Test
    public void turnsThatDoNotFitAreNamed() throws Exception {
        model.context = 2_048;
        Answer first = ask("Who built the lighthouse of Arkona? " + "Tell me all. ".repeat(80), Prompting.Request.NEW);
        ask("Who built the lighthouse of Arkona again?", first.conversation());
        Answer third = ask("Who was it that built the lighthouse of Arkona?", first.conversation());
        assertTrue(third.notes().toString(), third.notes().stream().anyMatch(note -> note.contains("first turn of the conversation did not fit")));
        assertEquals(4, model.seen.messages().size());
    }

    @Test
    public void aQuestionThatStandsForItselfIsLookedForAlone() {
        String before = "Who built the lighthouse of Arkona?";
        assertEquals("How tall is the church of Altenkirchen?", FollowUp.lookedFor("How tall is the church of Altenkirchen?", before));
        assertEquals("How tall is it? built lighthouse Arkona", FollowUp.lookedFor("How tall is it?", before));
        assertEquals("And in 1990? built lighthouse Arkona", FollowUp.lookedFor("And in 1990?", before));
        assertEquals("Is it open in the museum of lighthouse ships today? built Arkona", FollowUp.lookedFor("Is it open in the museum of lighthouse ships today?", before));
    }

    private Answer ask(String question, long conversation) throws PipelineException, InterruptedException {
        return pipeline.prompt(new Prompting.Request(question, List.of(guide), null, false, conversation), new Heard());
    }
}
