package studio.ozone.llm.api;

import java.util.regex.Pattern;

/** What a server said, made fit for a message: short, one line, without control characters and without anything like a key. */
final class Said {

    private static final int LONGEST = 300;
    private static final Pattern ESCAPE = Pattern.compile("\\x1B(\\[[0-?]*[ -/]*[@-~]|\\][^\\x07\\x1B]*(\\x07|\\x1B\\\\)?|.)?");
    /** Control characters, marks that turn the direction of writing, and those that cannot be seen. */
    private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}\\p{Zl}\\p{Zp}]+");
    private static final Pattern KEY = Pattern.compile("(?i)\\b(bearer\\s+\\S+|(sk|pk|key|gsk|xai|hf|api[-_]?key)[-_:=]\\s*[\\w*.-]{3,}|[\\w*-]{40,})");

    private Said() {
    }

    /** @param text as it came, or null */
    static String clean(String text) {
        return clean(text, null);
    }

    /** @param key what it must not hold in any case; null for none */
    static String clean(String text, Key key) {
        if (text == null || text.isBlank()) {
            return "nothing";
        }
        String said = text.length() > 20 * LONGEST ? text.substring(0, 20 * LONGEST) : text;
        if (key != null) {
            said = said.replace(key.secret(), "(key)");
        }
        said = INVISIBLE.matcher(ESCAPE.matcher(said).replaceAll("")).replaceAll(" ").strip();
        said = KEY.matcher(said).replaceAll("(key)").replaceAll(" {2,}", " ");
        if (said.length() <= LONGEST) {
            return said.isEmpty() ? "nothing" : said;
        }
        int end = Character.isHighSurrogate(said.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
        return said.substring(0, end) + "…";
    }

    /** With an end. */
    static String sentence(String text) {
        return text.endsWith(".") || text.endsWith("…") || text.endsWith("!") || text.endsWith("?") ? text : text + ".";
    }
}
