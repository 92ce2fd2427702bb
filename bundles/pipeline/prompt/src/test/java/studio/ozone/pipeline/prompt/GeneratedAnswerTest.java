package studio.ozone.pipeline.prompt;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import com.codahale.metrics.MetricRegistry;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.llm.Provider;
import studio.ozone.api.llm.Provider.Completion;
import studio.ozone.api.llm.Provider.Role;
import studio.ozone.api.llm.Provider.Stop;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.pipeline.Prompting;
import studio.ozone.api.pipeline.Prompting.Answer;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** Answers of scripted models. */
public class GeneratedAnswerTest {

    private static final String TEXT = "# Arkona\n\nThe lighthouse of Arkona was built in 1826 by Karl Friedrich Schinkel.\n\nIt is 19 metres tall, and houses a museum.\n";
    private static final String QUESTION = "Who built the lighthouse of Arkona?";
    private static final String RIGHT = "Karl Friedrich Schinkel built the lighthouse of Arkona in 1826.";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final World world = new World();
    private final MetricRegistry metrics = new MetricRegistry();
    private final Heard heard = new Heard();
    private PromptPipeline pipeline;
    private Path guide;

    @Before
    public void open() throws Exception {
        guide = Files.writeString(folder.newFile("arkona.md").toPath(), TEXT);
        pipeline = new PromptPipeline(world, world, world, world, world, metrics, Settings.config(100_000, 10, true), Settings.tokens(4_096, ""),
                Settings.llm("local"), Settings.judging(0.25)).with(world);
    }

    @After
    public void close() {
        pipeline.close();
        assertTrue(metrics.getNames().toString(), metrics.getNames().isEmpty());
    }

    @Test
    public void theRuntimeCitesAndTheModelsOwnCitationsAreNotBelieved() throws Exception {
        use(Scripted.saying("Karl Friedrich Schinkel built the lighthouse of Arkona in 1826 [4]. It is painted blue 【9】."));
        Answer answer = ask(QUESTION);
        assertEquals(Provider.Mode.GENERATED, answer.mode());
        assertEquals("Karl Friedrich Schinkel built the lighthouse of Arkona in 1826. [1] It is painted blue. [unsupported]", answer.answer());
        assertEquals(answer.answer(), heard.text.toString().strip());
        assertEquals("The lighthouse of Arkona was built in 1826 by Karl Friedrich Schinkel.", answer.citations().getFirst().quote());
        assertEquals(3, answer.citations().getFirst().line());
        assertTrue(answer.citations().getFirst().verified());
        assertEquals(List.of(true, false), answer.sentences().stream().map(Prompting.Sentence::supported).toList());
        assertTrue(answer.notes().toString(), answer.notes().getFirst().contains("does not support 1 of 2 sentences"));
        assertEquals(List.of("ingest", "retrieve", "assemble", "provide", "verify", "total"), List.copyOf(answer.timingsMs().keySet()));
    }

    @Test
    public void extractiveAndGeneratedAnswersCarryTheSameCitations() throws Exception {
        Scripted quoting = Scripted.quoting("The lighthouse of Arkona was built in 1826 by Karl Friedrich Schinkel.");
        use(quoting);
        use(Scripted.saying(RIGHT));
        Answer generated = ask(QUESTION);
        Answer extractive = pipeline.prompt(new Prompting.Request(QUESTION, List.of(guide), "extractive"), heard);
        assertEquals(Provider.Mode.EXTRACTIVE, extractive.mode());
        assertEquals(extractive.citations(), generated.citations());
    }

    @Test
    public void strictLeavesOutWhatIsNotSupportedAndSaysHowMuch() throws Exception {
        use(Scripted.saying(RIGHT + " It is painted blue. The Kaiser opened it in 1901."));
        Answer answer = pipeline.prompt(new Prompting.Request(QUESTION, List.of(guide), null, true, 0), heard);
        assertEquals(RIGHT + " [1]", answer.answer());
        assertEquals(answer.answer(), heard.text.toString());
        assertTrue(answer.notes().toString(), answer.notes().contains("2 sentences that your material does not support were left out."));
    }

    @Test
    public void whereStrictLeavesNothingItIsNotInTheMaterial() throws Exception {
        use(Scripted.saying("It is painted blue. The Kaiser opened it in 1901."));
        Answer answer = pipeline.prompt(new Prompting.Request(QUESTION, List.of(guide), null, true, 0), heard);
        assertTrue(answer.answer(), answer.answer().startsWith("Not in your material"));
        assertEquals(answer.answer(), heard.text.toString());
        assertTrue(answer.notes().toString(), answer.notes().getFirst().contains("supports none of its 2 sentences"));
        assertEquals(List.of(), answer.sentences());
    }

    @Test
    public void withTooLittleEvidenceNoModelIsAsked() throws Exception {
        Scripted model = Scripted.saying(RIGHT);
        use(model);
        Answer answer = ask("Which tall giraffes purred quietly near Oklahoma yesterday evening?");
        assertEquals(0, model.asked);
        assertEquals("not even counted, which may start it", 0, model.counted);
        assertTrue(answer.answer(), answer.answer().startsWith("Not in your material"));
        assertNull(answer.usage());
        assertTrue(answer.context().cut().stream().allMatch(item -> item.reason() != null));
        assertEquals(1, metrics.counter("ozone_pipeline_prompt_nothing_found_total").getCount());
    }

    @Test
    public void aModelThatFindsNothingIsTakenAtItsWord() throws Exception {
        use(Scripted.saying("NOT IN YOUR MATERIAL."));
        Answer answer = ask(QUESTION);
        assertTrue(answer.answer(), answer.answer().startsWith("Not in your material: nothing that was found in 1 document"));
        assertTrue(answer.notes().toString(), answer.notes().getFirst().contains("local found no answer in 1 passages"));
    }

    @Test
    public void whoCannotAnswerIsReplacedAndTheAnswerSaysSo() throws Exception {
        Scripted model = Scripted.saying(RIGHT);
        use(model);
        use(Scripted.quoting("built in 1826"));
        model.unready = "There is no model. Get one: ozone-core model pull";
        assertReplaced(ask(QUESTION), "ozone-core model pull");
        model.unready = null;
        model.unavailable = "The engine did not start: set llm.local.server_path.";
        assertReplaced(ask(QUESTION), "llm.local.server_path");
        assertEquals(1, metrics.counter("ozone_pipeline_prompt_local_replaced_total").getCount());
        pipeline.removeProvider(model);
        Scripted broken = new Scripted("local", Provider.Mode.GENERATED, (request, pieces) -> {
            throw new ProviderException(ProviderException.Code.UNAVAILABLE, "The engine has gone; see its log.");
        });
        use(broken);
        assertReplaced(ask(QUESTION), "see its log");
    }

    private static void assertReplaced(Answer answer, String cure) {
        assertEquals("extractive", answer.provider());
        assertEquals(Provider.Mode.EXTRACTIVE, answer.mode());
        assertEquals(1, answer.citations().size());
        assertEquals(answer.notes().toString(), 1, answer.notes().size());
        assertTrue(answer.notes().getFirst(), answer.notes().getFirst().contains(cure) && answer.notes().getFirst().contains("llm.default_provider"));
    }

    @Test
    public void whoIsNamedIsNotReplaced() throws Exception {
        Scripted model = Scripted.saying(RIGHT);
        use(model);
        use(Scripted.quoting("built in 1826"));
        model.unready = "There is no model.";
        named("There is no model.");
        model.unready = null;
        model.unavailable = "The engine did not start.";
        named("The engine did not start.");
    }

    private void named(String says) {
        PipelineException refused = assertThrows(PipelineException.class, () -> pipeline.prompt(new Prompting.Request(QUESTION, List.of(guide), "local"), heard));
        assertEquals(PipelineException.Code.UNAVAILABLE, refused.code());
        assertEquals(says, refused.getMessage());
    }

    @Test
    public void aStreamThatBreaksOffIsAnErrorAndNotReplaced() throws Exception {
        use(Scripted.quoting("built in 1826"));
        use(new Scripted("local", Provider.Mode.GENERATED, (request, pieces) -> {
            pieces.accept("Karl Friedrich Schinkel built");
            throw new ProviderException(ProviderException.Code.UNAVAILABLE, "The engine died.");
        }));
        PipelineException broken = assertThrows(PipelineException.class, () -> ask(QUESTION));
        assertEquals(PipelineException.Code.UNAVAILABLE, broken.code());
        assertEquals("Karl Friedrich Schinkel built", heard.text.toString());
        assertEquals("nothing of it is kept", 0, new Talk(world).all().size());
    }

    @Test
    public void aProviderThatIsTakenAwayFinishesWhatItBegan() throws Exception {
        Scripted[] model = new Scripted[1];
        model[0] = new Scripted("local", Provider.Mode.GENERATED, (request, pieces) -> {
            pipeline.removeProvider(model[0]);
            pieces.accept(RIGHT);
            return new Completion(RIGHT, List.of(), Stop.COMPLETE, new Provider.Usage(1, 1, 0));
        });
        use(model[0]);
        assertEquals("local", ask(QUESTION).provider());
    }

    @Test
    public void emptyRefusedAndCutAnswersSaySo() throws Exception {
        assertTrue(with("", Stop.COMPLETE).notes().contains("local gave an empty answer."));
        assertTrue(with(" \n…", Stop.COMPLETE).answer().contains("Not in your material"));
        assertTrue(with("", Stop.REFUSED).notes().contains("local declined to answer."));
        Answer cut = with(RIGHT, Stop.LENGTH);
        assertTrue(cut.notes().toString(), cut.notes().getFirst().contains("cut off after 4096 tokens (llm.prompt.reserve_output_tokens)"));
        assertEquals(1, cut.citations().size());
    }

    private Answer with(String text, Stop stop) throws Exception {
        Scripted model = new Scripted("local", Provider.Mode.GENERATED, (request, pieces) -> new Completion(text, List.of(), stop, new Provider.Usage(0, 0, 0)));
        use(model);
        try {
            return ask(QUESTION);
        } finally {
            pipeline.removeProvider(model);
        }
    }

    @Test
    public void aFloodIsStopped() throws Exception {
        use(new Scripted("local", Provider.Mode.GENERATED, (request, pieces) -> {
            for (long n = 0; n < 10_000_000_000L; n++) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                pieces.accept("The tower hums on and on " + n + ". ");
            }
            throw new AssertionError("nobody stopped it");
        }));
        Answer answer = ask(QUESTION);
        assertTrue(answer.notes().toString(), answer.notes().getFirst().contains("cut off"));
        assertTrue(answer.answer().length() < 400_000);
        assertFalse(Thread.currentThread().isInterrupted());
    }

    @Test
    public void aModelThatGoesRoundInCirclesIsStopped() throws Exception {
        use(new Scripted("local", Provider.Mode.GENERATED, (request, pieces) -> {
            for (int n = 0; n < 1000; n++) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                pieces.accept(RIGHT + " Nobody knows more about it. ");
            }
            throw new AssertionError("nobody stopped it");
        }));
        Answer answer = ask(QUESTION);
        assertTrue(answer.notes().toString(), answer.notes().getFirst().contains("again and again"));
        assertTrue(answer.sentences().size() + " sentences", answer.sentences().size() <= 10);
        assertFalse(Thread.currentThread().isInterrupted());
    }

    @Test
    public void aSmallContextIsDividedAndTheAnswerSaysSo() throws Exception {
        Scripted model = Scripted.saying(RIGHT);
        model.context = 4_096;
        use(model);
        Answer answer = ask(QUESTION);
        assertEquals(3_072, answer.context().budget());
        assertEquals(1_024, model.seen.maxOutputTokens());
        assertTrue(answer.notes().toString(), answer.notes().getFirst().contains("1024 tokens were kept for the answer, not 4096 (llm.prompt.reserve_output_tokens)"));
        int sent = 0;
        for (Provider.Message message : model.seen.messages()) {
            sent += model.countTokens(message.text());
        }
        assertTrue(sent + " of " + answer.context().tokens(), sent <= answer.context().tokens() && answer.context().tokens() <= 3_072);
    }

    @Test
    public void aQuestionThatDoesNotFitNamesTheKeys() {
        Scripted model = Scripted.saying(RIGHT);
        model.context = 512;
        use(model);
        PipelineException refused = assertThrows(PipelineException.class, () -> ask(QUESTION + " lighthouse of Arkona".repeat(100)));
        assertEquals(PipelineException.Code.INVALID, refused.code());
        assertTrue(refused.getMessage(), refused.getMessage().contains("llm.prompt.max_context_tokens"));
    }

    @Test
    public void whatWasTakenIsCounted() throws Exception {
        use(Scripted.saying(RIGHT));
        Prompting.Usage usage = ask(QUESTION).usage();
        assertEquals(Integer.valueOf(100), usage.inputTokens());
        assertEquals(Integer.valueOf(RIGHT.length() / 4), usage.outputTokens());
        assertTrue(usage.firstTokenMs() >= 0 && usage.tokensPerSecond() > 0);
        assertEquals(100, metrics.counter("ozone_pipeline_prompt_local_input_tokens_total").getCount());
        assertEquals(1, metrics.timer("ozone_pipeline_prompt_local_first_token_seconds").getCount());
    }

    @Test
    public void theSystemPromptMayComeFromAFile() throws Exception {
        Scripted model = Scripted.saying(RIGHT);
        use(model);
        Path own = Files.writeString(folder.newFile("system.txt").toPath(), "Answer like a sailor.");
        reconfigure(own.toString());
        ask(QUESTION);
        String system = model.seen.messages().getFirst().text();
        assertEquals(Role.SYSTEM, model.seen.messages().getFirst().role());
        assertTrue(system, system.startsWith("Answer like a sailor.") && system.contains("are data") && system.contains(Wording.NOTHING));
        for (String wrong : List.of(folder.getRoot() + "/none", folder.getRoot().toString(), "relative.txt", folder.newFile("empty").toString())) {
            reconfigure(wrong);
            PipelineException refused = assertThrows(wrong, PipelineException.class, () -> ask(QUESTION));
            assertTrue(refused.getMessage(), refused.getMessage().contains("llm.prompt.system_prompt_path: " + wrong));
        }
    }

    private void reconfigure(String systemPrompt) {
        pipeline.reconfigure(Settings.config(100_000, 10, true), Settings.tokens(4_096, systemPrompt), Settings.llm("local"), Settings.judging(0.25));
    }

    @Test
    public void passagesStandBetweenMarksOfTheirOwnRequest() throws Exception {
        Scripted model = Scripted.saying(RIGHT);
        use(model);
        ask(QUESTION);
        String first = model.seen.messages().getLast().text();
        ask(QUESTION);
        assertNotEquals(first, model.seen.messages().getLast().text());
        assertTrue(first, first.matches("(?s)==[0-9a-f]{16} passage 1: arkona.md\n.*built in 1826.*\n==[0-9a-f]{16} end\n\nWho built the lighthouse of Arkona\\?"));
    }

    @Test
    public void anAnswerInAnotherLanguageIsMarked() throws Exception {
        use(Scripted.saying("Den Leuchtturm hat ein bekannter Baumeister vor langer Zeit gebaut."));
        Answer answer = ask(QUESTION);
        assertEquals(List.of(false), answer.sentences().stream().map(Prompting.Sentence::supported).toList());
        assertTrue(answer.answer().endsWith("[unsupported]"));
    }

    @Test
    public void questionsGoToTheModelInTheOrderInWhichTheyCame() throws Exception {
        int most = 20;
        CountDownLatch overtaking = new CountDownLatch(3);
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        Scripted model = Scripted.saying(RIGHT);
        model.arriving = request -> order.add(number(request.messages().getLast().text()));
        model.counting = text -> {
            if (number(text) > 0) {
                overtaking.countDown();
            } else if (number(text) == 0) {
                hold(overtaking);
            }
        };
        use(model);
        ask(QUESTION);
        order.clear();
        List<FutureTask<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < most; i++) {
            String question = QUESTION + " (number " + i + ")";
            FutureTask<Answer> answer = new FutureTask<>(() -> pipeline.prompt(new Prompting.Request(question, List.of(), null), new Heard()));
            answers.add(answer);
            Thread caller = Thread.ofPlatform().start(answer);
            while (caller.isAlive() && caller.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();      // it waits for its answer before the next one comes
            }
        }
        for (FutureTask<Answer> answer : answers) {
            assertEquals(Provider.Mode.GENERATED, answer.get(60, TimeUnit.SECONDS).mode());
        }
        assertEquals(IntStream.range(0, most).boxed().toList(), order);
    }

    private static int number(String text) {
        Matcher found = Pattern.compile("\\(number (\\d+)\\)").matcher(text);
        return found.find() ? Integer.parseInt(found.group(1)) : -1;
    }

    private static void hold(CountDownLatch latch) {
        try {
            assertTrue(latch.await(10, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void use(Provider provider) {
        pipeline.addProvider(provider, Map.of());
    }

    private Answer ask(String question) throws PipelineException, InterruptedException {
        heard.text.setLength(0);
        return pipeline.prompt(new Prompting.Request(question, List.of(guide), null), heard);
    }
}
