package studio.ozone.pipeline.ingest.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Cuts prose into units that are not torn apart: sentences, list items, table rows, fenced code. A unit reaches to the beginning of the
 * next, so that the units of a text, put together, are the text.
 */
final class Sentences {

    private static final Set<String> ABBREVIATIONS = Set.of("mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "etc", "fig", "figs", "no",
            "nos", "vol", "pp", "ed", "eds", "cf", "approx", "dept", "est", "inc", "ltd", "co", "corp", "al", "e.g", "i.e", "eg", "ie", "resp",
            "sec", "ch", "art", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "z.b", "d.h", "u.a", "bzw",
            "ca", "nr", "abs", "str", "usw", "vgl", "m", "mme", "mlle", "p.ex", "sra", "u.s", "a.m", "p.m");
    private static final Pattern ITEM = Pattern.compile("[ \\t]*([-*+\u2022]|\\d{1,9}[.)])[ \\t]+\\S");
    private static final Pattern ROW = Pattern.compile("[ \\t]*(\\||>|#{1,6}[ \\t])");
    private static final Pattern FENCE = Pattern.compile("[ \\t]*(```|~~~)");

    /** Characters of an abbreviation, and of the blanks before an item's number. */
    private static final int LONGEST = 40;

    private final String text;
    private final int to;
    private final List<Integer> starts = new ArrayList<>();

    private Sentences(String text, int to) {
        this.text = text;
        this.to = to;
    }

    /** @return the beginnings of the units in from..to, the first one being {@code from} */
    static List<Integer> of(String text, int from, int to) {
        return new Sentences(text, to).cut(from);
    }

    /** Blocks of code, separated by empty lines. */
    static List<Integer> blocks(String text, int from, int to) {
        Sentences blocks = new Sentences(text, to);
        blocks.begin(from);
        boolean blank = false;
        for (int at = from; at < to; at = blocks.nextLine(at)) {
            boolean empty = text.substring(at, blocks.nextLine(at)).isBlank();
            if (blank && !empty) {
                blocks.begin(at);
            }
            blank = empty;
        }
        return blocks.starts;
    }

    private List<Integer> cut(int from) {
        begin(from);
        String fence = null;
        boolean fresh = true;
        for (int at = from; at < to; at = nextLine(at)) {
            String line = text.substring(at, nextLine(at)).stripTrailing();
            if (fence != null) {
                if (line.strip().startsWith(fence)) {
                    fence = null;
                    fresh = true;
                }
                continue;
            }
            boolean marked = FENCE.matcher(line).lookingAt();
            if (line.isBlank()) {
                fresh = true;
                continue;
            }
            if (fresh || marked || ITEM.matcher(line).lookingAt() || ROW.matcher(line).lookingAt()) {
                begin(at);
            }
            fresh = false;
            if (marked) {
                fence = line.strip().substring(0, 3);
            } else {
                sentences(at, nextLine(at));
            }
        }
        return starts;
    }

    private void begin(int at) {
        if (starts.isEmpty() || starts.getLast() < at) {
            starts.add(at);
        }
    }

    private int nextLine(int at) {
        int end = text.indexOf('\n', at);
        return end < 0 || end >= to ? to : end + 1;
    }

    private void sentences(int from, int end) {
        int i = from;
        while (i < end) {
            char c = text.charAt(i);
            if (c == '\u3002' || c == '\uff01' || c == '\uff1f') {
                i = afterClosing(i + 1, end);
                if (i < end) {
                    begin(i);
                }
            } else if (c == '.' || c == '!' || c == '?' || c == '\u2026') {
                int close = afterClosing(i + 1, end);
                int next = close;
                while (next < end && Character.isWhitespace(text.charAt(next))) {
                    next++;
                }
                boolean last = next == end && next < to; // the next line begins with a capital or is another unit anyway
                if (next > close && (last || next < end && !Character.isLowerCase(text.codePointAt(next)))
                        && !(c == '.' && abbreviation(from, i))) {
                    begin(next);
                }
                i = next > i ? next : i + 1;
            } else {
                i++;
            }
        }
    }

    private int afterClosing(int from, int end) {
        int i = from;
        while (i < end && "\"')]}*_\u201d\u2019\u00bb\u300d.!?".indexOf(text.charAt(i)) >= 0) {
            i++;
        }
        return i;
    }

    /** Whether the full stop at a place ends an abbreviation, an initial, or the number of a list item. */
    private boolean abbreviation(int from, int stop) {
        if (text.charAt(stop) != '.') {
            return false;
        }
        int begin = stop;
        while (begin > from && stop - begin <= LONGEST && (Character.isLetterOrDigit(text.charAt(begin - 1)) || text.charAt(begin - 1) == '.')) {
            begin--;
        }
        String word = text.substring(begin, stop);
        if (word.length() == 1 && Character.isUpperCase(word.charAt(0)) || ABBREVIATIONS.contains(word.toLowerCase(Locale.ROOT))) {
            return true;
        }
        return !word.isEmpty() && word.chars().allMatch(Character::isDigit) && begin - from <= LONGEST && text.substring(from, begin).isBlank();
    }
}
