package studio.ozone.pipeline.prompt;

import java.util.List;

import studio.ozone.api.llm.Provider.Quote;
import studio.ozone.api.pipeline.Prompting.Context;
import studio.ozone.api.pipeline.Prompting.Sentence;
import studio.ozone.api.pipeline.Prompting.Usage;

/**
 * What a provider made of a question.
 *
 * @param text null where nothing answers it
 * @param sentences null where each quote is one
 * @param quotes citation n is the quote n − 1
 * @param usage null where it was not asked
 */
record Outcome(String text, List<Sentence> sentences, List<Quote> quotes, List<Evidence> evidence, Context context, Usage usage) {

    static Outcome nothing(List<Evidence> evidence, Context context, Usage usage) {
        return new Outcome(null, List.of(), List.of(), evidence, context, usage);
    }
}
