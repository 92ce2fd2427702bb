package studio.ozone.pipeline.prompt;

import java.util.List;
import java.util.Random;

import org.junit.Test;

import studio.ozone.api.pipeline.Prompting.Sentence;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

public class WordingTest {

    private static final String TEXT = "The lighthouse of Arkona was built in 1826 by Karl Friedrich Schinkel. It is 19 metres tall. It houses a museum.";
    private static final String SAID = "Schinkel built the lighthouse in 1826 [7]. It glows in the dark, says Mr. Miller. It is 19 metres tall.";

    private final StringBuilder heard = new StringBuilder();

    @Test
    public void marksStandBehindTheirSentences() {
        Wording wording = say(SAID, 4, false);
        assertEquals("Schinkel built the lighthouse in 1826. [1] It glows in the dark, says Mr. Miller. [unsupported] It is 19 metres tall. [2]", wording.text());
        assertEquals(wording.text(), heard.toString());
        assertEquals(List.of(new Sentence("Schinkel built the lighthouse in 1826.", List.of(1), true, List.of()),
                new Sentence("It glows in the dark, says Mr. Miller.", List.of(), false, List.of("Mr", "Miller")),
                new Sentence("It is 19 metres tall.", List.of(2), true, List.of())), wording.sentences());
    }

    @Test
    public void strictLeavesOutWhatIsNotSupported() {
        Wording wording = say(SAID, 4, true);
        assertEquals("Schinkel built the lighthouse in 1826. [1] It is 19 metres tall. [2]", wording.text());
        assertEquals(1, wording.dropped());
        assertEquals(2, wording.sentences().size());
    }

    @Test
    public void piecesComeBeforeTheirSentenceIsWhole() {
        Wording wording = new Wording(support(), false, heard::append);
        wording.accept("Schinkel built the");
        assertEquals("Schinkel built the", heard.toString());
        wording.accept(" lighthouse");
        assertEquals("Schinkel built the lighthouse", heard.toString());
    }

    @Test
    public void strictShowsNothingUnchecked() {
        Wording wording = new Wording(support(), true, heard::append);
        wording.accept("Schinkel built the lighthouse in 1826.");
        assertEquals("", heard.toString());
        wording.accept(" And");
        assertEquals("Schinkel built the lighthouse in 1826. [1]", heard.toString());
    }

    @Test
    public void linesListsAndCodeAreKeptAsTheyAre() {
        String said = "# Museum\n\n1. It houses a museum.\n2. It is 19 metres tall\n\n```\nlighthouse = museum\n```\nArkona";
        Wording wording = say(said, 2, false);
        assertEquals("# Museum [1]\n\n1. It houses a museum. [1]\n2. It is 19 metres tall [2]\n\n```\nlighthouse = museum\n```\n[3][1]\nArkona [3]",
                wording.text().replace("[1][3]", "[3][1]"));
        assertEquals(wording.text(), heard.toString().strip());
    }

    @Test
    public void sayingThatItIsNotThereIsNoAnswer() {
        for (String said : List.of("NOT IN YOUR MATERIAL", " **Not in your material.**", "NOT IN YOUR MATERIAL: the passages speak of other things.")) {
            heard.setLength(0);
            assertTrue(said, say(said, 3, false).saysNothing());
            assertEquals("", heard.toString());
        }
        heard.setLength(0);
        assertFalse(say("Not in Arkona.", 1, false).saysNothing());
        assertTrue(heard.toString().startsWith("Not in Arkona."));
        assertFalse(say("Not in your", 1, false).saysNothing());
    }

    @Test
    public void howItIsCutIntoPiecesMakesNoDifference() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String[] parts = {"It is 19 metres tall.", " ", "\n", "```\n", "Mr. ", "🗼", "。", "[1]", "`x[0]`", "``", "# ", "1. ", "museum", "!", "|a|b|", "e.g. ", "\r\n"};
        for (int round = 0; round < 500; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(14); i >= 0; i--) {
                text.append(parts[random.nextInt(parts.length)]);
            }
            for (boolean strict : new boolean[] {false, true}) {
                Wording whole = say(text.toString(), 10_000, strict);
                heard.setLength(0);
                Wording pieces = say(text.toString(), 1 + random.nextInt(3), strict);
                assertEquals("seed " + seed, whole.text(), pieces.text());
                assertEquals("seed " + seed, whole.sentences(), pieces.sentences());
                assertEquals("seed " + seed, pieces.text(), heard.toString().strip());
            }
        }
    }

    private Wording say(String said, int piece, boolean strict) {
        Wording wording = new Wording(support(), strict, heard::append);
        for (int i = 0; i < said.length(); i += piece) {
            wording.accept(said.substring(i, Math.min(said.length(), i + piece)));
        }
        wording.finish();
        return wording;
    }

    private static Support support() {
        return new Support(List.of(SupportTest.evidence(1, "Arkona", TEXT)));
    }
}
