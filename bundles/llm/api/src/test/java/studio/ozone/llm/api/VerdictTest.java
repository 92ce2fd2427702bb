package studio.ozone.llm.api;

import java.time.Duration;
import java.time.Instant;

import org.junit.Test;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

public class VerdictTest {

    private final Verdict verdict = new Verdict(new Table("custom", Table.Protocol.OPENAI, "http://10.0.0.7:8080/v1", "m", 1_000, -1, -1, ""), null,
            Instant.parse("2026-03-01T12:00:00Z"));

    @Test
    public void retryAfterIsSecondsOrADate() {
        assertEquals(Duration.ofSeconds(7), after("7"));
        assertEquals(Duration.ofMillis(1_500), after(" 1.5 "));
        assertEquals(Duration.ofSeconds(90), after("Sun, 01 Mar 2026 12:01:30 GMT"));
        assertEquals("in the past", Duration.ZERO, after("Sun, 01 Mar 2026 11:00:00 GMT"));
        for (String nonsense : new String[] {"", "soon", "-5", "NaN", "Infinity", "1e300", "Sun, 99 Mar 2026 12:01:30 GMT"}) {
            assertNull(nonsense, after(nonsense));
        }
        assertNull(after(null));
    }

    @Test
    public void whichStatusMayPass() {
        for (int status : new int[] {408, 429, 500, 502, 503, 504, 529}) {
            assertTrue("" + status, verdict.status(status, "text/plain", "x", null).again());
        }
        for (int status : new int[] {301, 400, 401, 402, 403, 404, 405, 413, 422, 501, 505}) {
            assertFalse("" + status, verdict.status(status, "text/plain", "x", null).again());
        }
    }

    @Test
    public void eachMessageNamesProviderAndHost() {
        for (int status : new int[] {302, 400, 401, 402, 404, 413, 429, 500, 501}) {
            for (String body : new String[] {"", "null", "[]", "{}", "{\"error\":null}", "{\"error\":7}", "plain", "<html>"}) {
                String message = verdict.status(status, null, body, null).getMessage();
                assertTrue(message, message.startsWith("custom (10.0.0.7:8080) "));
            }
        }
    }

    private Duration after(String header) {
        return verdict.status(429, "text/plain", "x", header).waitFor();
    }
}
