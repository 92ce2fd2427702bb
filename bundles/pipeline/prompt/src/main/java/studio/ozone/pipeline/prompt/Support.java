package studio.ozone.pipeline.prompt;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import studio.ozone.api.llm.Provider.Quote;
import studio.ozone.llm.evidence.Segmenter;
import studio.ozone.llm.evidence.Segmenter.Kind;
import studio.ozone.llm.evidence.Segmenter.Unit;
import studio.ozone.llm.evidence.Words;
import studio.ozone.llm.evidence.Words.Word;

/**
 * Finds what a sentence of a generated answer rests on: up to three units of the passages that together share enough of its words, each word
 * weighted by its rarity among the units (the inverse document frequency of BM25), that hold every number, date and name in it, and that do not
 * deny what it says. A model's own references are not believed. The units are those that an extractive answer quotes. Not thread-safe.
 */
final class Support {

    /** The share of a sentence's weighted words that the units must hold. */
    private static final double SUPPORTED = 0.5;
    /** A further unit must add this much. */
    private static final double FURTHER = 0.15;
    private static final int MOST_UNITS = 3;
    /** What a further unit must hold of a sentence by itself: a name alone does not make it one that speaks of the same. */
    private static final double HOLDS_MORE = 0.3;
    /** What a word counts that stands in the unit's passage or its title only. */
    private static final double NEAR = 0.4;
    /** Rarity is counted among at least so many units, so that a word that few passages lack does not outweigh all others. */
    private static final int FEWEST = 20;

    private final List<Evidence> evidence;
    private boolean read;
    private final List<Part> parts = new ArrayList<>();
    private final Set<String> everywhere = new HashSet<>();
    private final Map<String, Integer> frequency = new HashMap<>();

    /**
     * @param quotes the units that hold the sentence, best first; empty where it is not supported
     * @param missing the claims that none of these units holds, nor what leads to it; of a sentence with too few words in common, those that
     *     no passage holds
     */
    record Checked(boolean supported, List<Quote> quotes, List<String> missing) { }

    /** A unit with its stems and those of its passage. */
    private record Part(Quote quote, Set<String> own, Set<String> near, Set<String> forms, Set<String> reach, Negation negation) { }

    /** Reads the passages when the first sentence comes, while the model writes on: until then it would only keep it from beginning. */
    Support(List<Evidence> evidence) {
        this.evidence = evidence;
    }

    private void read() {
        if (read) {
            return;
        }
        read = true;
        for (Evidence one : evidence) {
            String above = one.heading();
            Set<String> near = stems(above + "\n" + one.text());
            everywhere.addAll(Claims.forms(above + "\n" + one.text()));
            String before = "";
            for (Unit unit : Segmenter.units(one.text())) {
                if (unit.kind() != Kind.HEADING) {
                    int start = one.text().codePointCount(0, unit.start());
                    Quote quote = new Quote(one.n(), start, start + unit.text().codePointCount(0, unit.text().length()));
                    parts.add(new Part(quote, stems(unit.text()), near, Claims.forms(unit.text()),
                            Claims.forms(above + "\n" + unit.lead() + "\n" + before + "\n" + unit.text()), Negation.of(unit.text())));
                    before = unit.text();
                }
            }
        }
        parts.forEach(part -> part.own.forEach(stem -> frequency.merge(stem, 1, Integer::sum)));
    }

    Checked check(String sentence) {
        read();
        Map<String, Double> weights = weights(sentence);
        double all = weights.values().stream().mapToDouble(Double::doubleValue).sum();
        List<String> claims = Claims.of(sentence);
        if (all == 0 || parts.isEmpty()) {
            return new Checked(false, List.of(), missing(claims, everywhere));
        }
        Map<String, Map<String, Double>> alike = alike(weights.keySet());
        List<Part> chosen = new ArrayList<>();
        Map<String, Double> covered = new HashMap<>();
        double share = 0;
        while (chosen.size() < MOST_UNITS) {
            Part best = null;
            double most = share + (chosen.isEmpty() ? 0 : FURTHER);
            for (Part part : parts) {
                double with = chosen.contains(part) ? 0 : share(part, weights, alike, covered) / all;
                if (with > most && (chosen.isEmpty() || own(part, weights, alike) >= HOLDS_MORE * all)) {
                    most = with;
                    best = part;
                }
            }
            if (best == null) {
                break;
            }
            share = take(best, weights, alike, covered) / all;
            chosen.add(best);
        }
        if (share < SUPPORTED) {
            return new Checked(false, List.of(), missing(claims, everywhere));
        }
        List<String> missing = missing(claims, reach(chosen));
        if (!missing.isEmpty() && chosen.size() < MOST_UNITS && further(missing, chosen, weights, alike, all)) {
            missing = missing(claims, reach(chosen));
        }
        boolean contradicted = Negation.of(sentence).contradicts(chosen.stream().map(Part::negation).toList());
        return missing.isEmpty() && !contradicted ? new Checked(true, chosen.stream().map(Part::quote).toList(), missing) : new Checked(false, List.of(), missing);
    }

    /** Takes the unit that holds a missing claim and shares most with the sentence beside it. */
    private boolean further(List<String> missing, List<Part> chosen, Map<String, Double> weights, Map<String, Map<String, Double>> alike, double all) {
        Part best = null;
        double most = HOLDS_MORE * all;
        for (Part part : parts) {
            if (!chosen.contains(part) && missing.stream().anyMatch(claim -> Claims.held(claim, part.forms))) {
                double own = own(part, weights, alike);
                if (own > most) {
                    most = own;
                    best = part;
                }
            }
        }
        return best != null && chosen.add(best);
    }

    private static double own(Part part, Map<String, Double> weights, Map<String, Map<String, Double>> alike) {
        return weights.entrySet().stream().mapToDouble(word -> word.getValue() * match(alike.get(word.getKey()), part.own)).sum();
    }

    private static double share(Part part, Map<String, Double> weights, Map<String, Map<String, Double>> alike, Map<String, Double> covered) {
        double sum = 0;
        for (Map.Entry<String, Double> word : weights.entrySet()) {
            sum += word.getValue() * Math.max(covered.getOrDefault(word.getKey(), 0.0), held(alike.get(word.getKey()), part));
        }
        return sum;
    }

    private static double take(Part part, Map<String, Double> weights, Map<String, Map<String, Double>> alike, Map<String, Double> covered) {
        weights.keySet().forEach(word -> covered.merge(word, held(alike.get(word), part), Math::max));
        return share(part, weights, alike, covered);
    }

    private static double held(Map<String, Double> alike, Part part) {
        return Math.max(match(alike, part.own), NEAR * match(alike, part.near));
    }

    private static double match(Map<String, Double> alike, Set<String> stems) {
        double best = 0;
        for (Map.Entry<String, Double> one : alike.entrySet()) {
            if (one.getValue() > best && stems.contains(one.getKey())) {
                best = one.getValue();
            }
        }
        return best;
    }

    /** For each word, the stems of the passages that are the same word, with their likeness. */
    private Map<String, Map<String, Double>> alike(Set<String> words) {
        Set<String> vocabulary = new HashSet<>();
        parts.forEach(part -> vocabulary.addAll(part.near));
        Map<String, Map<String, Double>> alike = new HashMap<>();
        for (String word : words) {
            Map<String, Double> same = new HashMap<>();
            for (String known : vocabulary) {
                double likeness = Words.likeness(word, known);
                if (likeness > 0) {
                    same.put(known, likeness);
                }
            }
            alike.put(word, same);
        }
        return alike;
    }

    private Map<String, Double> weights(String sentence) {
        Map<String, Double> weights = new LinkedHashMap<>();
        int n = Math.max(FEWEST, parts.size());
        for (String stem : stems(sentence)) {
            int df = frequency.getOrDefault(stem, 0);
            weights.put(stem, Math.log(1 + (n - df + 0.5) / (df + 0.5)));
        }
        return weights;
    }

    private static Set<String> stems(String text) {
        Set<String> stems = new HashSet<>();
        Words.of(text).stream().filter(word -> !word.stop()).map(Word::stem).forEach(stems::add);
        return stems;
    }

    /** What the units hold with what leads to them: the titles and headings above, and the unit before, which pronouns speak of. */
    private static Set<String> reach(List<Part> chosen) {
        Set<String> all = new HashSet<>();
        chosen.forEach(part -> all.addAll(part.reach));
        return all;
    }

    private static List<String> missing(List<String> claims, Set<String> held) {
        return claims.stream().distinct().filter(claim -> !Claims.held(claim, held)).toList();
    }
}
