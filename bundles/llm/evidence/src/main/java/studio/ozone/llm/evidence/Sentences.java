package studio.ozone.llm.evidence;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Finds where sentences of running text begin and end. */
public final class Sentences {

    private static final Set<String> ABBREVIATIONS = Set.of(("mr mrs ms dr prof st sr jr no nos vol fig figs eq sec ch pp vs etc cf al ca approx "
            + "inc ltd co corp dept est gen col lt sgt capt rev hon gov sen rep jan feb mar apr jun jul aug sep sept oct nov dec "
            + "e.g i.e u.s u.k u.n a.m p.m ph.d b.c a.d").split(" "));
    private static final String CLOSING = "\"'”’»)]*_`";
    private static final String OPENING = "\"'“‘«([*_`#-";

    private Sentences() {
    }

    /** A half-open range of chars. */
    public record Span(int start, int end) { }

    /** The sentences of text[from, to), without the white space around them; together they hold everything else. */
    public static List<Span> of(String text, int from, int to) {
        List<Span> spans = new ArrayList<>();
        int start = from;
        for (int i = from; i < to; i++) {
            int end = boundary(text, start, i, to);
            if (end > 0) {
                add(spans, text, start, end);
                start = end;
                i = end - 1;
            }
        }
        add(spans, text, start, to);
        return spans;
    }

    /** The end of the sentence, if the char at i ends one; else 0. */
    private static int boundary(String text, int start, int i, int to) {
        char c = text.charAt(i);
        if (c == '。' || c == '！' || c == '？') {
            return i + 1;
        }
        if (c != '.' && c != '!' && c != '?' && c != '…') {
            return 0;
        }
        int end = i + 1;
        while (end < to && (".!?…".indexOf(text.charAt(end)) >= 0 || CLOSING.indexOf(text.charAt(end)) >= 0)) {
            end++;
        }
        end = afterReferences(text, end, to);
        if (end == to) {
            return end;
        }
        if (!Character.isWhitespace(text.charAt(end))) {
            return 0;
        }
        int next = end;
        while (next < to && Character.isWhitespace(text.charAt(next))) {
            next++;
        }
        if (next == to) {
            return end;
        }
        int first = text.codePointAt(next);
        boolean begins = Character.isUpperCase(first) || Character.isDigit(first) || OPENING.indexOf(first) >= 0
                || Character.isLetter(first) && !Character.isLowerCase(first);
        return begins && !(c == '.' && end == i + 1 && abbreviation(text, start, i, Character.isDigit(first))) ? end : 0;
    }

    /** Passes over footnote marks such as [12] that stick to the full stop. */
    private static int afterReferences(String text, int from, int to) {
        int end = from;
        while (end < to && text.charAt(end) == '[') {
            int close = text.indexOf(']', end);
            if (close < 0 || close >= to || close - end > 5 || !text.substring(end + 1, close).chars().allMatch(Character::isLetterOrDigit)) {
                break;
            }
            end = close + 1;
        }
        return end;
    }

    private static boolean abbreviation(String text, int start, int dot, boolean digitFollows) {
        int word = dot;
        while (word > start && (Character.isLetterOrDigit(text.charAt(word - 1)) || text.charAt(word - 1) == '.')) {
            word--;
        }
        String before = text.substring(word, dot);
        if (before.isEmpty()) {
            return false;
        }
        boolean initial = before.length() == 1 && Character.isUpperCase(before.charAt(0)) && !"I".equals(before);
        boolean enumeration = word == start && before.chars().allMatch(Character::isDigit);
        String lower = before.toLowerCase(Locale.ROOT);
        boolean known = ABBREVIATIONS.contains(lower) && !(lower.equals("no") && !digitFollows);
        return initial || enumeration || known;
    }

    private static void add(List<Span> spans, String text, int from, int to) {
        int start = from;
        int end = to;
        while (start < end && Character.isWhitespace(text.charAt(start))) {
            start++;
        }
        while (end > start && Character.isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        if (start < end) {
            spans.add(new Span(start, end));
        }
    }
}
