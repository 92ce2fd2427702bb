package studio.ozone.pipeline.prompt;

import java.util.regex.Pattern;

/**
 * Takes citations that a model made itself out of its text while it comes: {@code [3]}, {@code [1, 2]}, {@code 【3†source】},
 * {@code (passage 2)}. They are not believed, and none may look like one of the runtime's. What stands in code is left alone. Not thread-safe.
 */
final class ForeignMarks {

    private static final String NUMBERS = "#?\\d{1,4}(\\s*[-–,;&]\\s*#?\\d{1,4})*";
    private static final String KIND = "(passages?|sources?|documents?|docs?|references?|refs?|citations?|cit)";
    private static final Pattern SQUARE = Pattern.compile("\\[\\s*\\^?\\s*(" + KIND + "\\s*[:.#]?\\s*)?" + NUMBERS + "\\s*]|\\[\\s*unsupported\\s*]", Pattern.CASE_INSENSITIVE);
    private static final Pattern LENTICULAR = Pattern.compile("【[^】]*\\d[^】]*】");
    private static final Pattern ROUND = Pattern.compile("\\(\\s*(see\\s+)?" + KIND + "\\s*[:.#]?\\s*" + NUMBERS + "\\s*\\)", Pattern.CASE_INSENSITIVE);
    /** Longer brackets are none. */
    private static final int LONGEST = 60;

    private final StringBuilder held = new StringBuilder();
    private final StringBuilder space = new StringBuilder();
    private boolean cut;
    private boolean code;
    private boolean fence;
    private int ticks;
    private boolean lineBegins = true;

    /** @return what is certain of the text up to here */
    String next(String piece) {
        StringBuilder out = new StringBuilder();
        piece.chars().forEach(c -> take((char) c, out));
        return out.toString();
    }

    /** @return what was still held back */
    String finish() {
        StringBuilder out = new StringBuilder();
        release(out);
        if (!cut) {
            out.append(space);
        }
        space.setLength(0);
        return out.toString();
    }

    /** A whole text without them. */
    static String without(String text) {
        ForeignMarks marks = new ForeignMarks();
        return marks.next(text) + marks.finish();
    }

    private void take(char c, StringBuilder out) {
        if (!held.isEmpty()) {
            held.append(c);
            char open = held.charAt(0);
            if (c == (open == '[' ? ']' : open == '(' ? ')' : '】')) {
                if ((open == '[' ? SQUARE : open == '(' ? ROUND : LENTICULAR).matcher(held).matches()) {
                    held.setLength(0);
                    cut = true;
                } else {
                    release(out);
                }
            } else if (held.length() > LONGEST || c == '\n' || c == '[' || c == '`') {
                String again = held.substring(1);
                held.setLength(1);
                release(out);
                again.chars().forEach(each -> take((char) each, out));
            }
        } else if (!code && !fence && (c == '[' || c == '(' || c == '【')) {
            held.append(c);
            ticks = 0;
        } else if (c == ' ' && !fence) {
            space.append(c);
            ticks = 0;
        } else {
            put(c, out);
        }
    }

    private void release(StringBuilder out) {
        String text = held.toString();
        held.setLength(0);
        text.chars().forEach(c -> put((char) c, out));
    }

    private void put(char c, StringBuilder out) {
        if (!space.isEmpty()) {
            if (!cut) {
                out.append(space);
            } else if (".,;:!?)\n".indexOf(c) < 0 && !lineBegins) {
                out.append(' ');
            }
            space.setLength(0);
        }
        cut = false;
        ticks = c == '`' ? ticks + 1 : 0;
        if (c == '\n') {
            code = false;
            lineBegins = true;
        } else {
            if (c == '`') {
                code = (ticks == 1) != code;        // a run of any length opens or closes
                if (ticks == 3 && lineBegins) {
                    fence = !fence;
                    code = false;
                }
            }
            lineBegins = lineBegins && (c == '`' || Character.isWhitespace(c));
        }
        out.append(c);
    }
}
