package studio.ozone.pipeline.ingest.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a text into pieces that fit the window of the embedder (256 word pieces, about {@value #TARGET} letters of prose). A piece
 * begins and ends with a unit (sentence, list item, block of code) and does not reach over a heading unless what lies below it is
 * short; neighbours in the same section share up to {@value #OVERLAP} characters, whole units only. Every character that is not blank
 * lies in a piece.
 */
final class Chunker {

    /** Characters of a piece: what is aimed at, the most, what neighbours share, below which a section joins the next one. */
    static final int TARGET = 1000;
    static final int MOST = 1200;
    static final int OVERLAP = 160;
    static final int SMALL = 350;

    /** Code has shorter words than prose. */
    private static final double CODE_FACTOR = 1.25;
    /** Scripts without spaces have about one word piece a character. */
    private static final int IDEOGRAPH = 4;

    /** @param from first character @param to the one after the last @param heading index of the heading it lies under; -1 for none */
    record Piece(int from, int to, int heading) { }

    private record Range(int from, int to, int heading) { }

    private final String text;
    private final boolean code;
    private final List<Piece> pieces = new ArrayList<>();

    private Chunker(String text, boolean code) {
        this.text = text;
        this.code = code;
    }

    /**
     * @param headings where headings begin, in characters, ascending
     * @param code whether the text is cut at empty lines rather than sentences
     */
    static List<Piece> cut(String text, List<Integer> headings, boolean code) {
        return new Chunker(text, code).cut(headings);
    }

    private List<Piece> cut(List<Integer> headings) {
        if (cost(0, text.length()) <= MOST) {
            add(0, text.length(), headings.size() == 1 && text.substring(0, headings.getFirst()).isBlank() ? 0 : -1);
            return pieces;
        }
        for (Range range : merge(sections(headings))) {
            section(range);
        }
        return pieces;
    }

    private List<Range> sections(List<Integer> headings) {
        List<Range> sections = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= headings.size(); i++) {
            int to = i < headings.size() ? headings.get(i) : text.length();
            if (to > from) {
                sections.add(new Range(from, to, i - 1));
            }
            from = to;
        }
        return sections;
    }

    /** Joins short neighbours; the longest of them gives the heading. */
    private List<Range> merge(List<Range> sections) {
        List<Range> merged = new ArrayList<>();
        int i = 0;
        while (i < sections.size()) {
            Range first = sections.get(i++);
            int to = first.to();
            Range longest = first;
            while (i < sections.size() && (cost(first.from(), to) < SMALL || cost(sections.get(i).from(), sections.get(i).to()) < SMALL / 2)
                    && cost(first.from(), sections.get(i).to()) <= TARGET) {
                Range next = sections.get(i++);
                to = next.to();
                longest = next.to() - next.from() > longest.to() - longest.from() ? next : longest;
            }
            merged.add(new Range(first.from(), to, longest.heading()));
        }
        return merged;
    }

    private void section(Range range) {
        if (cost(range.from(), range.to()) <= MOST) {
            add(range.from(), range.to(), range.heading());
            return;
        }
        List<Integer> units = units(range);
        int begin = 0;
        int fresh = 0;
        while (fresh < units.size()) {
            int end = fresh;
            if (cost(units.get(begin), range.to()) <= MOST) {
                end = units.size(); // no small rest is left over
            }
            while (end < units.size() && cost(units.get(begin), end(units, end, range)) <= (end == fresh ? MOST : TARGET)) {
                end++;
            }
            if (end == fresh) { // what is shared leaves no room
                begin = fresh;
                end = fresh + 1;
            }
            add(units.get(begin), end(units, end - 1, range), range.heading());
            fresh = end;
            begin = end;
            while (!code && begin > 0 && !pieces.isEmpty() && fresh < units.size() && cost(units.get(begin - 1), units.get(fresh)) <= OVERLAP
                    && units.get(begin - 1) > pieces.getLast().from()) {
                begin--;
            }
        }
    }

    private static int end(List<Integer> units, int unit, Range range) {
        return unit + 1 < units.size() ? units.get(unit + 1) : range.to();
    }

    /** The beginnings of units, none of which costs more than a piece may. */
    private List<Integer> units(Range range) {
        List<Integer> coarse = code ? Sentences.blocks(text, range.from(), range.to()) : Sentences.of(text, range.from(), range.to());
        List<Integer> fine = new ArrayList<>();
        for (int i = 0; i < coarse.size(); i++) {
            int from = coarse.get(i);
            int to = end(coarse, i, range);
            fine.add(from);
            while (cost(from, to) > TARGET) {
                from = breakBefore(from, to);
                fine.add(from);
            }
        }
        return fine;
    }

    /** The last line end, else blank, else character at which a unit that is too long can be broken. */
    private int breakBefore(int from, int to) {
        int limit = from;
        for (double spent = 0; limit < to && spent < TARGET - IDEOGRAPH * 1.25; limit++) {
            spent += weight(text.charAt(limit));
        }
        for (int i = limit; i > from + (limit - from) / 2; i--) {
            if (text.charAt(i - 1) == '\n') {
                return i;
            }
        }
        for (int i = limit; i > from + (limit - from) / 2; i--) {
            if (Character.isWhitespace(text.charAt(i - 1))) {
                return i;
            }
        }
        return Character.isLowSurrogate(text.charAt(limit)) ? limit - 1 : limit;
    }

    private double weight(char c) {
        return (c >= '\u2e80' && c <= '\ud7ff' || c >= '\uf900' && c <= '\ufaff' ? IDEOGRAPH : 1) * (code ? CODE_FACTOR : 1);
    }

    /** What a stretch takes of the window, blanks at its ends apart, in letters of prose. */
    private int cost(int from, int to) {
        double cost = 0;
        for (int i = from; i < to; i++) {
            cost += weight(text.charAt(i));
            if (cost > 2L * MOST) {
                return (int) (cost + to - i); // far too long: the rest is estimated
            }
        }
        return (int) cost;
    }

    private void add(int from, int to, int heading) {
        int start = from;
        int end = to;
        while (start < end && blank(text.charAt(start))) {
            start++;
        }
        while (end > start && blank(text.charAt(end - 1))) {
            end--;
        }
        if (start < end) {
            pieces.add(new Piece(start, end, heading));
        }
    }

    private static boolean blank(char c) {
        return Character.isWhitespace(c) || c == '\ufeff' || c == '\u00a0';
    }
}
