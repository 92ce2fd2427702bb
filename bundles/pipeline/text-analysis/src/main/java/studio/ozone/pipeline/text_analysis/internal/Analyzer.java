package studio.ozone.pipeline.text_analysis.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import studio.ozone.api.pipeline.TextAnalysis.Entity;
import studio.ozone.api.pipeline.TextAnalysis.Heading;
import studio.ozone.api.pipeline.TextAnalysis.Keyword;
import studio.ozone.api.zsei.Sources;

/** Analyses one document after another; several threads may do so at once. */
final class Analyzer {

    private static final int MOST_KEYWORDS = 20;
    private static final int MOST_ENTITIES = 50;

    /** What a text says about itself. */
    record Findings(LanguageGuess language, long words, long sentences, List<Keyword> keywords, List<Entity> entities,
            List<Heading> outline, List<String> notes) { }

    private final Models models;

    Analyzer(Models models) {
        this.models = models;
    }

    /** @param most UTF-16 units of the text that are analysed; the outline is always whole */
    Findings analyze(Sources.Document document, int most) throws IOException, InterruptedException {
        List<String> notes = new ArrayList<>();
        String text = document.text();
        if (text.length() > most) {
            text = text.substring(0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
            notes.add("Only the first " + text.length() + " of " + document.text().length()
                    + " characters were analysed (pipeline.text_analysis.max_characters); the outline is whole");
        }
        List<Prose.Block> blocks = Prose.of(document, text);
        if (document.kind().equals("code")) {
            notes.add("Of source code only the comments were analysed");
        }
        LanguageGuess language = LanguageGuess.of(blocks, models.languages());
        List<Sentence> sentences = sentences(blocks, language);
        if (!language.english() && !blocks.isEmpty()) {
            notes.add("Sentences and words were cut by rules, and keywords are single words by frequency: parts of speech are known for English only");
        }
        List<Keyword> keywords = language.english() ? Keywords.byPhrases(sentences, MOST_KEYWORDS)
                : Keywords.byFrequency(sentences, language.code(), MOST_KEYWORDS);
        List<Entity> entities = Entities.of(text, blocks, sentences, language, MOST_ENTITIES);
        long words = sentences.stream().mapToLong(sentence -> sentence.tokens().stream().filter(Token::counts).count()).sum();
        long counted = sentences.stream().filter(sentence -> sentence.tokens().stream().anyMatch(Token::isWord)).count();
        return new Findings(language, words, counted, keywords, entities, outline(document), notes);
    }

    private List<Sentence> sentences(List<Prose.Block> blocks, LanguageGuess language) throws IOException, InterruptedException {
        Grammar grammar = language.english() ? new EnglishGrammar(models.english()) : new RuleGrammar(language.locale());
        List<Sentence> sentences = new ArrayList<>();
        for (Prose.Block block : blocks) {
            if (Thread.interrupted()) {
                throw new InterruptedException("cancelled");
            }
            sentences.addAll(grammar.sentences(block));
        }
        return sentences;
    }

    private static List<Heading> outline(Sources.Document document) {
        List<Heading> outline = new ArrayList<>();
        String text = document.text();
        int codePoint = 0;
        int at = 0;
        int line = 1;
        for (Sources.Heading heading : document.headings()) {
            for (; codePoint < heading.start() && at < text.length(); codePoint++) {
                int each = text.codePointAt(at);
                line += each == '\n' ? 1 : 0;
                at += Character.charCount(each);
            }
            outline.add(new Heading(heading.level(), heading.text(), line));
        }
        return outline;
    }
}
