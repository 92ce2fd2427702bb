package studio.ozone.web.access;

import java.time.Duration;
import java.time.Instant;

import org.junit.Test;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

public class SessionsTest {

    private Instant now = Instant.EPOCH;
    private final Sessions sessions = new Sessions(() -> now);

    @Test
    public void aTicketOpensOneSessionOnce() {
        String ticket = sessions.ticket();
        String session = sessions.redeem(ticket).orElseThrow();
        assertTrue(sessions.valid(session));
        assertTrue("a second time it opens nothing", sessions.redeem(ticket).isEmpty());
        assertFalse("a ticket is no session", sessions.valid(ticket));
        assertEquals(43, session.length());
    }

    @Test
    public void ticketsEndAfterAMinuteAndSessionsAfterADay() {
        String late = sessions.ticket();
        String inTime = sessions.ticket();
        now = now.plus(Duration.ofMillis(59_999));
        String session = sessions.redeem(inTime).orElseThrow();
        now = now.plusMillis(1);
        assertTrue(sessions.redeem(late).isEmpty());
        now = now.plus(Duration.ofHours(24)).minusMillis(2);
        assertTrue(sessions.valid(session));
        now = now.plusMillis(1);
        assertFalse(sessions.valid(session));
    }

    @Test
    public void aRevokedSessionAndAnInventedOneAreNotValid() {
        String session = sessions.redeem(sessions.ticket()).orElseThrow();
        sessions.revoke(session);
        assertFalse(sessions.valid(session));
        assertFalse(sessions.valid(""));
        assertTrue(sessions.redeem("").isEmpty());
    }

    @Test
    public void theNumberOfTicketsIsBounded() {
        String first = sessions.ticket();
        for (int i = 0; i < 256; i++) {
            sessions.ticket();
        }
        assertTrue("the oldest went", sessions.redeem(first).isEmpty());
    }
}
