package studio.ozone.llm.evidence;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Words of a text as they are compared: lower case, without endings. Identifiers are taken apart ({@code voice_enabled},
 * {@code voiceEnabled}: voice, enabled); Chinese and Japanese, which have no spaces, become pairs of characters.
 */
public final class Words {

    /** English words that say nothing about what is asked. */
    private static final Set<String> STOP = Set.of(("a an the this that these those there here it its itself he she they them his her hers their theirs him "
            + "i me my mine we us our ours you your yours who whom whose which what when where why how whether "
            + "is are was were be been being am do does did done doing have has had having will would shall should can could may might must "
            + "of in on at by to for from with without into onto about as than then so if or and but nor not no yes "
            + "also just only very too more most much many some any all each every both either neither other another such own same "
            + "again once please tell explain describe name give list show say said get got let "
            + "up down out over under off between during before after above below through against among "
            + "kind type sort thing things something anything").split(" "));

    private Words() {
    }

    /**
     * @param stem what is compared
     * @param raw as it stands in the text
     * @param start index of its first char in the text
     */
    public record Word(String stem, String raw, int start) {

        public boolean stop() {
            return STOP.contains(raw.toLowerCase(Locale.ROOT));
        }

        public boolean capitalised() {
            return Character.isUpperCase(raw.charAt(0));
        }

        public boolean numeric() {
            return Character.isDigit(raw.charAt(0));
        }
    }

    public static List<Word> of(String text) {
        List<Word> words = new ArrayList<>();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (!Character.isLetterOrDigit(c)) {
                i++;
                continue;
            }
            int start = i;
            boolean ideographs = ideographic(c);
            boolean digits = Character.isDigit(c);
            i++;
            while (i < text.length() && Character.isLetterOrDigit(text.charAt(i)) && ideographic(text.charAt(i)) == ideographs
                    && !humpBefore(text, i)) {
                i++;
            }
            if (digits) {
                i = numberEnd(text, i);
            }
            if (ideographs) {
                for (int k = start; k < Math.max(start + 1, i - 1); k++) {
                    String pair = text.substring(k, Math.min(i, k + 2));
                    words.add(new Word(pair, pair, k));
                }
            } else {
                String raw = text.substring(start, i);
                if (!(raw.length() == 1 && start > 0 && apostrophe(text.charAt(start - 1)))) {
                    words.add(new Word(stem(raw), raw, start));
                }
            }
        }
        return words;
    }

    private static boolean ideographic(char c) {
        return Character.isIdeographic(c) || Character.UnicodeBlock.of(c) == Character.UnicodeBlock.HIRAGANA
                || Character.UnicodeBlock.of(c) == Character.UnicodeBlock.KATAKANA;
    }

    private static boolean humpBefore(String text, int i) {
        return Character.isUpperCase(text.charAt(i)) && Character.isLowerCase(text.charAt(i - 1));
    }

    private static boolean apostrophe(char c) {
        return c == '\'' || c == '’';
    }

    /** Keeps 1,500 and 3.14 in one piece. */
    private static int numberEnd(String text, int from) {
        int i = from;
        while (i + 1 < text.length() && (text.charAt(i) == ',' || text.charAt(i) == '.') && Character.isDigit(text.charAt(i + 1))) {
            i += 2;
            while (i < text.length() && Character.isDigit(text.charAt(i))) {
                i++;
            }
        }
        return i;
    }

    /**
     * Takes English endings off, more than grammar would: located, locates, location and locate become one. What is left need
     * not be a word.
     */
    public static String stem(String raw) {
        String word = raw.toLowerCase(Locale.ROOT);
        if (word.length() < 4 || Character.isDigit(word.charAt(0)) || word.charAt(word.length() - 1) > 'z') {
            return word.replace(",", "");
        }
        if (word.endsWith("ies")) {
            word = cut(word, 3) + "y";
        } else if (word.endsWith("sses") || word.endsWith("xes") || word.endsWith("ches") || word.endsWith("shes")) {
            word = cut(word, 2);
        } else if (word.endsWith("s") && !word.endsWith("ss") && !word.endsWith("us") && !word.endsWith("is")) {
            word = cut(word, 1);
        }
        for (String ending : new String[] {"ingly", "edly", "ing", "ed"}) {
            if (word.endsWith(ending) && word.length() - ending.length() >= 3 && vowel(cut(word, ending.length()))) {
                word = single(cut(word, ending.length()));
                break;
            }
        }
        for (String[] ending : new String[][] {{"ization", "iz"}, {"isation", "iz"}, {"ation", "at"}, {"ator", "at"}, {"ition", "it"},
            {"ously", "ous"}, {"ally", "al"}, {"fully", "ful"}, {"iveness", "iv"}, {"ness", ""}, {"ment", ""}, {"ly", ""}, {"er", ""}}) {
            if (word.endsWith(ending[0]) && word.length() - ending[0].length() >= (ending[1].isEmpty() ? 4 : 3)) {
                word = cut(word, ending[0].length()) + ending[1];
                if (ending[0].equals("er")) {
                    word = single(word);
                }
                break;
            }
        }
        if (word.endsWith("e") && word.length() > 3) {
            word = cut(word, 1);
        }
        if (word.endsWith("y") && word.length() > 3) {
            word = cut(word, 1) + "i";
        }
        return word;
    }

    /** How far two stems are the same word: 1, or 0.6 where one grows out of the other, else 0. */
    public static double likeness(String a, String b) {
        if (a.equals(b)) {
            return 1;
        }
        int shorter = Math.min(a.length(), b.length());
        int longer = Math.max(a.length(), b.length());
        if (shorter < 4 || Character.isDigit(a.charAt(0)) || shorter < 0.6 * longer) {
            return 0;
        }
        int common = 0;
        while (common < shorter && a.charAt(common) == b.charAt(common)) {
            common++;
        }
        return common >= Math.max(4, Math.min(shorter, 0.75 * longer)) ? 0.6 : 0;
    }

    private static String cut(String word, int last) {
        return word.substring(0, word.length() - last);
    }

    private static boolean vowel(String word) {
        return word.chars().anyMatch(c -> "aeiouy".indexOf(c) >= 0);
    }

    /** stopp to stop. */
    private static String single(String word) {
        int n = word.length();
        boolean doubled = n > 3 && word.charAt(n - 1) == word.charAt(n - 2) && "lsz".indexOf(word.charAt(n - 1)) < 0;
        return doubled ? cut(word, 1) : word;
    }
}
