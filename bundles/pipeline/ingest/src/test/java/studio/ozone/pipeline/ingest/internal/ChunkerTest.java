package studio.ozone.pipeline.ingest.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.Test;

import studio.ozone.api.zsei.Sources.Document;
import studio.ozone.api.zsei.Sources.Heading;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

public class ChunkerTest {

    private static final String[] WORDS = {"boiler", "the", "is", "Dr.", "e.g.", "3.14", "\ud83d\ude00", "caf\u00e9", "\u6c34", "x", "end.", "why?", "No!",
            "supercalifragilisticexpialidocious", "\u3002", "\"quoted.\"", "- ", "1. ", "| a |", "```", "\r\n", "\n", "\n\n", "\t", "  ",
            "\u00a0"};

    private static Document document(String kind, String text, List<Heading> headings) {
        return new Document(null, "T", kind, text, Map.of("kind", kind), headings);
    }

    @Test
    public void everyPieceIsTheTextAtItsPlaceAndNothingIsLeftOut() {
        long seed = System.nanoTime();
        System.out.println("ChunkerTest seed " + seed);
        everyPiece(seed);
    }

    /** A first unit of nothing but blanks, as this seed found it. */
    @Test
    public void aBlankBeginningIsNoPieceToShareWith() {
        everyPiece(41566618012789L);
    }

    private static void everyPiece(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 400; round++) {
            StringBuilder text = new StringBuilder();
            List<Heading> headings = new ArrayList<>();
            int words = 1 << random.nextInt(12);
            for (int i = 0; i < words; i++) {
                if (random.nextInt(40) == 0) {
                    text.append("\n\n");
                    headings.add(new Heading(1 + random.nextInt(4), "H" + i, text.codePointCount(0, text.length())));
                    text.append("# H").append(i).append("\n\n");
                }
                text.append(random.nextInt(500) == 0 ? "y".repeat(random.nextInt(5000)) : WORDS[random.nextInt(WORDS.length)]);
                text.append(random.nextInt(4) == 0 ? "" : " ");
            }
            check(seed, round, text.toString(), headings, random.nextBoolean() ? "code" : "markdown");
        }
    }

    private static void check(long seed, int round, String text, List<Heading> headings, String kind) {
        String where = "seed " + seed + " round " + round;
        Plan plan = Plan.of(document(kind, text, headings));
        int[] codePoints = text.codePoints().toArray();
        boolean[] covered = new boolean[codePoints.length];
        int before = -1;
        for (Plan.Chunk chunk : plan.chunks()) {
            String slice = new String(codePoints, chunk.start(), chunk.end() - chunk.start());
            assertEquals(where, slice, chunk.text());
            assertEquals(where, Hashes.of(slice), chunk.hash());
            assertTrue(where + ": " + slice.length(), slice.length() <= Chunker.MOST);
            assertTrue(where, chunk.start() > before);
            before = chunk.start();
            for (int i = chunk.start(); i < chunk.end(); i++) {
                covered[i] = true;
            }
            if (chunk.section() >= 0) {
                assertTrue(where, plan.sections().get(chunk.section()).path().equals(chunk.path()));
            }
        }
        for (int i = 0; i < covered.length; i++) {
            int c = codePoints[i];
            assertTrue(where + " at " + i, covered[i] || Character.isWhitespace(c) || c == 0xa0 || c == 0xfeff);
        }
        for (Plan.Section section : plan.sections()) {
            assertEquals(where, Hashes.of(new String(codePoints, section.start(), section.end() - section.start())), section.hash());
            assertTrue(where, section.parent() < 0 || plan.sections().get(section.parent()).level() < section.level()
                    && plan.sections().get(section.parent()).end() >= section.end());
        }
        assertEquals(where, codePoints.length, plan.length());
    }

    @Test
    public void aShortDocumentIsOneChunk() {
        Plan plan = Plan.of(document("markdown", "# Boiler\n\nServiced in March.\n", List.of(new Heading(1, "Boiler", 0))));
        assertEquals(1, plan.chunks().size());
        assertEquals("# Boiler\n\nServiced in March.", plan.chunks().getFirst().text());
        assertEquals("Boiler", plan.chunks().getFirst().path());
        assertEquals(0, plan.sections().size());
    }

    @Test
    public void aBlankDocumentHasNone() {
        assertEquals(0, Plan.of(document("text", " \n\t\r\n ", List.of())).chunks().size());
        assertEquals(0, Plan.of(document("text", "", List.of())).chunks().size());
    }

    @Test
    public void neighboursShareAWholeSentence() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            text.append("This is sentence number ").append(i).append(" of a long text about Dr. Ode's boiler. ");
        }
        Plan plan = Plan.of(document("text", text.toString(), List.of()));
        assertTrue(plan.chunks().size() > 3);
        for (int i = 0; i < plan.chunks().size(); i++) {
            Plan.Chunk chunk = plan.chunks().get(i);
            assertTrue(chunk.text(), chunk.text().startsWith("This is") && chunk.text().endsWith("boiler."));
            if (i > 0) {
                int shared = plan.chunks().get(i - 1).end() - chunk.start();
                assertTrue("shared " + shared, shared > 40 && shared <= Chunker.OVERLAP);
            }
        }
    }

    @Test
    public void sectionsAreNotMixedUnlessShort() {
        String body = "A line of the guide that says something useful about heating. ".repeat(12);
        String text = "# Guide\n\n## Install\n\n" + body + "\n\n## Use\n\n" + body;
        int use = text.indexOf("## Use");
        Plan plan = Plan.of(document("markdown", text,
                List.of(new Heading(1, "Guide", 0), new Heading(2, "Install", 9), new Heading(2, "Use", use))));
        assertEquals(List.of("Guide \u203a Install", "Guide \u203a Use"), plan.chunks().stream().map(Plan.Chunk::path).toList());
        assertEquals(3, plan.sections().size());
    }

    @Test
    public void sentencesEndWhereAReaderSaysSo() {
        String text = "Dr. Smith paid $3.50 to J. Doe, i.e. the owner. \"Really?\" he said. Yes! See Fig. 3. The end";
        List<Integer> starts = Sentences.of(text, 0, text.length());
        List<String> units = new ArrayList<>();
        for (int i = 0; i < starts.size(); i++) {
            units.add(text.substring(starts.get(i), i + 1 < starts.size() ? starts.get(i + 1) : text.length()).strip());
        }
        assertEquals(List.of("Dr. Smith paid $3.50 to J. Doe, i.e. the owner.", "\"Really?\" he said.", "Yes!", "See Fig. 3.", "The end"), units);
    }

    @Test(timeout = 20_000)
    public void aLargeTextTakesLinearTime() {
        String text = "A sentence about something that goes on for a while. ".repeat(200_000);
        assertTrue(Plan.of(document("text", text, List.of())).chunks().size() > 9_000);
        String oneLine = "x".repeat(5_000_000);
        assertTrue(Plan.of(document("text", oneLine, List.of())).chunks().size() > 4_000);
    }
}
