package studio.ozone.llm.extractive;

import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.List;

import com.codahale.metrics.MetricRegistry;
import org.junit.Test;

import studio.ozone.api.kit.TestWorkers;
import studio.ozone.api.llm.Provider.Completion;
import studio.ozone.api.llm.Provider.Message;
import studio.ozone.api.llm.Provider.Passage;
import studio.ozone.api.llm.Provider.Quote;
import studio.ozone.api.llm.Provider.Request;
import studio.ozone.api.llm.Provider.Role;
import studio.ozone.api.llm.Provider.Stop;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.zsei.Embedder;
import studio.ozone.api.zsei.ZseiException;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

public class ExtractiveProviderTest {

    private static final String GUIDE = """
            # Pipelines

            Every pipeline can be switched while the engine runs. Nothing else restarts.

            ## Voice

            The voice pipeline turns speech into text. It needs a microphone and 400 MB of memory.

            ```toml
            [pipeline.built_in]
            voice_enabled = false      # If not using voice
            browser_navigation_enabled = false
            ```

            ## Logs

            The log is kept in `log/ozone.log`. Ten files of 100 MB are kept at most.
            """;
    private static final String HISTORY = "The lighthouse 🗼 of Arkona was built in 1826 by Karl Friedrich Schinkel. It is 19 metres tall. "
            + "Because the coast is steep, ships had often run aground there. Today it houses a museum, which is open from April to October.";

    private final TestWorkers workers = TestWorkers.withoutPools();
    private final MetricRegistry metrics = new MetricRegistry();
    private final ExtractiveProvider provider = new ExtractiveProvider(workers, metrics, config(3, 0.25));

    @Test
    public void theLineThatSwitchesIsQuoted() throws Exception {
        for (String question : List.of("How do I switch the voice pipeline off?", "How can I disable voice?", "turn voice off")) {
            String quoted = first(question);
            assertTrue(question + " -> " + quoted, quoted.startsWith("voice_enabled = false"));
        }
    }

    @Test
    public void theKindOfThingAskedForDecides() throws Exception {
        assertTrue(first("When was the lighthouse built?").contains("1826"));
        assertTrue(first("Who built the lighthouse of Arkona?").contains("Schinkel"));
        assertTrue(first("How tall is the lighthouse?").contains("19 metres"));
        assertTrue(first("Why did ships run aground?").contains("steep"));
        assertTrue(first("Where is the log kept?").contains("log/ozone.log"));
    }

    @Test
    public void whatNobodyWroteIsNotAnswered() throws Exception {
        for (String question : List.of("Who won the football world cup in Brazil?", "How do I bake sourdough bread?", "asdf qwerty zxcv")) {
            Completion completion = ask(provider, question, new ArrayList<>());
            assertEquals(question, Stop.NOTHING_FOUND, completion.stop());
            assertEquals("", completion.text());
            assertTrue(completion.quotes().isEmpty());
        }
        assertEquals(Stop.NOTHING_FOUND, provider.complete(request("Anything?", List.of()), piece -> { }).stop());
    }

    @Test
    public void piecesAreTheTextAndQuotesCountCodePoints() throws Exception {
        List<String> pieces = new ArrayList<>();
        Completion completion = ask(provider, "How tall is the lighthouse of Arkona, and who built it?", pieces);
        assertEquals(Stop.COMPLETE, completion.stop());
        assertEquals(completion.text(), String.join("", pieces));
        assertTrue(completion.quotes().size() <= 3);
        for (int i = 0; i < completion.quotes().size(); i++) {
            String quoted = quoted(completion.quotes().get(i));
            assertTrue(completion.text().contains(quoted + " [" + (i + 1) + "]"));
        }
    }

    @Test
    public void whatOnlyAsksTheQuestionAgainIsNotQuoted() throws Exception {
        String question = "How do I switch the voice pipeline off?";
        for (String again : List.of("```sh\n./core prompt --with README.md \"How do I switch the voice pipeline off?\"\n```",
                "Somebody asked \"how do I switch the voice pipeline off\" and got the line of the guide.", "Q: How do I switch the voice pipeline off?")) {
            List<Passage> passages = List.of(new Passage(2, "README", again, 0.9), passages().getFirst());
            Completion completion = provider.complete(request(question, passages), piece -> { });
            assertTrue(completion.text(), completion.text().startsWith("voice_enabled = false"));
            assertTrue(completion.text(), completion.quotes().stream().noneMatch(quote -> quote.passage() == 2));
            assertEquals(again, Stop.NOTHING_FOUND, provider.complete(request(question, passages.subList(0, 1)), piece -> { }).stop());
        }
    }

    @Test
    public void aQuestionThatIsAnsweredWhereItStandsIsQuoted() throws Exception {
        Passage bullet = new Passage(1, "FAQ", "- How do I switch the voice pipeline off? Set voice_enabled to false.", 0.5);
        assertTrue(provider.complete(request("How do I switch the voice pipeline off?", List.of(bullet)), piece -> { }).text().contains("voice_enabled to false"));
        Passage line = new Passage(1, "guide", "The release is signed by Ada.", 0.5);
        assertTrue(provider.complete(request("release is signed", List.of(line)), piece -> { }).text().contains("Ada"));
        assertTrue(provider.complete(request("the release is signed by Ada", List.of(line)), piece -> { }).text().contains("Ada"));
    }

    @Test
    public void aRequestCountsAsWorkUntilItIsAnswered() throws Exception {
        List<Integer> seen = new ArrayList<>();
        provider.complete(request("How tall is the lighthouse?", passages()), piece -> seen.add(workers.inProgress()));
        assertFalse(seen.isEmpty());
        assertTrue(seen.toString(), seen.stream().allMatch(count -> count == 1));
        assertEquals(0, workers.inProgress());
    }

    @Test
    public void settingsHold() throws Exception {
        ExtractiveProvider one = new ExtractiveProvider(workers, metrics, config(1, 0.25));
        assertEquals(1, ask(one, "How tall is the lighthouse of Arkona, and who built it?", new ArrayList<>()).quotes().size());
        one.reconfigure(config(1, 1.0));
        assertEquals(Stop.NOTHING_FOUND, ask(one, "How tall is the lighthouse of Helgoland?", new ArrayList<>()).stop());
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> one.reconfigure(config(0, 0.25)));
        assertTrue(refused.getMessage().contains("llm.extractive.max_quotes"));
        assertEquals(Stop.NOTHING_FOUND, ask(one, "How tall is the lighthouse of Helgoland?", new ArrayList<>()).stop());
    }

    @Test
    public void anAnswerKeepsToItsLength() throws Exception {
        Completion completion = provider.complete(new Request(List.of(new Message(Role.USER, "How tall is the lighthouse?")), passages(), 10, null), piece -> { });
        assertFalse(completion.quotes().isEmpty());
        assertTrue(completion.quotes().stream().allMatch(quote -> provider.countTokens(quoted(quote)) <= 10));
    }

    @Test
    public void aSchemaIsRefused() {
        ProviderException refused = assertThrows(ProviderException.class, () -> provider.complete(
                new Request(List.of(new Message(Role.USER, "x")), passages(), 100, "{}"), piece -> { }));
        assertEquals(ProviderException.Code.UNSUPPORTED, refused.code());
    }

    @Test
    public void meaningDecidesWhereWordsDoNot() throws Exception {
        List<Passage> passages = List.of(new Passage(1, "notes", "The parcel was late again. The customer was furious about it.", 0.5));
        Embedder embedder = new Scripted("furious", "angry");
        Completion completion = new ExtractiveProvider(workers, metrics, config(1, 0.25)).with(embedder).complete(request("Was the angry customer informed?", passages), piece -> { });
        assertTrue(completion.text().contains("furious"));
    }

    @Test
    public void aBrokenModelLeavesTheWords() throws Exception {
        Embedder broken = new Scripted() {
            @Override
            public float[] embed(String text) throws ZseiException {
                throw new ZseiException(ZseiException.Code.EMBEDDER_UNAVAILABLE, "no model");
            }
        };
        Completion completion = ask(new ExtractiveProvider(workers, metrics, config(1, 0.25)).with(broken), "How tall is the lighthouse?", new ArrayList<>());
        assertTrue(completion.text().contains("19 metres"));
    }

    @Test(timeout = 20_000)
    public void aQuestionOfAHundredThousandCharactersIsAnswered() throws Exception {
        String question = "How tall is the lighthouse? " + "irrelevant filler words that go on and on ".repeat(2_400);
        assertTrue(question.length() > 100_000);
        ask(provider, question, new ArrayList<>());
    }

    @Test
    public void nothingStaysBehind() {
        assertFalse(metrics.getNames().isEmpty());
        provider.close();
        assertTrue(metrics.getNames().isEmpty());
    }

    private String first(String question) throws Exception {
        return quoted(ask(provider, question, new ArrayList<>()).quotes().getFirst());
    }

    private static Completion ask(ExtractiveProvider provider, String question, List<String> pieces) throws Exception {
        return provider.complete(request(question, passages()), pieces::add);
    }

    private static Request request(String question, List<Passage> passages) {
        return new Request(List.of(new Message(Role.USER, question)), passages, 4_096, null);
    }

    private static List<Passage> passages() {
        return List.of(new Passage(1, "guide.md", GUIDE, 0.4), new Passage(2, "Arkona", HISTORY, 0.4));
    }

    private static String quoted(Quote quote) {
        String text = passages().get(quote.passage() - 1).text();
        return text.substring(text.offsetByCodePoints(0, quote.start()), text.offsetByCodePoints(0, quote.end()));
    }

    private static ExtractiveProvider.Config config(int quotes, double coverage) {
        return new ExtractiveProvider.Config() {
            @Override
            public boolean enabled() {
                return true;
            }

            @Override
            public int max__quotes() {
                return quotes;
            }

            @Override
            public double min__evidence() {
                return 0.42;
            }

            @Override
            public double min__coverage() {
                return coverage;
            }

            @Override
            public int compare__by__meaning() {
                return 12;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return ExtractiveProvider.Config.class;
            }
        };
    }

    /** Texts that hold one of the words point one way, all others another. */
    private static class Scripted implements Embedder {

        private final List<String> words;

        Scripted(String... words) {
            this.words = List.of(words);
        }

        @Override
        public String model() {
            return "scripted";
        }

        @Override
        public int dimension() {
            return 2;
        }

        @Override
        public int parallelism() {
            return 1;
        }

        @Override
        public boolean loaded() {
            return true;
        }

        @Override
        public float[] embed(String text) throws ZseiException {
            return words.stream().anyMatch(text::contains) ? new float[] {1, 0} : new float[] {0, 1};
        }
    }
}
