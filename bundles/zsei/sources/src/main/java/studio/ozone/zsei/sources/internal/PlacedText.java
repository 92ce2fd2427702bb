package studio.ozone.zsei.sources.internal;

import java.util.Arrays;

import studio.ozone.api.zsei.Sources;

/**
 * A text whose places are counted in code points. Where it has no surrogates, a code point is a character and nothing is counted;
 * else every {@value #STEP}th code point's place is remembered. Immutable but for what it works out at the first question.
 */
final class PlacedText implements Sources.Text {

    private static final int STEP = 512;

    private final String string;
    private final int length;
    private final int firstLine;
    private final boolean oneLine;
    private final int[] marks;
    private volatile int[] lineStarts;
    private volatile String hash;

    private PlacedText(String string, int firstLine, boolean oneLine) {
        this.string = string;
        this.firstLine = firstLine;
        this.oneLine = oneLine;
        this.length = string.codePointCount(0, string.length());
        this.marks = length == string.length() ? null : marks();
    }

    /** The text of a whole file, or as extracted. */
    static PlacedText whole(String string) {
        return new PlacedText(string, 1, false);
    }

    /** The text of a record: every place in it lies in the record's line. */
    static PlacedText record(String string, int line) {
        return new PlacedText(string, line, true);
    }

    private int[] marks() {
        int[] found = new int[length / STEP + 1];
        int at = 0;
        for (int i = 1; i < found.length; i++) {
            at = string.offsetByCodePoints(at, STEP);
            found[i] = at;
        }
        return found;
    }

    private int index(int codePoint) {
        return marks == null ? codePoint : string.offsetByCodePoints(marks[codePoint / STEP], codePoint % STEP);
    }

    @Override
    public String string() {
        return string;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public String slice(int start, int end) {
        if (start < 0 || end < start || end > length) {
            throw new IndexOutOfBoundsException(start + ".." + end + " does not lie in 0.." + length);
        }
        return string.substring(index(start), index(end));
    }

    @Override
    public int line(int codePoint) {
        if (codePoint < 0 || codePoint > length) {
            throw new IndexOutOfBoundsException(codePoint + " does not lie in 0.." + length);
        }
        if (oneLine) {
            return firstLine;
        }
        int[] starts = lineStarts;
        if (starts == null) {
            starts = starts();
            lineStarts = starts;
        }
        int found = Arrays.binarySearch(starts, index(codePoint));
        return found >= 0 ? found + 1 : -found - 1;
    }

    /** A line ends with a line feed, a carriage return, or both. */
    private int[] starts() {
        int[] starts = new int[64];
        int count = 1;
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (c == '\n' || c == '\r' && (i + 1 == string.length() || string.charAt(i + 1) != '\n')) {
                if (count == starts.length) {
                    starts = Arrays.copyOf(starts, count * 2);
                }
                starts[count++] = i + 1;
            }
        }
        return Arrays.copyOf(starts, count);
    }

    @Override
    public String hash() {
        String known = hash;
        if (known == null) {
            known = Hashes.of(string);
            hash = known;
        }
        return known;
    }

    /** About what it takes in memory. */
    long bytes() {
        return 128L + 2L * string.length() + (marks == null ? 0 : 4L * marks.length);
    }
}
