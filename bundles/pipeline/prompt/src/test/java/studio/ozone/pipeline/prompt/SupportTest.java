package studio.ozone.pipeline.prompt;

import java.util.List;
import java.util.Map;

import org.junit.Test;

import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

public class SupportTest {

    private static final String LIGHTHOUSE = "The lighthouse 🗼 of Arkona was built in 1826 by Karl Friedrich Schinkel. It is 19 metres tall. "
            + "Because the coast is steep, ships had often run aground there. Today it houses a museum, which is open from April to October.";
    private static final String BATTLE = "The Duke of Wellington won the battle of Waterloo on 18 June 1815. About 1,500 horses were lost.";

    private final Support support = new Support(List.of(evidence(1, "Arkona", LIGHTHOUSE), evidence(2, "Waterloo", BATTLE)));

    @Test
    public void aParaphraseIsTiedToItsSentence() {
        assertQuotes("Karl Friedrich Schinkel built the lighthouse of Arkona in 1826.", "The lighthouse 🗼 of Arkona was built in 1826 by Karl Friedrich Schinkel.");
        assertQuotes("The lighthouse is 19 metres tall.", "It is 19 metres tall.");
        assertQuotes("Ships often ran aground because the coast was steep.", "Because the coast is steep, ships had often run aground there.");
        assertQuotes("1500 horses were lost.", "About 1,500 horses were lost.");
        assertQuotes("- The museum opens from April to October", "Today it houses a museum, which is open from April to October.");
    }

    @Test
    public void whatNoPassageHoldsIsNamed() {
        assertMissing("The lighthouse of Arkona was built in 1827 by Karl Friedrich Schinkel.", "1827");
        assertMissing("The lighthouse of Arkona was built in 1826 by Karl Friedrich Gauss.", "Gauss");
        assertMissing("Napoleon won the battle of Waterloo on 18 June 1815.", "Napoleon");
        assertMissing("Marshal Ney won the battle of Waterloo on 18 June 1815.", "Marshal", "Ney");
        assertMissing("The Duke of Wellington won the battle of Waterloo on 18 July 1815.", "July");
        assertMissing("The lighthouse, which is three metres tall, was built in Arkona.", "three");
    }

    @Test
    public void whatThePassageDeniesIsNotSupported() {
        for (String said : List.of("The lighthouse is not 19 metres tall.", "The coast isn't steep, so ships had often run aground.",
                "Today it does not house a museum, which is open from April to October.")) {
            Support.Checked checked = support.check(said);
            assertFalse(said, checked.supported());
            assertTrue(said, checked.quotes().isEmpty());
        }
    }

    @Test
    public void aClaimOfAnotherPassageIsNoneOfThisOne() {
        assertMissing("The lighthouse of Arkona was built in 1815 by Karl Friedrich Schinkel.", "1815");
    }

    @Test
    public void twoPassagesMayHoldOneSentence() {
        Support.Checked checked = support.check("The lighthouse of Arkona was built in 1826, and Wellington won the battle of Waterloo in 1815.");
        assertTrue(checked.toString(), checked.supported());
        assertEquals(List.of(1, 2), checked.quotes().stream().map(quote -> quote.passage()).sorted().toList());
    }

    @Test
    public void otherThingsAndOtherLanguagesAreNotSupported() {
        for (String said : List.of("Elephants are grey.", "Yes.", "", "…", "Der Leuchtturm steht an der Küste und ist ein Denkmal.", "灯台は一八二六年に建てられた。",
                "I hope this helps!")) {
            Support.Checked checked = support.check(said);
            assertFalse(said, checked.supported());
            assertTrue(said, checked.quotes().isEmpty());
        }
    }

    @Test
    public void germanNounsAreNoNames() {
        Support german = new Support(List.of(evidence(1, "Arkona", "Der Leuchtturm von Arkona wurde 1826 von Karl Friedrich Schinkel gebaut. Er ist 19 Meter hoch.")));
        assertTrue(german.check("Der Leuchtturm von Arkona wurde von Schinkel als Bauwerk 1826 gebaut.").supported());
        assertEquals(List.of("1827"), german.check("Der Leuchtturm von Arkona wurde 1827 von Karl Friedrich Schinkel gebaut.").missing());
    }

    @Test
    public void withoutPassagesNothingIsSupported() {
        assertEquals(List.of("1826"), new Support(List.of()).check("It was built in 1826.").missing());
    }

    private void assertQuotes(String said, String quoted) {
        Support.Checked checked = support.check(said);
        assertTrue(said + checked, checked.supported());
        var quote = checked.quotes().getFirst();
        String text = quote.passage() == 1 ? LIGHTHOUSE : BATTLE;
        assertEquals(quoted, text.substring(text.offsetByCodePoints(0, quote.start()), text.offsetByCodePoints(0, quote.end())));
    }

    private void assertMissing(String said, String... missing) {
        Support.Checked checked = support.check(said);
        assertFalse(said, checked.supported());
        assertEquals(said, List.of(missing), checked.missing());
        assertTrue(checked.quotes().isEmpty());
    }

    static Evidence evidence(int n, String title, String text) {
        int length = text.codePointCount(0, text.length());
        Container chunk = Container.of(n, 0, ContainerType.CHUNK, "chunk", "/" + title, null, 0, length, null, Map.of());
        return new Evidence(n, chunk, title, title, 0, length, text, 1, 1);
    }
}
