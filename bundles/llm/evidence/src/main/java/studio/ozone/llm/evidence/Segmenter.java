package studio.ozone.llm.evidence;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Cuts a passage into units that can be quoted by themselves: a sentence; a bullet, a table row or a line of a configuration, whole;
 * a short block of code, whole. Each knows the heading and the line that lead to it.
 */
public final class Segmenter {

    /** A bullet or a block of code up to this many chars is quoted whole. */
    private static final int WHOLE = 420;

    private static final Pattern HEADING = Pattern.compile("#{1,6}\\s.*");
    private static final Pattern UNDERLINE = Pattern.compile("\\s*(={3,}|-{3,}|~{3,})\\s*");
    private static final Pattern FENCE = Pattern.compile("\\s*(```|~~~).*");
    private static final Pattern BULLET = Pattern.compile("\\s*([-*+•]|\\d{1,3}[.)])\\s+\\S.*");
    private static final Pattern ROW = Pattern.compile("\\s*\\|.*\\|\\s*");
    private static final Pattern RULE = Pattern.compile("[\\s|:=+-]+");
    private static final Pattern SETTING = Pattern.compile("\\s*[\\w.\\-\"\\[\\]/]+\\s*[=:]\\s*\\S.*");
    private static final Pattern TABLE = Pattern.compile("\\s*\\[\\[?[\\w.\\-\" ]+]]?\\s*(#.*)?");
    private static final Pattern STATEMENT = Pattern.compile(".*[{}]\\s*|.*[(=.].*;\\s*|\\s*(//|/\\*|#\\s|@\\w).*");
    private static final Pattern PROSE = Pattern.compile("\\s*(\\p{L}[\\p{L}'’-]*[,.;:]?\\s+){5,}.*");

    private final String text;
    private final List<Unit> units = new ArrayList<>();
    private String heading = "";
    private String lead = "";

    private Segmenter(String text) {
        this.text = text;
    }

    /** What a unit is. */
    public enum Kind { SENTENCE, HEADING, BULLET, ROW, CODE }

    /**
     * @param start index of its first char in the passage
     * @param end the one after the last
     * @param lead what stands above it and belongs to it: headings, the line that introduces a list or a block; may be empty
     */
    public record Unit(Kind kind, int start, int end, String text, String lead) { }

    private record Line(int start, int end, String text) {
        boolean blank() {
            return text.isBlank();
        }
    }

    public static List<Unit> units(String text) {
        Segmenter segmenter = new Segmenter(text);
        segmenter.run(lines(text));
        return segmenter.units;
    }

    private static List<Line> lines(String text) {
        List<Line> lines = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int feed = text.indexOf('\n', start);
            int end = feed < 0 ? text.length() : feed;
            lines.add(new Line(start, end, text.substring(start, end)));
            start = end + 1;
        }
        return lines;
    }

    private void run(List<Line> lines) {
        int i = 0;
        while (i < lines.size()) {
            Line line = lines.get(i);
            if (line.blank()) {
                i++;
            } else if (FENCE.matcher(line.text).matches()) {
                i = fenced(lines, i);
            } else if (HEADING.matcher(line.text).matches()) {
                heading(line);
                i++;
            } else if (ROW.matcher(line.text).matches()) {
                i = table(lines, i);
            } else if (BULLET.matcher(line.text).matches()) {
                i = bullet(lines, i);
            } else if (code(line.text)) {
                i = code(lines, i);
            } else {
                i = paragraph(lines, i);
            }
        }
    }

    private void heading(Line line) {
        heading = line.text.replaceFirst("^#+\\s*", "").strip();
        lead = "";
        add(Kind.HEADING, line.start, line.end, "");
    }

    private int paragraph(List<Line> lines, int from) {
        int i = from + 1;
        while (i < lines.size() && !lines.get(i).blank() && !special(lines.get(i).text)) {
            if (UNDERLINE.matcher(lines.get(i).text).matches()) {
                heading = lines.get(from).text.strip();
                lead = "";
                add(Kind.HEADING, lines.get(from).start, lines.get(i - 1).end, "");
                return i + 1;
            }
            i++;
        }
        int end = lines.get(i - 1).end;
        List<Sentences.Span> spans = Sentences.of(text, lines.get(from).start, end);
        for (Sentences.Span span : spans) {
            add(Kind.SENTENCE, span.start(), span.end(), heading);
        }
        String last = spans.isEmpty() ? "" : text.substring(spans.getLast().start(), spans.getLast().end());
        lead = last.endsWith(":") || last.length() < 160 ? last : "";
        return i;
    }

    private boolean special(String line) {
        return FENCE.matcher(line).matches() || HEADING.matcher(line).matches() || ROW.matcher(line).matches()
                || BULLET.matcher(line).matches() || code(line);
    }

    private static boolean code(String line) {
        return TABLE.matcher(line).matches() || line.length() < 200 && STATEMENT.matcher(line).matches()
                || SETTING.matcher(line).matches() && line.indexOf('=') > 0
                || (line.startsWith("    ") || line.startsWith("\t")) && !PROSE.matcher(line).matches();
    }

    private int bullet(List<Line> lines, int from) {
        int indent = indent(lines.get(from).text);
        int i = from + 1;
        while (i < lines.size() && !lines.get(i).blank() && indent(lines.get(i).text) > indent && !BULLET.matcher(lines.get(i).text).matches()
                && !FENCE.matcher(lines.get(i).text).matches()) {
            i++;
        }
        pieces(Kind.BULLET, lines.get(from).start, lines.get(i - 1).end);
        return i;
    }

    private int table(List<Line> lines, int from) {
        int i = from;
        String header = lines.get(from).text;
        while (i < lines.size() && ROW.matcher(lines.get(i).text).matches()) {
            Line line = lines.get(i);
            boolean titles = i + 1 < lines.size() && RULE.matcher(lines.get(i + 1).text).matches();
            if (!RULE.matcher(line.text).matches() && !titles) {
                add(Kind.ROW, line.start, line.end, above() + " " + (i == from ? "" : header));
            }
            i++;
        }
        return i;
    }

    private int fenced(List<Line> lines, int from) {
        int i = from + 1;
        while (i < lines.size() && !FENCE.matcher(lines.get(i).text).matches()) {
            i++;
        }
        block(lines.subList(from + 1, i));
        return i + 1;
    }

    private int code(List<Line> lines, int from) {
        int i = from;
        while (i < lines.size() && (lines.get(i).blank() || code(lines.get(i).text))) {
            i++;
        }
        block(lines.subList(from, i));
        return i;
    }

    /** Code: paragraphs of it where they are short, else line by line, with the comment or table name above each as its lead. */
    private void block(List<Line> lines) {
        int i = 0;
        String table = "";
        while (i < lines.size()) {
            int from = i;
            while (i < lines.size() && !lines.get(i).blank()) {
                i++;
            }
            if (i > from) {
                List<Line> part = lines.subList(from, i);
                boolean settings = part.stream().filter(line -> SETTING.matcher(line.text).matches()).count() > 1;
                if (!settings && part.getLast().end - part.getFirst().start <= WHOLE) {
                    add(Kind.CODE, part.getFirst().start, part.getLast().end, above() + " " + table);
                } else {
                    table = linewise(part, table);
                }
            }
            i++;
        }
    }

    private String linewise(List<Line> lines, String above) {
        String table = above;
        Line comment = null;
        boolean open = false;           // whether the comment still waits for the line that it is about
        for (Line line : lines) {
            String bare = line.text.strip();
            if (TABLE.matcher(line.text).matches()) {
                table = bare;
                comment = null;
                add(Kind.HEADING, line.start, line.end, "");
            } else if (bare.startsWith("#") || bare.startsWith("//")) {
                comment = open ? new Line(comment.start, line.end, comment.text + " " + bare) : new Line(line.start, line.end, bare);
                open = true;
            } else {
                String lead = above() + " " + table + (comment == null || open ? "" : " " + comment.text);
                add(Kind.CODE, open ? comment.start : line.start, line.end, lead);
                open = false;
                continue;
            }
            open &= comment != null;
        }
        if (open) {
            add(Kind.CODE, comment.start, comment.end, above() + " " + table);
        }
        return table;
    }

    private String above() {
        return lead.isEmpty() ? heading : heading + " " + lead;
    }

    private void pieces(Kind kind, int from, int to) {
        if (to - from <= WHOLE) {
            add(kind, from, to, above());
        } else {
            for (Sentences.Span span : Sentences.of(text, from, to)) {
                add(kind, span.start(), span.end(), above());
            }
        }
    }

    private static int indent(String line) {
        int n = 0;
        while (n < line.length() && Character.isWhitespace(line.charAt(n))) {
            n++;
        }
        return n;
    }

    private void add(Kind kind, int from, int to, String above) {
        int start = from;
        int end = to;
        while (start < end && Character.isWhitespace(text.charAt(start))) {
            start++;
        }
        while (end > start && Character.isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        if (start < end && text.substring(start, end).chars().anyMatch(Character::isLetterOrDigit)) {
            units.add(new Unit(kind, start, end, text.substring(start, end), above.strip()));
        }
    }
}
