package studio.ozone.llm.evidence;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import studio.ozone.api.llm.Provider.Passage;
import studio.ozone.llm.evidence.Question.Term;
import studio.ozone.llm.evidence.Segmenter.Kind;
import studio.ozone.llm.evidence.Segmenter.Unit;
import studio.ozone.llm.evidence.Words.Word;

/**
 * Weighs the units of all passages against a question. What counts most is how much of the question a unit covers, each word
 * weighted by its rarity among the units (the inverse document frequency of BM25, Robertson and Spärck Jones 1976). Words that
 * stand near by, in the heading, the sentence before or the rest of the passage, count for less.
 */
public final class Ranking {

    /** What a word of the same meaning counts. */
    private static final double ALIKE = 0.8;
    private static final double LEAD = 0.55;
    private static final double BEFORE = 0.4;
    private static final double AFTER = 0.2;
    private static final double PASSAGE = 0.3;
    /** What else adds to a score: the kind of thing asked for, neighbouring words that stay neighbours, the passage's relevance. */
    private static final double CUE = 0.2;
    private static final double PAIRS = 0.1;
    private static final double RELEVANCE = 0.4;
    /** What a passage loses that is not about those who are asked about. */
    private static final double MISSING = 0.2;

    private final Question question;
    private final List<Candidate> candidates = new ArrayList<>();
    private final double[] weights;
    private final double total;

    /**
     * A unit and what speaks for it.
     *
     * @param passage where it stands
     * @param evidence how much of the question it and its surroundings hold, 0..1, what it holds itself counting most
     * @param missing the share of the question's names and numbers that neither the passage nor its title holds, 0..1
     * @param score what the ranking is by, without the meaning
     */
    public record Candidate(Passage passage, Unit unit, Set<String> stems, double evidence, double missing, double score) { }

    private record Read(Passage passage, Unit unit, List<Word> words, double[] own) { }

    public Ranking(Question question, List<Passage> passages) {
        this.question = question;
        List<List<Read>> read = new ArrayList<>();
        for (Passage passage : passages) {
            List<Read> units = new ArrayList<>();
            for (Unit unit : Segmenter.units(passage.text())) {
                List<Word> words = Words.of(unit.text());
                units.add(new Read(passage, unit, words, matches(words)));
            }
            read.add(units);
        }
        this.weights = weights(read);
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        this.total = sum;
        for (List<Read> units : read) {
            weigh(units);
        }
        candidates.sort(Comparator.comparingDouble(Candidate::score).reversed());
    }

    /** Best first. */
    public List<Candidate> candidates() {
        return candidates;
    }

    private double[] matches(List<Word> words) {
        double[] matches = new double[question.terms().size()];
        Map<String, Double> seen = new HashMap<>();
        for (int t = 0; t < matches.length; t++) {
            Term term = question.terms().get(t);
            for (Word word : words) {
                double likeness = seen.computeIfAbsent(t + word.stem(), key -> likeness(term, word));
                matches[t] = Math.max(matches[t], likeness);
            }
        }
        return matches;
    }

    private static double likeness(Term term, Word word) {
        return Math.max(Words.likeness(term.stem(), word.stem()), term.alike().contains(word.stem()) ? ALIKE : 0);
    }

    private double[] weights(List<List<Read>> read) {
        double[] weights = new double[question.terms().size()];
        long n = read.stream().mapToLong(List::size).sum();
        for (int t = 0; t < weights.length; t++) {
            int term = t;
            double df = read.stream().flatMap(List::stream).mapToDouble(unit -> unit.own[term]).sum();
            weights[t] = Math.log(1 + (n - df + 0.5) / (df + 0.5)) * (question.terms().get(t).name() ? 1.2 : 1);
        }
        return weights;
    }

    private void weigh(List<Read> units) {
        double[] whole = new double[weights.length];
        units.forEach(unit -> raise(whole, unit.own, 1));
        if (!units.isEmpty()) {
            raise(whole, matches(Words.of(units.getFirst().passage.title())), 1);
        }
        double missing = missing(whole);
        for (int i = 0; i < units.size(); i++) {
            Read read = units.get(i);
            if (question.repeatedBy(read.unit.text(), read.words)) {
                continue;       // it still leads to what stands behind it
            }
            double[] near = read.own.clone();
            raise(near, matches(Words.of(read.unit.lead())), LEAD);
            raise(near, i > 0 ? units.get(i - 1).own : near, BEFORE);
            raise(near, i + 1 < units.size() ? units.get(i + 1).own : near, AFTER);
            raise(near, whole, PASSAGE);
            double evidence = share(near);
            double score = evidence + CUE * Cues.strength(question, read.unit, read.words) + PAIRS * pairs(read.words)
                    + RELEVANCE * read.passage.relevance() + form(read) - MISSING * missing;
            candidates.add(new Candidate(read.passage, read.unit, stems(read.words), evidence, missing, score));
        }
    }

    private double missing(double[] whole) {
        int names = 0;
        int absent = 0;
        for (int t = 0; t < whole.length; t++) {
            if (question.terms().get(t).name()) {
                names++;
                absent += whole[t] == 0 ? 1 : 0;
            }
        }
        return names == 0 ? 0 : absent / (double) names;
    }

    private static void raise(double[] to, double[] by, double factor) {
        for (int t = 0; t < to.length; t++) {
            to[t] = Math.max(to[t], factor * by[t]);
        }
    }

    private double share(double[] matches) {
        double sum = 0;
        for (int t = 0; t < matches.length; t++) {
            sum += weights[t] * matches[t];
        }
        return total == 0 ? 0 : sum / total;
    }

    /** The share of neighbouring words of the question that are neighbours here too, at most two words apart. */
    private double pairs(List<Word> words) {
        List<Term> terms = question.terms();
        if (terms.size() < 2) {
            return 0;
        }
        int pairs = 0;
        for (int t = 0; t + 1 < terms.size(); t++) {
            pairs += adjacent(terms.get(t), terms.get(t + 1), words) ? 1 : 0;
        }
        return pairs / (double) (terms.size() - 1);
    }

    private static boolean adjacent(Term first, Term second, List<Word> words) {
        for (int i = 0; i < words.size(); i++) {
            if (likeness(first, words.get(i)) > 0) {
                for (int k = Math.max(0, i - 3); k <= Math.min(words.size() - 1, i + 3); k++) {
                    if (k != i && likeness(second, words.get(k)) > 0) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** Takes away for what is hardly an answer: a heading, a question, a scrap, a very long unit. */
    private static double form(Read read) {
        double form = 0;
        int words = read.words.size();
        if (read.unit.kind() == Kind.HEADING) {
            form -= 0.35;
        } else if (words < 4 && read.unit.kind() == Kind.SENTENCE) {
            form -= 0.2;
        }
        if (read.unit.text().endsWith("?")) {
            form -= 0.2;
        }
        return words > 70 ? form - 0.1 : form;
    }

    private static Set<String> stems(List<Word> words) {
        Set<String> stems = new HashSet<>();
        words.stream().filter(word -> !word.stop()).forEach(word -> stems.add(word.stem()));
        return stems;
    }
}
