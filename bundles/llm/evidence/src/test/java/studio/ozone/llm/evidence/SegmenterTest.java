package studio.ozone.llm.evidence;

import java.util.List;
import java.util.Random;

import org.junit.Test;

import studio.ozone.llm.evidence.Segmenter.Kind;
import studio.ozone.llm.evidence.Segmenter.Unit;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

public class SegmenterTest {

    @Test
    public void sentencesEndWhereTheyEnd() {
        assertEquals(List.of("Dr. Smith met J. R. Jones in St. Louis on Jan. 5, e.g. at 3.30 p.m. sharp.", "\"Was it late?\"", "No!", "It cost 1.5 million (approx. half)."),
                texts("Dr. Smith met J. R. Jones in St. Louis on Jan. 5, e.g. at 3.30 p.m. sharp. \"Was it late?\" No! It cost 1.5 million (approx. half)."));
    }

    @Test
    public void footnoteMarksBelongToTheirSentence() {
        assertEquals(List.of("Rollo swore fealty.[12]", "He kept it.[a][3]", "For a while."),
                texts("Rollo swore fealty.[12] He kept it.[a][3] For a while."));
    }

    @Test
    public void aSentenceRunsOnOverLines() {
        assertEquals(List.of("This is one\nsentence on two lines.", "And another."), texts("This is one\nsentence on two lines. And another.\n"));
    }

    @Test
    public void japaneseSentencesEndWithoutSpaces() {
        assertEquals(List.of("設定を変更します。", "再起動は不要です。"), texts("設定を変更します。再起動は不要です。"));
    }

    @Test
    public void aBulletIsWholeAndKnowsWhatLeadsToIt() {
        List<Unit> units = Segmenter.units("""
                ## Switches

                There are two ways:

                - Set the key. It acts at once
                  and stays.
                - Use the console.
                """);
        assertEquals(List.of(Kind.HEADING, Kind.SENTENCE, Kind.BULLET, Kind.BULLET), units.stream().map(Unit::kind).toList());
        assertEquals("- Set the key. It acts at once\n  and stays.", units.get(2).text());
        assertEquals("Switches There are two ways:", units.get(2).lead());
    }

    @Test
    public void aSettingIsALineAndABlockOfCodeIsWhole() {
        List<Unit> units = Segmenter.units("""
                Turn it off like this:

                ```toml
                [pipeline.built_in]
                # Not needed without a microphone
                voice_enabled = false
                browser_enabled = false
                ```

                ```java
                int twice(int x) {
                    return 2 * x;
                }
                ```
                """);
        Unit setting = units.stream().filter(unit -> unit.text().equals("# Not needed without a microphone\nvoice_enabled = false"))
                .findFirst().orElseThrow();
        assertEquals("Turn it off like this: [pipeline.built_in]", setting.lead());
        Unit next = units.stream().filter(unit -> unit.text().equals("browser_enabled = false")).findFirst().orElseThrow();
        assertEquals("Turn it off like this: [pipeline.built_in] # Not needed without a microphone", next.lead());
        assertTrue(units.stream().anyMatch(unit -> unit.kind() == Kind.CODE && unit.text().startsWith("int twice") && unit.text().endsWith("}")));
    }

    @Test
    public void aTableRowIsAUnitUnderItsHeader() {
        List<Unit> units = Segmenter.units("| Model | RAM |\n|---|---|\n| 7B | 8 GB |\n| 13B | 16 GB |\n");
        assertEquals(List.of("| 7B | 8 GB |", "| 13B | 16 GB |"), units.stream().map(Unit::text).toList());
        assertEquals("| Model | RAM |", units.getFirst().lead());
    }

    @Test
    public void everyUnitIsWhereItSays() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        String[] parts = {"A sentence. ", "\n", "\n\n", "# Head\n", "- item\n", "```\n", "key = 1\n", "| a | b |\n", "|---|\n", "e.g. ", "😀", "“Q?” ", "    x();\n",
            "1. one\n", "===\n", "[t]\n", "word ", "。", ".", "\t", "..."};
        for (int round = 0; round < 2_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(30); i >= 0; i--) {
                text.append(parts[random.nextInt(parts.length)]);
            }
            int last = 0;
            for (Unit unit : Segmenter.units(text.toString())) {
                assertEquals(unit.text(), text.substring(unit.start(), unit.end()));
                assertTrue("in order and apart: " + text, unit.start() >= last);
                assertEquals("no white space around it", unit.text().strip(), unit.text());
                last = unit.end();
            }
        }
    }

    private static List<String> texts(String text) {
        return Segmenter.units(text).stream().map(Unit::text).toList();
    }
}
