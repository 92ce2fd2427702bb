package studio.ozone.pipeline.prompt;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import com.codahale.metrics.MetricRegistry;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.llm.Provider;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.pipeline.Prompting;
import studio.ozone.api.pipeline.Prompting.Answer;
import studio.ozone.api.pipeline.Prompting.Citation;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.RelationType;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

public class PromptPipelineTest {

    private static final String TEXT = "# Voice 🎙\n\nThe voice pipeline listens.\n\nSwitch the voice pipeline off with\nvoice_enabled = false and it stops.\n\nUnrelated paragraph.\n";
    private static final String QUESTION = "How do I switch the voice pipeline off?";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final World world = new World();
    private final MetricRegistry metrics = new MetricRegistry();
    private final Heard heard = new Heard();
    private PromptPipeline pipeline;
    private Path guide;
    private boolean keep = true;

    @Before
    public void open() throws Exception {
        guide = Files.writeString(folder.newFile("guide.md").toPath(), TEXT);
        pipeline = pipeline(100_000, 10);
    }

    @After
    public void close() {
        if (!world.pool.isShutdown()) {
            pipeline.close();
        }
    }

    @Test
    public void aCitationIsReadAgainInItsFile() throws Exception {
        use(Scripted.quoting("voice_enabled = false"));
        Answer answer = ask(QUESTION, guide);
        Citation citation = answer.citations().getFirst();
        int at = TEXT.indexOf("voice_enabled");
        int start = TEXT.codePointCount(0, at);
        assertEquals(new Citation(1, guide.toString(), null, "guide.md", start, start + 21, 6, "voice_enabled = false", true), citation);
        assertEquals("voice_enabled = false [1]", answer.answer());
        assertEquals(answer.answer(), heard.text.toString());
        assertEquals(Provider.Mode.EXTRACTIVE, answer.mode());
        assertEquals(List.of("ingest", "retrieve", "assemble", "provide", "verify", "total"), List.copyOf(answer.timingsMs().keySet()));
        assertEquals(List.of("ingest", "retrieve", "assemble", "provide", "verify"), heard.stages);
        assertTrue(heard.progress > 0);
        assertEquals(List.of(), answer.notes());
        assertEquals(answer.context().tokens(), 10 + answer.context().included().stream().mapToInt(Prompting.ContextItem::tokens).sum());
        assertEquals(8_192 - 4_096, answer.context().budget());
        assertEquals(List.of(new Prompting.Sentence("voice_enabled = false", List.of(1), true, List.of())), answer.sentences());
        assertNull("nobody measured it", answer.usage().tokensPerSecond());
    }

    @Test
    public void theRunIsRecordedWithoutTheQuestion() throws Exception {
        keep = false;
        pipeline.reconfigure(config(100_000, 10), Settings.tokens(4_096, ""), Settings.llm("local"), Settings.judging(0));
        use(Scripted.quoting("voice_enabled = false"));
        Answer answer = ask(QUESTION, guide);
        assertEquals(0, answer.conversation());
        Container task = world.get(answer.task()).orElseThrow();
        assertEquals(ContainerType.TASK, task.type());
        assertEquals("completed", task.attributes().get("status"));
        assertEquals("extractive", task.attributes().get("provider"));
        assertFalse(task.toString().contains("voice pipeline"));
        assertEquals(1, world.relations.size());
        assertEquals(RelationType.REFERENCES, world.relations.getFirst().type());
        assertEquals(world.find(guide.toString(), null).orElseThrow().id(), world.relations.getFirst().to());
    }

    @Test
    public void neighboursAreOnePassage() throws Exception {
        Scripted provider = Scripted.quoting("voice_enabled = false");
        use(provider);
        ask(QUESTION, guide);
        assertEquals(1, provider.seen.passages().size());
        assertTrue(provider.seen.passages().getFirst().text().contains("listens.\n\nSwitch"));
    }

    @Test
    public void whatDoesNotGoInIsListedWithTheReason() throws Exception {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            files.add(Files.writeString(folder.newFile("f" + i + ".md").toPath(), "The voice pipeline number " + i + " talks.\n"));
        }
        files.add(Files.writeString(folder.newFile("big.md").toPath(), "Switch the voice pipeline off: " + "very long text ".repeat(2_000)));
        Scripted provider = Scripted.quoting("talks");
        use(provider);
        Answer answer = pipeline.prompt(new Prompting.Request(QUESTION, files, null), heard);
        assertEquals(10, answer.context().included().size());
        assertEquals(21, answer.context().cut().size());
        assertTrue(answer.context().cut().stream().anyMatch(item -> item.source().endsWith("big.md") && item.reason().contains("budget of 4096")));
        assertTrue(answer.context().cut().stream().filter(item -> !item.source().endsWith("big.md")).allMatch(item -> item.reason().contains("max_passages")));
        assertTrue(answer.context().included().stream().allMatch(item -> item.reason() == null));
        assertTrue(answer.context().tokens() <= answer.context().budget());
    }

    @Test
    public void aChangedFileIsReadAgainOnce() throws Exception {
        use(Scripted.quoting("voice_enabled = never"));
        ask(QUESTION, guide);
        Files.writeString(guide, TEXT.replace("= false", "= never"));
        int before = world.ingests;
        Answer answer = pipeline.prompt(new Prompting.Request(QUESTION, List.of(), null), heard);
        assertEquals(before + 1, world.ingests);
        assertTrue(answer.citations().getFirst().verified());
        assertEquals(List.of(), answer.notes());
    }

    @Test
    public void aChangedFileIsLeftOutWhereIngestIsOff() throws Exception {
        use(Scripted.quoting("voice_enabled"));
        ask(QUESTION, guide);
        Files.writeString(guide, TEXT.replace("Switch", "Turn"));
        pipeline.with(null);
        Answer answer = pipeline.prompt(new Prompting.Request(QUESTION, List.of(), null), heard);
        assertTrue(answer.citations().isEmpty());
        assertTrue(answer.notes().toString(), answer.notes().getFirst().contains("has changed") && answer.notes().getFirst().contains("why-absent:pipeline.ingest"));
        assertEquals("changed since it was read", answer.context().cut().getFirst().reason());
    }

    @Test
    public void aFileThatIsGoneIsReportedAsGone() throws Exception {
        use(Scripted.quoting("voice_enabled"));
        ask(QUESTION, guide);
        Files.delete(guide);
        Answer answer = pipeline.prompt(new Prompting.Request(QUESTION, List.of(), null), heard);
        assertTrue(answer.citations().isEmpty());
        assertTrue(answer.notes().getFirst().contains(guide + " is gone"));
        assertEquals("gone", answer.context().cut().getFirst().reason());
        assertEquals("Not in your material: nothing that was found in 1 document answers this.", answer.answer());
    }

    @Test
    public void aFileThatChangesUnderTheProviderIsNotVerified() throws Exception {
        use(new Scripted("extractive", Provider.Mode.EXTRACTIVE, (request, pieces) -> {
            write(guide, "something else");
            return new Provider.Completion("x [1]", List.of(new Provider.Quote(1, 0, 5)), Provider.Stop.COMPLETE, new Provider.Usage(0, 0, 0));
        }));
        Answer answer = ask(QUESTION, guide);
        assertFalse(answer.citations().getFirst().verified());
        assertTrue(answer.notes().getFirst().contains("[1] is not verified"));
    }

    @Test
    public void withoutIngestWhatWasReadBeforeCounts() throws Exception {
        use(Scripted.quoting("voice_enabled = false"));
        ask(QUESTION, guide);
        pipeline.with(null);
        Answer answer = ask(QUESTION, guide);
        assertEquals(1, answer.citations().size());
        assertTrue(answer.notes().getFirst().contains("why-absent:pipeline.ingest"));
        Path other = folder.newFile("other.md").toPath();
        refused(PipelineException.Code.UNAVAILABLE, "why-absent:pipeline.ingest", QUESTION, other);
    }

    @Test
    public void whatCannotBeReadIsANoteAndNothingAtAllAnError() throws Exception {
        use(Scripted.quoting("voice_enabled = false"));
        Path broken = folder.newFile("x.broken").toPath();
        Answer answer = ask(QUESTION, guide, broken);
        assertEquals(1, answer.citations().size());
        assertTrue(answer.notes().getFirst().contains("x.broken was not read: not text"));
        refused(PipelineException.Code.FAILED, "not text", QUESTION, broken);
    }

    @Test
    public void onlyWhatIsNamedIsSearched() throws Exception {
        use(Scripted.quoting("voice"));
        ask(QUESTION, guide);
        assertEquals(world.documents(), world.queries.getLast().within());
    }

    @Test
    public void badQuestionsAreRefused() throws Exception {
        use(Scripted.quoting("x"));
        refused(PipelineException.Code.INVALID, "empty", "");
        refused(PipelineException.Code.INVALID, "empty", " \n\t");
        refused(PipelineException.Code.INVALID, "pipeline.prompt.max_question_chars allows 100000", "x".repeat(1 << 20));
        refused(PipelineException.Code.INVALID, "llm.prompt.reserve_output_tokens", "word ".repeat(15_000));
        refused(PipelineException.Code.NOT_FOUND, "missing.md", QUESTION, folder.getRoot().toPath().resolve("missing.md"));
        refused(PipelineException.Code.INVALID, "relative.md", QUESTION, Path.of("relative.md"));
        assertTrue(world.queries.isEmpty());
    }

    @Test
    public void withoutAProviderTheKeyIsNamed() {
        refused(PipelineException.Code.UNAVAILABLE, "why-absent:llm.extractive", QUESTION);
    }

    @Test
    public void theProviderIsTheOneAskedForElseTheConfiguredElseTheBest() throws Exception {
        Scripted low = new Scripted("low", Provider.Mode.EXTRACTIVE, PromptPipelineTest::nothing);
        Scripted high = new Scripted("high", Provider.Mode.EXTRACTIVE, PromptPipelineTest::nothing);
        pipeline.addProvider(low, Map.of("service.ranking", -5));
        pipeline.addProvider(high, Map.of());
        assertEquals("high", ask(QUESTION).provider());
        assertEquals("low", pipeline.prompt(new Prompting.Request(QUESTION, List.of(), "low"), heard).provider());
        PipelineException missing = assertThrows(PipelineException.class, () -> pipeline.prompt(new Prompting.Request(QUESTION, List.of(), "gpt"), heard));
        assertTrue(missing.getMessage().contains("running: high, low") && missing.getMessage().contains("why-absent:llm.gpt"));
        pipeline.reconfigure(config(100_000, 10), Settings.tokens(4_096, ""), Settings.llm("low"), Settings.judging(0));
        assertEquals("low", ask(QUESTION).provider());
        pipeline.removeProvider(low);
        Answer answer = ask(QUESTION);
        assertEquals("high", answer.provider());
        assertTrue(answer.notes().getFirst().contains("Quoted by high, since low (llm.default_provider) cannot answer: why-absent:llm.low"));
    }

    @Test
    public void anEmptyStoreSaysSo() throws Exception {
        use(new Scripted("extractive", Provider.Mode.EXTRACTIVE, PromptPipelineTest::nothing));
        assertTrue(ask(QUESTION).answer().contains("no document has been read yet"));
    }

    @Test
    public void theAnswerComesEvenIfTheStoreIsFull() throws Exception {
        use(Scripted.quoting("voice_enabled = false"));
        ask(QUESTION, guide);
        world.full = true;
        Answer answer = pipeline.prompt(new Prompting.Request(QUESTION, List.of(), null), heard);
        assertEquals(0, answer.task());
        assertEquals(1, answer.citations().size());
        assertTrue(answer.notes().getFirst().contains("No space left"));
    }

    @Test
    public void aProviderThatFailsIsAClearError() throws Exception {
        use(new Scripted("model", Provider.Mode.GENERATED, (request, pieces) -> {
            throw new ProviderException(ProviderException.Code.FAILED, "The model broke; load another.");
        }));
        pipeline.reconfigure(config(100_000, 10), Settings.tokens(4_096, ""), Settings.llm("model"), Settings.judging(0));
        refused(PipelineException.Code.FAILED, "The model broke", QUESTION, guide);
    }

    @Test
    public void anInterruptReachesTheProvider() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch left = new CountDownLatch(1);
        use(hanging(entered, left));
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread caller = Thread.ofPlatform().start(() -> {
            try {
                ask(QUESTION);
            } catch (InterruptedException e) {
                interrupted.set(true);
            } catch (PipelineException e) {
                throw new AssertionError(e);
            }
        });
        assertTrue(entered.await(5, TimeUnit.SECONDS));
        caller.interrupt();
        caller.join(5_000);
        assertTrue(interrupted.get());
        assertTrue(left.await(5, TimeUnit.SECONDS));
    }

    @Test
    public void whoWaitsWhenThePipelineStopsIsTold() throws Exception {
        CountDownLatch entered = new CountDownLatch(4);
        use(hanging(entered, new CountDownLatch(4)));
        try (var callers = Executors.newCachedThreadPool()) {
            List<Future<String>> told = new ArrayList<>();
            for (int i = 0; i < 8; i++) {           // four of them wait for a thread
                told.add(callers.submit(() -> assertThrows(PipelineException.class, () -> ask(QUESTION)).getMessage()));
            }
            assertTrue(entered.await(5, TimeUnit.SECONDS));
            long begun = System.nanoTime();
            pipeline.close();
            for (Future<String> one : told) {
                assertEquals("why-absent:pipeline.prompt", one.get(5, TimeUnit.SECONDS));
            }
            assertTrue(System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(2));
        }
        refused(PipelineException.Code.UNAVAILABLE, "why-absent:pipeline.prompt", QUESTION);
        assertTrue(metrics.getNames().isEmpty());
    }

    @Test
    public void wrongSettingsAreRefusedAndTheOldStay() throws Exception {
        use(Scripted.quoting("voice"));
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> pipeline.reconfigure(config(0, 10), Settings.tokens(4_096, ""), Settings.llm("local"), Settings.judging(0)));
        assertTrue(refused.getMessage().contains("pipeline.prompt.max_question_chars = 0"));
        assertNull(ask(QUESTION, guide).citations().getFirst().record());
    }

    private void use(Provider provider) {
        pipeline.addProvider(provider, Map.of());
    }

    private Answer ask(String question, Path... with) throws PipelineException, InterruptedException {
        return pipeline.prompt(new Prompting.Request(question, List.of(with), null), heard);
    }

    private void refused(PipelineException.Code code, String says, String question, Path... with) {
        PipelineException refused = assertThrows(PipelineException.class, () -> ask(question, with));
        assertEquals(refused.getMessage(), code, refused.code());
        assertTrue(refused.getMessage(), refused.getMessage().contains(says));
    }

    private static Provider.Completion nothing(Provider.Request request, Consumer<String> pieces) {
        return new Provider.Completion("", List.of(), Provider.Stop.NOTHING_FOUND, new Provider.Usage(0, 0, 0));
    }

    private static Scripted hanging(CountDownLatch entered, CountDownLatch left) {
        return new Scripted("extractive", Provider.Mode.EXTRACTIVE, (request, pieces) -> {
            entered.countDown();
            try {
                new CountDownLatch(1).await();
                throw new AssertionError("nobody opens this");
            } finally {
                left.countDown();
            }
        });
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private PromptPipeline pipeline(int questionChars, int passages) {
        return new PromptPipeline(world, world, world, world, world, metrics, config(questionChars, passages), Settings.tokens(4_096, ""), Settings.llm("local"), Settings.judging(0)).with(world);
    }

    private Limits.Config config(int questionChars, int passages) {
        return Settings.config(questionChars, passages, keep);
    }
}
