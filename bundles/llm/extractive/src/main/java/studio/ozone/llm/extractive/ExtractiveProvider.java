package studio.ozone.llm.extractive;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.llm.Provider;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.zsei.Embedder;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.llm.extractive.Ranking.Candidate;

/**
 * Answers with one to three sentences of the passages, quoted as they stand, each followed by its number. Where even the best
 * one covers too little of the question, it says that it found nothing. It is not a language model and does not claim to be.
 */
@Component(service = Provider.class, configurationPid = ExtractiveProvider.PID,
        property = {Provider.ID + "=" + ExtractiveProvider.NAME, "service.ranking:Integer=-1000"})
@Designate(ocd = ExtractiveProvider.Config.class)
public final class ExtractiveProvider implements Provider {

    static final String PID = "ozone.llm.extractive";
    static final String NAME = "extractive";
    private static final String ANSWERS = "ozone_llm_extractive_answer_seconds";
    private static final Logger LOG = LoggerFactory.getLogger(ExtractiveProvider.class);

    /** A further sentence must come this near to the best one. */
    private static final double NEARLY_AS_GOOD = 0.6;
    private static final double SAME = 0.8;
    private static final double MEANING = 0.5;

    @ObjectClassDefinition(name = "Extractive answers", description = "Answers that quote sentences of the evidence; no language model.")
    public @interface Config {

        @AttributeDefinition(description = "Sentences quoted at most.", min = "1", max = "10")
        int max__quotes() default 3;

        @AttributeDefinition(description = "How much of a question the best sentence and its surroundings must cover, each word weighted by its"
                + " rarity; below it the answer is that nothing was found.", min = "0", max = "1")
        double min__evidence() default 0.3;

        @AttributeDefinition(description = "Sentences compared with the question by meaning, best first; 0 compares words only.",
                min = "0", max = "100")
        int compare__by__meaning() default 12;
    }

    private final MetricRegistry metrics;
    private final Timer answers;
    private volatile Config config;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    private volatile Embedder embedder;

    @Activate
    public ExtractiveProvider(@Reference MetricRegistry metrics, Config config) {
        this.metrics = metrics;
        this.config = checked(config);
        this.answers = metrics.timer(ANSWERS);
    }

    @Modified
    void reconfigure(Config changed) {
        config = checked(changed);
    }

    @Deactivate
    void close() {
        metrics.remove(ANSWERS);
    }

    /** Used where there is no service registry. */
    ExtractiveProvider with(Embedder by) {
        embedder = by;
        return this;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Mode mode() {
        return Mode.EXTRACTIVE;
    }

    @Override
    public int contextLength() {
        return 32_768;
    }

    /** One token for four characters, begun ones counted: the usual rule of thumb for English. */
    @Override
    public int countTokens(String text) {
        return (text.codePointCount(0, text.length()) + 3) / 4;
    }

    @Override
    public Completion complete(Request request, Consumer<String> pieces) throws ProviderException, InterruptedException {
        if (request.jsonSchema() != null) {
            throw new ProviderException(ProviderException.Code.UNSUPPORTED, "The extractive provider quotes text; it cannot answer by a JSON Schema."
                    + " Choose a language model.");
        }
        if (request.messages().isEmpty()) {
            throw new ProviderException(ProviderException.Code.INVALID, "There is no message to answer.");
        }
        Config now = config;
        try (Timer.Context timing = answers.time()) {
            String question = request.messages().getLast().text();
            int input = countTokens(question) + request.passages().stream().mapToInt(passage -> countTokens(passage.text())).sum();
            List<Candidate> chosen = choose(question, request, now);
            if (chosen.isEmpty()) {
                return new Completion("", List.of(), Stop.NOTHING_FOUND, new Usage(input, 0));
            }
            return word(chosen, input, pieces);
        }
    }

    private List<Candidate> choose(String text, Request request, Config now) throws InterruptedException {
        List<Candidate> ranked = byMeaning(text, new Ranking(Question.of(text), request.passages()).candidates(), now.compare__by__meaning());
        List<Candidate> chosen = new ArrayList<>();
        int room = request.maxOutputTokens();
        for (Candidate candidate : ranked) {
            if (chosen.size() == now.max__quotes() || candidate.score() < NEARLY_AS_GOOD * ranked.getFirst().score()) {
                break;
            }
            int tokens = countTokens(candidate.unit().text());
            if (candidate.evidence() >= now.min__evidence() && tokens <= room && chosen.stream().noneMatch(other -> same(other, candidate))) {
                chosen.add(candidate);
                room -= tokens;
            }
        }
        return chosen;
    }

    /** Ranks the first few anew, with the likeness in meaning added. Without a model the order stays. */
    private List<Candidate> byMeaning(String question, List<Candidate> ranked, int first) throws InterruptedException {
        Embedder by = embedder;
        if (by == null || first == 0 || ranked.size() < 2) {
            return ranked;
        }
        try {
            float[] asked = by.embed(question);
            List<Candidate> compared = new ArrayList<>();
            for (Candidate candidate : ranked.subList(0, Math.min(first, ranked.size()))) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                double cosine = dot(asked, by.embed(candidate.unit().text()));
                compared.add(new Candidate(candidate.passage(), candidate.unit(), candidate.stems(), candidate.covered(), candidate.evidence(),
                        candidate.score() + MEANING * cosine));
            }
            compared.sort(Comparator.comparingDouble(Candidate::score).reversed());
            return compared;
        } catch (ZseiException e) {
            LOG.debug("Ranked by words alone: {}", e.getMessage());
            return ranked;
        }
    }

    double strength(String text, List<Passage> passages) throws InterruptedException {
        List<Candidate> ranked = byMeaning(text, new Ranking(Question.of(text), passages).candidates(), config.compare__by__meaning());
        return ranked.isEmpty() ? 0 : ranked.getFirst().evidence();
    }

    private static double dot(float[] a, float[] b) {
        double dot = 0;
        for (int i = 0; i < a.length; i++) {
            dot += a[i] * b[i];
        }
        return dot;
    }

    private static boolean same(Candidate a, Candidate b) {
        Set<String> common = new HashSet<>(a.stems());
        common.retainAll(b.stems());
        int all = a.stems().size() + b.stems().size() - common.size();
        return all == 0 || common.size() >= SAME * all;
    }

    private Completion word(List<Candidate> chosen, int input, Consumer<String> pieces) {
        StringBuilder answer = new StringBuilder();
        List<Quote> quotes = new ArrayList<>();
        Map<String, Integer> numbers = new LinkedHashMap<>();
        for (Candidate candidate : chosen) {
            String text = candidate.passage().text();
            int start = text.codePointCount(0, candidate.unit().start());
            int end = start + candidate.unit().text().codePointCount(0, candidate.unit().text().length());
            Quote quote = new Quote(candidate.passage().n(), start, end);
            int number = numbers.computeIfAbsent(quote.toString(), key -> numbers.size() + 1);
            quotes.add(quote);
            boolean block = candidate.unit().kind() != Segmenter.Kind.SENTENCE;
            String piece = (answer.isEmpty() ? "" : block ? "\n" : " ") + candidate.unit().text() + " [" + number + "]";
            pieces.accept(piece);
            answer.append(piece);
        }
        return new Completion(answer.toString(), quotes, Stop.COMPLETE, new Usage(input, countTokens(answer.toString())));
    }

    private static Config checked(Config config) {
        require(config.max__quotes() >= 1 && config.max__quotes() <= 10, "max_quotes", config.max__quotes(), "1..10");
        require(config.min__evidence() >= 0 && config.min__evidence() <= 1, "min_evidence", config.min__evidence(), "0..1");
        require(config.compare__by__meaning() >= 0 && config.compare__by__meaning() <= 100, "compare_by_meaning",
                config.compare__by__meaning(), "0..100");
        return config;
    }

    private static void require(boolean fits, String key, Object value, String range) {
        if (!fits) {
            throw new IllegalArgumentException("llm.extractive." + key + " = " + value + " is outside " + range);
        }
    }
}
