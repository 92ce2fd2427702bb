package studio.ozone.runtime.housekeeping;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

import org.junit.Test;

import studio.ozone.api.care.CareException;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

public class TimesTest {

    private static final Instant WEDNESDAY = Instant.parse("2026-11-25T10:15:30Z");

    @Test
    public void theGuidesExamples() throws Exception {
        assertEquals(Instant.parse("2026-11-26T03:00:00Z"), Times.of("0 3 * * *").after(WEDNESDAY, ZoneOffset.UTC));
        assertEquals("Sunday", Instant.parse("2026-11-29T04:00:00Z"), Times.of("0 4 * * 0").after(WEDNESDAY, ZoneOffset.UTC));
        assertEquals("7 is Sunday too", Instant.parse("2026-11-29T04:00:00Z"), Times.of("0 4 * * 7").after(WEDNESDAY, ZoneOffset.UTC));
        assertEquals(Instant.parse("2026-11-25T10:20:00Z"), Times.of("  */5\t* *  * * ").after(WEDNESDAY, ZoneOffset.UTC));
    }

    @Test
    public void countsInTheZone() throws Exception {
        assertEquals(Instant.parse("2026-11-26T02:00:00Z"), Times.of("0 3 * * *").after(WEDNESDAY, ZoneId.of("Europe/Berlin")));
    }

    @Test
    public void anHourThatIsLeftOutDoesNotStopTheClock() throws Exception {
        Instant before = Instant.parse("2027-03-28T00:30:00Z"); // 1:30 in Berlin; at 2:00 it is 3:00
        Instant next = Times.of("30 2 * * *").after(before, ZoneId.of("Europe/Berlin"));
        assertTrue(next.toString(), next.isAfter(before) && next.isBefore(Instant.parse("2027-03-29T01:00:00Z")));
    }

    @Test
    public void fieldsThatNeverMeetHaveNoNextTime() throws Exception {
        assertNull(Times.of("0 0 30 2 *").after(WEDNESDAY, ZoneOffset.UTC));
    }

    @Test
    public void theMessagePointsAtTheField() {
        for (String[] wrong : new String[][] { {"61 3 * * *", "Field 1, the minute"}, {"0 24 * * *", "Field 2, the hour"}, {"0 3 0 * *", "Field 3, the day of the month"},
            {"0 3 * 13 *", "Field 4, the month"}, {"0 3 * * 9", "Field 5, the day of the week"}, {"0 x * * *", "Field 2"}, {"0 3 * *", "4 fields"},
            {"0 0 3 * * *", "6 fields"}, {"", "0 fields"}, {"@daily", "1 fields"} }) {
            CareException refused = assertThrows(wrong[0], CareException.class, () -> Times.of(wrong[0]));
            assertTrue(wrong[0] + ": " + refused.getMessage(), refused.getMessage().contains(wrong[1]));
        }
    }
}
