package studio.ozone.pipeline.text_analysis.internal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

import studio.ozone.api.zsei.Sources;

/**
 * The part of a document that people wrote for people, in blocks: paragraphs, list items, table cells, headings. Of Markdown the markup
 * and the code blocks are left out; of source code everything but the comments, and everywhere web and e-mail addresses. Not thread-safe.
 */
final class Prose {

    /** @param text on one line, without markup */
    record Block(String text, boolean heading) { }

    private static final Pattern FENCE = Pattern.compile("\\s{0,3}(```+|~~~+).*");
    private static final String MARKUP = "-=*_:| \t";
    private static final Pattern ITEM = Pattern.compile("\\s*(?:[-*+•]|\\d{1,3}[.)])\\s+");
    private static final Pattern DEFINITION = Pattern.compile("\\s{0,3}\\[[^]]+]:\\s*\\S+.*");
    private static final Pattern COMMENT = Pattern.compile(
            "\\s*(?://+!?|/\\*+|\\*+(?!/)|#+(?!!|include|define|if|endif|pragma)|--|;;+)(?:\\s|$)");
    private static final Pattern ADDRESS = Pattern.compile("(?:https?|ftp|file)://\\S+|[\\w.+-]{1,64}@[\\w-]{1,63}(?:\\.[\\w-]{1,63}){1,8}");
    private static final Pattern LINK = Pattern.compile("!?\\[([^\\[\\]]*)](?:\\([^()\\s]*(?:\\s+\"[^\"]*\")?\\)|\\[[^\\[\\]]*])");
    private static final Pattern INLINE_CODE = Pattern.compile("`++([^`]++)`++");
    private static final Pattern CODE_NAME = Pattern.compile("[\\p{L}\\d]+(?:[-' ][\\p{L}\\d]+){0,2}");
    private static final Pattern TAG = Pattern.compile("<!--[^<>]*-->|</?[a-zA-Z][^<>]*>|<https?:[^<>\\s]+>");
    private static final Pattern EMPHASIS = Pattern.compile("\\*+|~~|(?<![\\p{L}\\d])_+|_+(?![\\p{L}\\d])");

    private final boolean markdown;
    private final boolean code;
    private final Set<Integer> headings = new HashSet<>();
    private final List<Block> blocks = new ArrayList<>();
    private final StringBuilder open = new StringBuilder();
    private String fence;
    private boolean listed;
    private boolean afterBlank = true;

    private Prose(Sources.Document document) {
        markdown = document.kind().equals("markdown");
        code = document.kind().equals("code");
        document.headings().forEach(heading -> headings.add(heading.start()));
    }

    /** @param text of the document, or its first part */
    static List<Block> of(Sources.Document document, String text) {
        Prose prose = new Prose(document);
        int start = 0;
        int codePoints = 0;
        while (start < text.length()) {
            int newline = text.indexOf('\n', start);
            int next = newline < 0 ? text.length() : newline + 1;
            prose.line(text.substring(start, next).stripTrailing(), prose.headings.contains(codePoints));
            codePoints += text.codePointCount(start, next);
            start = next;
        }
        prose.flush(false);
        return prose.blocks;
    }

    private void line(String line, boolean heading) {
        if (code) {
            comment(line);
        } else if (!markdown || !leftOut(line)) {
            written(line, heading);
        }
        afterBlank = line.isBlank();
    }

    private void comment(String line) {
        var found = COMMENT.matcher(line);
        String text = found.lookingAt() ? line.substring(found.end()).strip() : "";
        text = text.endsWith("*/") ? text.substring(0, text.length() - 2) : text;
        if (text.isBlank()) {
            flush(false);
        } else {
            add(plain(text));
        }
    }

    /** Whether a line of Markdown is code or mere markup. */
    private boolean leftOut(String line) {
        if (fence != null) {
            if (line.strip().startsWith(fence)) {
                fence = null;
            }
            return true;
        }
        var opening = FENCE.matcher(line);
        if (opening.matches()) {
            flush(false);
            fence = opening.group(1);
            return true;
        }
        if (isMarkup(line) || DEFINITION.matcher(line).matches()) {
            flush(false);
            return true;
        }
        return afterBlank && !listed && (line.startsWith("    ") || line.startsWith("\t"));
    }

    /** A rule, the underline of a heading or of a table's head. */
    private static boolean isMarkup(String line) {
        return !line.isBlank() && line.chars().allMatch(each -> MARKUP.indexOf(each) >= 0);
    }

    private void written(String line, boolean heading) {
        if (line.isBlank()) {
            flush(false);
            return;
        }
        var item = ITEM.matcher(line);
        boolean starts = item.lookingAt();
        if (starts || heading || !Character.isWhitespace(line.charAt(0)) && afterBlank) {
            flush(false);
            listed = starts;
        }
        String text = starts && !heading ? line.substring(item.end()) : line;
        if (markdown && text.strip().startsWith("|")) {
            for (String cell : text.strip().split("(?<!\\\\)\\|")) {
                flush(false);
                add(plain(cell));
            }
            flush(false);
        } else if (heading) {
            add(plain(markdown ? text.replaceFirst("^\\s*#+\\s*", "").replaceFirst("\\s+#+$", "") : text));
            flush(true);
        } else {
            add(plain(markdown ? text.replaceFirst("^\\s*(?:>\\s?)+", "") : text));
        }
    }

    private String plain(String text) {
        if (!markdown && !code) {
            return text;
        }
        String result = INLINE_CODE.matcher(text).replaceAll(found -> CODE_NAME.matcher(found.group(1)).matches() ? "$1" : " ");
        result = LINK.matcher(result).replaceAll("$1");
        result = LINK.matcher(result).replaceAll("$1"); // a picture in a link
        result = TAG.matcher(result).replaceAll(" ");
        return EMPHASIS.matcher(result).replaceAll("");
    }

    private void add(String text) {
        String tidy = ADDRESS.matcher(text).replaceAll(" ").strip();
        if (!tidy.isEmpty()) {
            open.append(open.isEmpty() ? "" : " ").append(tidy);
        }
    }

    private void flush(boolean heading) {
        if (!open.isEmpty()) {
            blocks.add(new Block(open.toString().replaceAll("\\s+", " "), heading));
            open.setLength(0);
        }
    }
}
