package studio.ozone.llm.evidence;

import java.util.List;

import org.junit.Test;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

public class WordsTest {

    @Test
    public void formsOfOneWordBecomeOne() {
        for (List<String> forms : List.of(List.of("located", "locates", "location", "locate"), List.of("stopped", "stopping", "stops", "stop"),
                List.of("cities", "city"), List.of("switched", "switches", "switch"), List.of("enabled", "enable", "enables"))) {
            for (String form : forms) {
                assertEquals(form, Words.stem(forms.getFirst()), Words.stem(form));
            }
        }
    }

    @Test
    public void identifiersAreTakenApart() {
        assertEquals(List.of("voice", "enabled"), raw("voice_enabled"));
        assertEquals(List.of("max", "Mapped", "Memory"), raw("maxMappedMemory"));
    }

    @Test
    public void numbersStayWhole() {
        assertEquals(List.of("1,500", "and", "3.14"), raw("1,500 and 3.14."));
        assertEquals("1500", Words.stem("1,500"));
    }

    @Test
    public void possessivesLeaveNoWord() {
        assertEquals(List.of("Rollo", "men"), raw("Rollo's men"));
    }

    @Test
    public void textWithoutSpacesBecomesPairs() {
        assertEquals(List.of("設定", "定変", "変更"), raw("設定変更"));
    }

    @Test
    public void oneStemMayGrowOutOfAnother() {
        assertTrue(Words.likeness(Words.stem("originate"), Words.stem("origin")) > 0);
        assertEquals(0, Words.likeness(Words.stem("station"), Words.stem("statue")), 0);
        assertEquals(0, Words.likeness("1000", "10001"), 0);
    }

    private static List<String> raw(String text) {
        return Words.of(text).stream().map(Words.Word::raw).toList();
    }
}
