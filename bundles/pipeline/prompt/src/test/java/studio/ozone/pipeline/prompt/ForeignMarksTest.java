package studio.ozone.pipeline.prompt;

import java.util.Random;

import org.junit.Test;

import static org.junit.Assert.assertEquals;

public class ForeignMarksTest {

    @Test
    public void aModelsOwnCitationsGo() {
        assertEquals("It was built in 1889.", ForeignMarks.without("It was built in 1889 [3]."));
        assertEquals("It was built in 1889. And so on.", ForeignMarks.without("It was built in 1889.[1][2] And so on."));
        assertEquals("Built in 1889, later moved.", ForeignMarks.without("Built in 1889 【3†source】, later moved (passage 2)."));
        assertEquals("One two", ForeignMarks.without("[1, 2-4] One [^5] two [Passage 3] "));
        assertEquals("Nothing.", ForeignMarks.without("Nothing [unsupported] [Source: 1]."));
    }

    @Test
    public void whatIsNoCitationStays() {
        for (String text : new String[] {"a [link](http://x) and (see below) [x]", "`list[0]` and ``a[1]``", "```\nint x = a[0];\n  b[1]\n```\nend", "open [1",
            "in (1889) and [sic]", "a\n\n  indented  twice", "[" + "1".repeat(200) + "]"}) {
            assertEquals(text, ForeignMarks.without(text));
        }
    }

    @Test
    public void howItIsCutIntoPiecesMakesNoDifference() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String[] parts = {"word", " ", "[1]", "[2, 3]", "`a[0]`", "\n", ".", "(passage 4)", "[", "]", "【5】", "```\n", "[text]", "  "};
        for (int round = 0; round < 2_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(12); i >= 0; i--) {
                text.append(parts[random.nextInt(parts.length)]);
            }
            ForeignMarks marks = new ForeignMarks();
            StringBuilder pieces = new StringBuilder();
            for (int at = 0; at < text.length();) {
                int end = Math.min(text.length(), at + 1 + random.nextInt(4));
                pieces.append(marks.next(text.substring(at, end)));
                at = end;
            }
            pieces.append(marks.finish());
            assertEquals("seed " + seed + ": " + text, ForeignMarks.without(text.toString()), pieces.toString());
        }
    }
}
