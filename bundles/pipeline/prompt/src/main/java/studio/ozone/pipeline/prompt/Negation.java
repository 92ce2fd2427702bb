package studio.ozone.pipeline.prompt;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import studio.ozone.llm.evidence.Words;
import studio.ozone.llm.evidence.Words.Word;

/**
 * What a text says and what it denies. A negation is taken to deny the first word behind it that says something, so that a long sentence with a
 * "not" elsewhere in it is not held against one that speaks of the rest. English and German; others deny nothing here.
 *
 * @param said stems that stand in the text without a negation before them
 * @param denied stems that a negation stands before
 */
record Negation(Set<String> said, Set<String> denied) {

    private static final Set<String> NEGATIONS = Set.of("not", "never", "no", "without", "cannot", "nicht", "kein", "keine", "keinen", "keinem", "keiner",
            "keines", "nie", "niemals", "ohne");
    /** "Not only" denies nothing. */
    private static final Set<String> HARMLESS = Set.of("only", "just", "merely", "simply", "nur", "bloß");
    /** What may stand between a negation and what it denies. */
    private static final int FARTHEST = 5;

    static Negation of(String text) {
        List<Word> words = Words.of(text);
        Set<Integer> under = new HashSet<>();
        for (int i = 0; i < words.size(); i++) {
            if (negates(text, words, i)) {
                int at = i + 1;
                while (at < words.size() && at - i < FARTHEST && words.get(at).stop() && !ends(text, words.get(at - 1), words.get(at))) {
                    at++;
                }
                if (at < words.size() && !ends(text, words.get(at - 1), words.get(at))) {
                    under.add(at);
                }
            }
        }
        Set<String> said = new HashSet<>();
        Set<String> denied = new HashSet<>();
        for (int i = 0; i < words.size(); i++) {
            if (!words.get(i).stop()) {
                (under.contains(i) ? denied : said).add(words.get(i).stem());
            }
        }
        return new Negation(said, denied);
    }

    /**
     * Whether this denies what the other texts say, or says what they deny.
     *
     * @param others those that together hold it
     */
    boolean contradicts(List<Negation> others) {
        return differs(denied, said, others, true) || differs(said, denied, others, false);
    }

    /** Whether a word stands in {@code mine} only, and in the others with the opposite sign only. */
    private static boolean differs(Set<String> mine, Set<String> notMine, List<Negation> others, boolean denying) {
        for (String stem : mine) {
            if (!notMine.contains(stem)) {
                boolean same = others.stream().anyMatch(other -> (denying ? other.denied : other.said).contains(stem));
                boolean opposite = others.stream().anyMatch(other -> (denying ? other.said : other.denied).contains(stem));
                if (opposite && !same) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean negates(String text, List<Word> words, int i) {
        Word word = words.get(i);
        String lower = word.raw().toLowerCase(Locale.ROOT);
        int end = word.start() + word.raw().length();
        boolean contracted = lower.endsWith("n") && end + 1 < text.length() && (text.charAt(end) == '\'' || text.charAt(end) == '’')
                && Character.toLowerCase(text.charAt(end + 1)) == 't';
        if (!contracted && !NEGATIONS.contains(lower)) {
            return false;
        }
        return i + 1 < words.size() && !HARMLESS.contains(words.get(i + 1).raw().toLowerCase(Locale.ROOT));
    }

    /** Whether a sentence or a part of it ends between two words. */
    private static boolean ends(String text, Word before, Word after) {
        for (int i = before.start() + before.raw().length(); i < after.start(); i++) {
            if (".,;:!?()\n".indexOf(text.charAt(i)) >= 0) {
                return true;
            }
        }
        return false;
    }
}
