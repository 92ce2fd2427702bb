package studio.ozone.pipeline.prompt;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

import studio.ozone.llm.evidence.Words;
import studio.ozone.llm.evidence.Words.Word;

/**
 * What a question within a conversation is looked for by. One that refers back ("when was it built?") or has few words of its own ("and in
 * 1990?") takes those of the question before along; any other stands for itself.
 */
final class FollowUp {

    /** Questions with fewer words that count hardly stand for themselves. */
    private static final int FEW = 3;
    private static final int MOST_WORDS = 16;
    private static final Set<String> BACK = Set.of("it", "its", "he", "him", "his", "she", "her", "they", "them", "their", "theirs", "er", "sie", "ihn", "ihm");
    private static final Set<String> BACK_IN_SHORT = Set.of("this", "that", "these", "those", "there", "one", "das", "dort", "dies");

    private FollowUp() {
    }

    /** @param before what the question before was looked for by */
    static String lookedFor(String question, String before) {
        Set<String> own = new LinkedHashSet<>();
        boolean back = false;
        boolean shortBack = false;
        for (Word word : Words.of(question)) {
            String lower = word.raw().toLowerCase(Locale.ROOT);
            back |= BACK.contains(lower);
            shortBack |= BACK_IN_SHORT.contains(lower);
            if (!word.stop()) {
                own.add(word.stem());
            }
        }
        if (!back && own.size() >= FEW && !(shortBack && own.size() <= FEW)) {
            return question;
        }
        StringBuilder looked = new StringBuilder(question);
        int taken = 0;
        for (Word word : Words.of(before)) {
            if (!word.stop() && own.add(word.stem()) && taken++ < MOST_WORDS) {
                looked.append(' ').append(word.raw());
            }
        }
        return looked.toString();
    }
}
