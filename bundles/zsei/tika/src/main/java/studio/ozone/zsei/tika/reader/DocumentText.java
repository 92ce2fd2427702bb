package studio.ozone.zsei.tika.reader;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.xml.sax.Attributes;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * The text of a document, from the XHTML that every parser speaks: blocks stand apart by an empty line, rows and list items by a line
 * end, cells by a tab. White space within HTML counts as one space, as a browser shows it, but not in {@code pre}.
 */
final class DocumentText extends DefaultHandler {

    /** @param start in code points */
    record Heading(int level, String text, int start) { }

    private static final Set<String> PARAGRAPHS = Set.of("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "pre",
            "blockquote", "section", "article", "header", "footer", "figure", "hr", "body", "main", "nav", "aside", "form");
    private static final Set<String> LINES = Set.of("li", "tr", "br", "dt", "dd", "caption", "option", "title");
    private static final Set<String> SILENT = Set.of("head", "script", "style", "noscript", "template");

    private final int maxChars;
    private final boolean collapse;
    private final StringBuilder text = new StringBuilder();
    private final List<Heading> headings = new ArrayList<>();
    private int codePoints;
    private int counted;
    private int breaks;
    private boolean space;
    private boolean cell;
    private int silent;
    private int pre;
    private int level;
    private int headingFrom = -1;
    private boolean full;

    DocumentText(int maxChars, boolean collapse) {
        this.maxChars = maxChars;
        this.collapse = collapse;
    }

    @Override
    public void startElement(String uri, String local, String name, Attributes attributes) {
        if (SILENT.contains(local)) {
            silent++;
        }
        boundary(local);
        if (local.equals("pre")) {
            pre++;
        }
        if (local.length() == 2 && local.charAt(0) == 'h' && Character.isDigit(local.charAt(1)) && local.charAt(1) > '0') {
            level = local.charAt(1) - '0';
            headingFrom = -1;
        }
    }

    @Override
    public void endElement(String uri, String local, String name) {
        if (level > 0 && local.equals("h" + level)) {
            endHeading();
        }
        if (SILENT.contains(local)) {
            silent--;
        }
        if (local.equals("pre")) {
            pre--;
        }
        if (local.equals("td") || local.equals("th")) {
            cell = true;
        }
        boundary(local);
    }

    private void boundary(String element) {
        if (PARAGRAPHS.contains(element)) {
            breaks = 2;
        } else if (LINES.contains(element)) {
            breaks = Math.max(breaks, 1);
        }
    }

    private void endHeading() {
        if (headingFrom >= 0) {
            String heading = text.substring(headingFrom).strip().replaceAll("\\s+", " ");
            if (!heading.isEmpty()) {
                codePoints += text.codePointCount(counted, headingFrom);
                counted = headingFrom;
                headings.add(new Heading(level, heading, codePoints));
            }
        }
        level = 0;
        headingFrom = -1;
    }

    @Override
    public void ignorableWhitespace(char[] chars, int start, int length) throws SAXException {
        characters(chars, start, length);
    }

    @Override
    public void characters(char[] chars, int start, int length) throws SAXException {
        if (silent > 0) {
            return;
        }
        boolean asIs = !collapse || pre > 0;
        for (int i = start; i < start + length; i++) {
            char c = chars[i];
            boolean blank = c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
            if (blank && (!asIs || breaks > 0 && pre == 0 || text.isEmpty())) {
                space = true;
            } else if (c != 0) {
                separate(blank);
                text.append(c);
            }
        }
        if (text.length() > maxChars) {
            full = true;
            throw new SAXException("The text is too long");
        }
    }

    private void separate(boolean blank) {
        if (!text.isEmpty()) {
            if (breaks > 0) {
                text.append("\n".repeat(breaks));
            } else if (cell) {
                text.append('\t');
            } else if (space && !blank) {
                text.append(' ');
            }
        }
        breaks = 0;
        cell = false;
        space = false;
        if (level > 0 && headingFrom < 0) {
            headingFrom = text.length();
        }
    }

    boolean full() {
        return full;
    }

    boolean isEmpty() {
        return text.isEmpty();
    }

    List<Heading> headings() {
        return headings;
    }

    /** The first heading of the first level; null where there is none. */
    String firstTitle() {
        return headings.isEmpty() || headings.getFirst().level() > 1 ? null : headings.getFirst().text();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
