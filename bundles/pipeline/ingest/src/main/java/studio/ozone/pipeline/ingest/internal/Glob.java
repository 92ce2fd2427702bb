package studio.ozone.pipeline.ingest.internal;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Path patterns with the wildcards of {@code .gitignore}: {@code *} and {@code ?} stay within a name, {@code [a-z]} is a choice,
 * {@code **} spans folders, a backslash takes a character as it is. Names are separated by {@code /}.
 */
final class Glob {

    private Glob() {
    }

    /** @throws IllegalArgumentException for a pattern that is none */
    static Pattern compile(String glob) {
        StringBuilder regex = new StringBuilder();
        int i = 0;
        while (i < glob.length()) {
            char c = glob.charAt(i);
            if (glob.startsWith("**/", i) && (i == 0 || glob.charAt(i - 1) == '/')) {
                regex.append("(?:.*/)?");
                i += 3;
            } else if (glob.startsWith("**", i) && i + 2 == glob.length() && (i == 0 || glob.charAt(i - 1) == '/')) {
                regex.append(".+");
                i += 2;
            } else if (c == '*') {
                while (i < glob.length() && glob.charAt(i) == '*') {
                    i++;
                }
                regex.append("[^/]*");
            } else if (c == '?') {
                regex.append("[^/]");
                i++;
            } else if (c == '[') {
                i = choice(glob, i, regex);
            } else {
                if (c == '\\' && i + 1 < glob.length()) {
                    c = glob.charAt(++i);
                }
                regex.append(Pattern.quote(String.valueOf(c)));
                i++;
            }
        }
        try {
            return Pattern.compile(regex.toString(), Pattern.DOTALL);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("Not a path pattern: " + glob, e);
        }
    }

    /** @return the place after the choice */
    private static int choice(String glob, int open, StringBuilder regex) {
        int i = open + 1;
        boolean not = i < glob.length() && (glob.charAt(i) == '!' || glob.charAt(i) == '^');
        if (not) {
            i++;
        }
        int first = i;
        StringBuilder inside = new StringBuilder();
        while (i < glob.length() && (glob.charAt(i) != ']' || i == first)) {
            char c = glob.charAt(i);
            if (glob.startsWith("[:", i) && glob.indexOf(":]", i + 2) > 0) {
                int close = glob.indexOf(":]", i + 2);
                inside.append("\\p{").append(posix(glob.substring(i + 2, close))).append('}');
                i = close + 2;
                continue;
            }
            if (c == '\\' && i + 1 < glob.length()) {
                c = glob.charAt(++i);
                inside.append('\\').append(c);
            } else if (c == '-' && i > first && i + 1 < glob.length() && glob.charAt(i + 1) != ']') {
                inside.append('-');
            } else {
                inside.append(Character.isLetterOrDigit(c) ? "" : "\\").append(c);
            }
            i++;
        }
        if (i >= glob.length()) {
            regex.append("(?!)"); // an open bracket without its end matches nothing
            return glob.length();
        }
        regex.append("(?!/)[").append(not ? "^" : "").append(inside).append(']');
        return i + 1;
    }

    private static String posix(String name) {
        return switch (name) {
            case "alpha" -> "Alpha";
            case "digit" -> "Digit";
            case "alnum" -> "Alnum";
            case "upper" -> "Upper";
            case "lower" -> "Lower";
            case "punct" -> "Punct";
            case "space" -> "Space";
            case "xdigit" -> "XDigit";
            default -> throw new IllegalArgumentException("No class of characters is called [:" + name + ":]");
        };
    }
}
