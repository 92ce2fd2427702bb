package studio.ozone.pipeline.text_analysis.internal;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Sentences and words by the rules of Unicode's text segmentation, for languages without a model. No parts of speech. A run of Han
 * characters counts as one word, since no dictionary cuts it.
 */
final class RuleGrammar implements Grammar {

    private final BreakIterator sentences;
    private final BreakIterator words;

    RuleGrammar(Locale locale) {
        sentences = BreakIterator.getSentenceInstance(locale);
        words = BreakIterator.getWordInstance(locale);
    }

    @Override
    public List<Sentence> sentences(Prose.Block block) {
        String text = block.text();
        List<Sentence> result = new ArrayList<>();
        sentences.setText(text);
        int start = sentences.first();
        for (int end = sentences.next(); end != BreakIterator.DONE; start = end, end = sentences.next()) {
            List<Token> tokens = tokens(text.substring(start, end));
            if (!tokens.isEmpty()) {
                result.add(new Sentence(tokens, block.heading()));
            }
        }
        return result;
    }

    private List<Token> tokens(String sentence) {
        List<Token> result = new ArrayList<>();
        words.setText(sentence);
        int start = words.first();
        for (int end = words.next(); end != BreakIterator.DONE; start = end, end = words.next()) {
            String text = sentence.substring(start, end);
            if (!text.isBlank()) {
                result.add(new Token(text, null));
            }
        }
        return result;
    }
}
