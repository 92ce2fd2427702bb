package studio.ozone.llm.extractive;

import java.util.ArrayList;
import java.util.List;
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

import studio.ozone.api.config.Facts;
import studio.ozone.api.llm.Provider;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.Embedder;
import studio.ozone.llm.evidence.Choice;
import studio.ozone.llm.evidence.Question;
import studio.ozone.llm.evidence.Ranking;
import studio.ozone.llm.evidence.Ranking.Candidate;
import studio.ozone.llm.evidence.Segmenter;

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

    @ObjectClassDefinition(name = "Extractive answers", description = "Answers that quote sentences of the evidence; no language model.")
    public @interface Config {

        @AttributeDefinition(description = "Whether extractive answers are there at all.")
        boolean enabled() default true;

        @AttributeDefinition(description = "Sentences quoted at most.", min = "1", max = "10")
        @Facts(unit = "sentences")
        int max__quotes() default 3;

        @AttributeDefinition(description = "Evidence that an answer needs, quoted or generated: 0.8 of the nearest sentence's likeness in meaning and 0.2 of the words"
                + " that are covered, less 0.2 where the names asked about are missing. Below it the answer is that nothing was found.", min = "0", max = "1")
        double min__evidence() default Choice.MIN_EVIDENCE;

        @AttributeDefinition(description = "The same where there is no embedding model: the share of the question's words, each weighted by its"
                + " rarity, that the best sentence and its surroundings cover.", min = "0", max = "1")
        double min__coverage() default Choice.MIN_COVERAGE;

        @AttributeDefinition(description = "Sentences compared with the question by meaning, best first; 0 compares words only.",
                min = "0", max = "100")
        @Facts(unit = "sentences")
        int compare__by__meaning() default Choice.COMPARED;
    }

    private final Workers workers;
    private final MetricRegistry metrics;
    private final Timer answers;
    private volatile Choice choice;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    private volatile Embedder embedder;

    @Activate
    public ExtractiveProvider(@Reference Workers workers, @Reference MetricRegistry metrics, Config config) {
        this.workers = workers;
        this.metrics = metrics;
        this.choice = checked(config);
        this.answers = metrics.timer(ANSWERS);
    }

    @Modified
    void reconfigure(Config changed) {
        choice = checked(changed);
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
        try (Workers.Working counted = workers.working(); Timer.Context timing = answers.time()) {
            String question = request.messages().getLast().text();
            int input = countTokens(question) + request.passages().stream().mapToInt(passage -> countTokens(passage.text())).sum();
            List<Candidate> ranked = new Ranking(Question.of(question), request.passages()).candidates();
            List<Candidate> chosen = choice.of(question, ranked, embedder, this::countTokens, request.maxOutputTokens());
            if (chosen.isEmpty()) {
                return new Completion("", List.of(), Stop.NOTHING_FOUND, new Usage(input, 0, 0));
            }
            return word(chosen, input, pieces);
        }
    }

    private Completion word(List<Candidate> chosen, int input, Consumer<String> pieces) {
        StringBuilder answer = new StringBuilder();
        List<Quote> quotes = new ArrayList<>();
        for (Candidate candidate : chosen) {
            String text = candidate.passage().text();
            int start = text.codePointCount(0, candidate.unit().start());
            int end = start + candidate.unit().text().codePointCount(0, candidate.unit().text().length());
            quotes.add(new Quote(candidate.passage().n(), start, end));
            boolean block = candidate.unit().kind() != Segmenter.Kind.SENTENCE;
            String piece = (answer.isEmpty() ? "" : block ? "\n" : " ") + candidate.unit().text() + " [" + quotes.size() + "]";
            pieces.accept(piece);
            answer.append(piece);
        }
        return new Completion(answer.toString(), quotes, Stop.COMPLETE, new Usage(input, countTokens(answer.toString()), 0));
    }

    private static Choice checked(Config config) {
        within("max_quotes", config.max__quotes(), 1, 10);
        within("min_evidence", config.min__evidence(), 0, 1);
        within("min_coverage", config.min__coverage(), 0, 1);
        within("compare_by_meaning", config.compare__by__meaning(), 0, 100);
        return new Choice(config.max__quotes(), config.min__evidence(), config.min__coverage(), config.compare__by__meaning());
    }

    private static void within(String key, double value, int min, int max) {
        if (!(value >= min && value <= max)) {
            throw new IllegalArgumentException("llm.extractive." + key + " = " + value + " is outside " + min + ".." + max);
        }
    }
}
