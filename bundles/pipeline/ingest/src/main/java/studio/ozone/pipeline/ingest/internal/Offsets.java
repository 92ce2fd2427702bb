package studio.ozone.pipeline.ingest.internal;

/** Code points to characters and back. Fast where the places that are asked for ascend, or where there are no surrogates. */
final class Offsets {

    private final String text;
    private final boolean same;
    private int charAt;
    private int codePointAt;

    Offsets(String text) {
        this.text = text;
        this.same = text.codePointCount(0, text.length()) == text.length();
    }

    int toChar(int codePoint) {
        if (same) {
            return codePoint;
        }
        charAt = text.offsetByCodePoints(charAt, codePoint - codePointAt);
        codePointAt = codePoint;
        return charAt;
    }

    int toCodePoint(int at) {
        if (same) {
            return at;
        }
        codePointAt += at >= charAt ? text.codePointCount(charAt, at) : -text.codePointCount(at, charAt);
        charAt = at;
        return codePointAt;
    }
}
