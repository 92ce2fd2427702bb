package studio.ozone.pipeline.text_analysis.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import studio.ozone.api.pipeline.TextAnalysis.Keyword;

/** What a text is about. Weights are rounded to three places, so that the same text always has the same ones. */
final class Keywords {

    private static final int LONGEST = 4;
    private static final Set<String> EMPTY = Set.of("case", "cases", "day", "example", "examples", "fact", "kind", "kinds", "lot", "lots", "number",
            "one", "ones", "other", "others", "part", "parts", "people", "place", "places", "point", "same", "side", "such", "thing", "things",
            "time", "times", "way", "ways", "year", "years", "first", "last", "many", "more", "most", "new", "own", "several", "e.g", "i.e", "etc");

    private static final Set<String> ENGLISH = StopWords.of("eng");

    /** One candidate: how it is written, how often, and in what longer ones it lies. */
    private static final class Candidate {
        private final Map<String, Integer> spellings = new HashMap<>();
        private int count;
        private long countWithin;
        private int longer;

        private void add(String spelling) {
            spellings.merge(spelling, 1, Integer::sum);
            count++;
        }

        private String spelling() {
            return spellings.entrySet().stream().min(Map.Entry.<String, Integer>comparingByValue().reversed()
                    .thenComparing(Map.Entry.comparingByKey())).orElseThrow().getKey();
        }
    }

    private record Scored(String key, Candidate candidate, double score) { }

    private Keywords() {
    }

    /**
     * Of tagged sentences the noun phrases of one to four words, by C-value: log2(words + 1) × (count − mean count of the longer candidates
     * it lies in), after Frantzi, Ananiadou and Mima, "Automatic recognition of multi-word terms" (2000), with + 1 so that single words
     * count. Singular and plural are one.
     */
    static List<Keyword> byPhrases(List<Sentence> sentences, int most) {
        Set<String> vocabulary = new HashSet<>();
        sentences.forEach(sentence -> sentence.tokens().forEach(token -> vocabulary.add(token.text().toLowerCase(Locale.ROOT))));
        Map<List<String>, Candidate> candidates = new HashMap<>();
        for (Sentence sentence : sentences) {
            List<Token> phrase = new ArrayList<>();
            for (Token token : sentence.tokens()) {
                if (canBelong(token)) {
                    phrase.add(token);
                } else {
                    count(phrase, vocabulary, candidates);
                    phrase.clear();
                }
            }
            count(phrase, vocabulary, candidates);
        }
        candidates.forEach((words, candidate) -> {
            Set<List<String>> within = new HashSet<>();
            for (int from = 0; from < words.size(); from++) {
                for (int to = from + 1; to <= words.size(); to++) {
                    if (to - from < words.size() && within.add(words.subList(from, to))) {
                        Candidate shorter = candidates.get(words.subList(from, to));
                        if (shorter != null) {
                            shorter.countWithin += candidate.count;
                            shorter.longer++;
                        }
                    }
                }
            }
        });
        List<Scored> scored = new ArrayList<>();
        candidates.forEach((words, candidate) -> {
            double within = candidate.longer == 0 ? 0 : (double) candidate.countWithin / candidate.longer;
            scored.add(new Scored(String.join(" ", words), candidate, Math.log(words.size() + 1) / Math.log(2) * (candidate.count - within)));
        });
        return strongest(scored, most);
    }

    private static boolean canBelong(Token token) {
        return ("NOUN".equals(token.tag()) || "PROPN".equals(token.tag()) || "ADJ".equals(token.tag())) && token.text().length() > 1
                && token.text().length() <= 40 && token.text().codePoints().allMatch(each -> Character.isLetterOrDigit(each) || "-.'’".indexOf(each) >= 0)
                && token.isWord() && !token.text().endsWith(".") && !(token.tag().equals("ADJ") && EMPTY.contains(token.text().toLowerCase(Locale.ROOT)));
    }

    /** Counts every part of a phrase that ends in a noun. */
    private static void count(List<Token> phrase, Set<String> vocabulary, Map<List<String>, Candidate> candidates) {
        for (int to = 1; to <= phrase.size(); to++) {
            if (phrase.get(to - 1).tag().equals("ADJ")) {
                continue;
            }
            for (int from = Math.max(0, to - LONGEST); from < to; from++) {
                List<Token> part = phrase.subList(from, to);
                if (part.size() == 1 && saysNothing(part.getFirst())) {
                    continue;
                }
                List<String> key = part.stream().map(token -> singular(token.text().toLowerCase(Locale.ROOT), vocabulary)).toList();
                candidates.computeIfAbsent(key, none -> new Candidate()).add(String.join(" ", part.stream().map(Keywords::spelling).toList()));
            }
        }
    }

    /** Alone, that is: a time says nothing, a time series does. */
    private static boolean saysNothing(Token token) {
        String word = token.text().toLowerCase(Locale.ROOT);
        return EMPTY.contains(word) || !token.tag().equals("PROPN") && ENGLISH.contains(word);
    }

    private static String singular(String word, Set<String> vocabulary) {
        return word.length() > 3 && word.endsWith("s") && vocabulary.contains(word.substring(0, word.length() - 1))
                ? word.substring(0, word.length() - 1) : word;
    }

    private static String spelling(Token token) {
        return token.tag().equals("PROPN") || !token.isCapitalised() ? token.text() : token.text().toLowerCase(Locale.ROOT);
    }

    /**
     * Of sentences without tags single words, by frequency × ln(1 + length). German writes its nouns with capitals, so there only words
     * count that are capitalised within a sentence.
     */
    static List<Keyword> byFrequency(List<Sentence> sentences, String language, int most) {
        Set<String> stop = StopWords.of(language);
        boolean german = language.equals("deu");
        Set<String> nouns = new HashSet<>();
        Map<String, Candidate> candidates = new HashMap<>();
        for (Sentence sentence : sentences) {
            for (int i = 0; i < sentence.tokens().size(); i++) {
                Token token = sentence.tokens().get(i);
                String key = token.text().toLowerCase(Locale.ROOT);
                if (token.isWord() && key.codePointCount(0, key.length()) > 2 && key.length() <= 60 && !stop.contains(key)) {
                    candidates.computeIfAbsent(key, none -> new Candidate()).add(token.text());
                    if (i > 0 && Character.isUpperCase(token.text().codePointAt(0)) || sentence.heading()) {
                        nouns.add(key);
                    }
                }
            }
        }
        List<Scored> scored = new ArrayList<>();
        candidates.forEach((key, candidate) -> {
            if (!german || nouns.contains(key)) {
                scored.add(new Scored(key, candidate, candidate.count * Math.log1p(key.codePointCount(0, key.length()))));
            }
        });
        return strongest(scored, most);
    }

    private static List<Keyword> strongest(List<Scored> scored, int most) {
        List<Scored> best = scored.stream().filter(one -> one.score() > 0)
                .sorted(Comparator.comparingDouble(Scored::score).reversed().thenComparing(Scored::key)).limit(most).toList();
        Set<String> seen = new HashSet<>();
        return best.stream().map(one -> new Keyword(one.candidate().spelling(), Math.max(0.001, Math.round(1000 * one.score() / best.getFirst().score()) / 1000.0),
                one.candidate().count)).filter(keyword -> seen.add(keyword.text())).toList();
    }
}
