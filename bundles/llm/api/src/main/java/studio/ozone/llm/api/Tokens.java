package studio.ozone.llm.api;

/**
 * How many tokens a text has, estimated without a tokenizer: 3.2 MB for one family of models would be wrong for the others. Letters of
 * English words count 0.31, other letters more, digits and marks more still, so that what is estimated is hardly ever less than what is
 * counted by the server. {@code TokensTest} measures it against OpenAI's tokenizers.
 */
final class Tokens {

    /** What the frame of a message takes in the common chat templates. */
    static final int MESSAGE = 8;

    private Tokens() {
    }

    /** At least 1 for a text that is not empty. */
    static int of(String text) {
        double tokens = 0;
        int previous = ' ';
        for (int i = 0; i < text.length();) {
            int c = text.codePointAt(i);
            tokens += weight(c, previous);
            previous = c;
            i += Character.charCount(c);
        }
        return (int) Math.min(Integer.MAX_VALUE, Math.ceil(tokens));
    }

    private static double weight(int c, int previous) {
        if (c < 128) {
            if (c >= 'a' && c <= 'z') {
                return previous == c ? 0.45 : 0.31;
            }
            if (c >= 'A' && c <= 'Z') {
                return previous >= 'A' && previous <= 'Z' ? 0.5 : 0.4;
            }
            if (c >= '0' && c <= '9') {
                return 0.55;
            }
            if (c == ' ') {
                return previous == ' ' ? 0.15 : 0.05;
            }
            if (c == '\n' || c == '\t' || c == '\r') {
                return previous == c ? 0.4 : 0.7;
            }
            return previous == c ? 0.5 : 0.9;
        }
        if (Character.isIdeographic(c)) {
            return 1.5;
        }
        return switch (Character.UnicodeScript.of(c)) {
            case LATIN -> 1.0;
            case CYRILLIC, GREEK -> 0.7;
            case HIRAGANA, KATAKANA, HANGUL, ARABIC, HEBREW, THAI -> 1.2;
            default -> c < 0x10000 ? 2 : 3;
        };
    }
}
