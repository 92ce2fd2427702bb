package studio.ozone.pipeline.prompt;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import studio.ozone.api.llm.Provider.Quote;

/**
 * Finds what a generated answer rests on: for each of its sentences the sentence of the passages that shares most of its words,
 * each word weighted by its rarity in the passages. A model's own references are not believed.
 */
final class Attribution {

    /** The share of a sentence's weighted words that a passage's sentence must hold. */
    private static final double SUPPORTED = 0.5;
    /** Shorter words say little, but for numbers. */
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]{4,}|\\p{N}+");

    private Attribution() {
    }

    private record Sentence(int passage, int start, int end, Set<String> words) { }

    /** @return for each passage that the answer rests on, the sentence that supports it best, in the order of the answer */
    static List<Quote> quotes(String answer, List<Evidence> evidence) {
        List<Sentence> known = new ArrayList<>();
        evidence.forEach(one -> known.addAll(sentences(one.n(), one.text())));
        Map<String, Integer> frequency = new HashMap<>();
        known.forEach(sentence -> sentence.words.forEach(word -> frequency.merge(word, 1, Integer::sum)));
        List<Quote> quotes = new ArrayList<>();
        for (Sentence said : sentences(0, answer)) {
            Optional<Sentence> best = known.stream().max(Comparator.comparingDouble(one -> support(said, one, frequency, known.size())));
            if (best.isPresent() && support(said, best.get(), frequency, known.size()) >= SUPPORTED
                    && quotes.stream().noneMatch(quote -> quote.passage() == best.get().passage)) {
                quotes.add(new Quote(best.get().passage, best.get().start, best.get().end));
            }
        }
        return quotes;
    }

    private static double support(Sentence said, Sentence by, Map<String, Integer> frequency, int n) {
        double shared = 0;
        double all = 0;
        for (String word : said.words) {
            int df = frequency.getOrDefault(word, 0);
            double weight = Math.log(1 + (n - df + 0.5) / (df + 0.5));
            all += weight;
            shared += by.words.contains(word) ? weight : 0;
        }
        return all == 0 ? 0 : shared / all;
    }

    private static List<Sentence> sentences(int passage, String text) {
        List<Sentence> sentences = new ArrayList<>();
        BreakIterator breaks = BreakIterator.getSentenceInstance(Locale.ROOT);
        breaks.setText(text);
        int start = breaks.first();
        for (int end = breaks.next(); end != BreakIterator.DONE; start = end, end = breaks.next()) {
            String sentence = text.substring(start, end).stripTrailing();
            Set<String> words = new HashSet<>();
            Matcher matcher = WORD.matcher(sentence.toLowerCase(Locale.ROOT));
            while (matcher.find()) {
                words.add(matcher.group());
            }
            if (!words.isEmpty()) {
                int from = text.codePointCount(0, start);
                sentences.add(new Sentence(passage, from, from + sentence.codePointCount(0, sentence.length()), words));
            }
        }
        return sentences;
    }
}
