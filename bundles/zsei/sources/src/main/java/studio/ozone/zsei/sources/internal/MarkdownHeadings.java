package studio.ozone.zsei.sources.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import studio.ozone.api.zsei.Sources.Heading;

/** Finds the headings of Markdown, both spellings (CommonMark 4.2 and 4.3), outside of fenced code, front matter and comments. */
final class MarkdownHeadings {

    private static final Pattern ATX = Pattern.compile(" {0,3}(#{1,6})(?:[ \\t]+(.*?))?(?:[ \\t]+#+)?[ \\t]*");
    private static final Pattern FENCE = Pattern.compile(" {0,3}(`{3,}|~{3,})(.*)");
    private static final Pattern UNDERLINE = Pattern.compile(" {0,3}(=+|-+)[ \\t]*");
    private static final Pattern NO_PARAGRAPH = Pattern.compile("\\s*|( {4}|\\t).*| {0,3}(>|[-*+] |\\d{1,9}[.)] |\\||#{1,6}([ \\t]|$)).*");

    private final String text;
    private final List<Heading> found = new ArrayList<>();
    private String fence;
    private boolean comment;
    private int at;
    private int codePoints;

    private MarkdownHeadings(String text) {
        this.text = text;
    }

    static List<Heading> of(String text) {
        return new MarkdownHeadings(text).scan();
    }

    private List<Heading> scan() {
        int begin = text.startsWith("\ufeff") ? 1 : 0;
        boolean frontMatter = false;
        boolean first = true;
        String above = null;
        int aboveStart = 0;
        for (int from = begin; from < text.length();) {
            int end = lineEnd(from);
            String line = text.substring(from, end);
            int start = codePointsTo(from);
            if (first && line.stripTrailing().equals("---") && text.indexOf("\n---", end) > 0) {
                frontMatter = true;
            } else if (frontMatter) {
                frontMatter = !line.stripTrailing().equals("---");
                line = "";
            } else if (!skipped(line)) {
                Matcher atx = ATX.matcher(line);
                Matcher underline = UNDERLINE.matcher(line);
                if (atx.matches()) {
                    add(atx.group(1).length(), atx.group(2) == null ? "" : atx.group(2), start);
                    line = "";
                } else if (above != null && underline.matches()) {
                    add(underline.group(1).charAt(0) == '=' ? 1 : 2, above, aboveStart);
                    line = "";
                }
            } else {
                line = "";
            }
            boolean paragraph = !frontMatter && !NO_PARAGRAPH.matcher(line).matches();
            above = paragraph ? line : null;
            aboveStart = start;
            first = false;
            from = next(end);
        }
        return List.copyOf(found);
    }

    private boolean skipped(String line) {
        if (comment) {
            comment = !line.contains("-->");
            return true;
        }
        Matcher matcher = FENCE.matcher(line);
        if (fence == null) {
            if (matcher.matches() && !(matcher.group(1).charAt(0) == '`' && matcher.group(2).indexOf('`') >= 0)) {
                fence = matcher.group(1);
                return true;
            }
            int opens = line.indexOf("<!--");
            if (opens >= 0 && line.indexOf("-->", opens) < 0) {
                comment = true;
                return true;
            }
            return false;
        }
        if (matcher.matches() && matcher.group(2).isBlank() && matcher.group(1).startsWith(fence)) {
            fence = null;
        }
        return true;
    }

    private void add(int level, String heading, int start) {
        String plain = heading.replaceAll("!?\\[([^\\]]*)\\]\\([^)]*\\)", "$1").replaceAll("[*`]|(?<!\\w)_|_(?!\\w)", "").strip();
        if (!plain.isEmpty()) {
            found.add(new Heading(level, plain, start));
        }
    }

    private int lineEnd(int from) {
        int end = from;
        while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
            end++;
        }
        return end;
    }

    private int next(int end) {
        return text.startsWith("\r\n", end) ? end + 2 : end + 1;
    }

    private int codePointsTo(int index) {
        codePoints += text.codePointCount(at, index);
        at = index;
        return codePoints;
    }
}
