package studio.ozone.pipeline.text_analysis.internal;

import java.util.List;
import java.util.Locale;

import opennlp.tools.langdetect.Language;
import opennlp.tools.langdetect.LanguageDetectorME;
import opennlp.tools.langdetect.LanguageDetectorModel;

/**
 * The language of a text by OpenNLP's detector of 103 languages.
 *
 * @param code ISO 639-3; {@value #UNKNOWN} where the text is too short, or no language stands out
 * @param confidence 0..1, the detector's own
 */
record LanguageGuess(String code, double confidence) {

    static final String UNKNOWN = "und";
    /** The detector needs a sentence or two; below that its first guess is mostly wrong. */
    private static final int FEWEST_LETTERS = 40;
    /** More text than this does not make the answer better. */
    private static final int ENOUGH = 5_000;
    /** The first guess must be this many times as likely as the second. */
    private static final double CLEARLY = 1.5;

    static LanguageGuess of(List<Prose.Block> blocks, LanguageDetectorModel model) {
        StringBuilder text = new StringBuilder();
        // Whole paragraphs first: headings and table cells are full of names.
        for (int longest : new int[] {60, 0}) {
            for (Prose.Block block : blocks) {
                boolean paragraph = block.text().length() >= 60;
                if (text.length() < ENOUGH && paragraph == (longest == 60)) {
                    text.append(block.text(), 0, Math.min(block.text().length(), ENOUGH)).append('\n');
                }
            }
            if (longest == 60 && text.length() >= 400) {
                break;
            }
        }
        if (text.codePoints().filter(Character::isLetter).count() < FEWEST_LETTERS) {
            return new LanguageGuess(UNKNOWN, 0);
        }
        Language[] guesses = new LanguageDetectorME(model).predictLanguages(text);
        boolean clear = guesses.length < 2 || guesses[0].getConfidence() >= CLEARLY * guesses[1].getConfidence();
        return clear ? new LanguageGuess(guesses[0].getLang(), Math.min(1, guesses[0].getConfidence()))
                : new LanguageGuess(UNKNOWN, Math.min(1, guesses[0].getConfidence()));
    }

    boolean english() {
        return code.equals("eng");
    }

    /** The locale whose rules and month names fit. */
    Locale locale() {
        for (String two : Locale.getISOLanguages()) {
            Locale locale = Locale.of(two);
            if (locale.getISO3Language().equals(code)) {
                return locale;
            }
        }
        return Locale.ROOT;
    }
}
