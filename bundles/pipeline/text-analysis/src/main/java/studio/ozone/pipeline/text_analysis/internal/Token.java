package studio.ozone.pipeline.text_analysis.internal;

/**
 * A word, number or sign of a sentence.
 *
 * @param tag the universal part of speech ({@code NOUN}, {@code PROPN} …); null where no model tells
 */
record Token(String text, String tag) {

    boolean isWord() {
        return text.codePoints().anyMatch(Character::isLetter);
    }

    boolean counts() {
        return text.codePoints().anyMatch(Character::isLetterOrDigit);
    }

    /** Starts with a capital, and is not written in capitals only. */
    boolean isCapitalised() {
        return Character.isUpperCase(text.codePointAt(0)) && text.codePoints().anyMatch(Character::isLowerCase);
    }
}
