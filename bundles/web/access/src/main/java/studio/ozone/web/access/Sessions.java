package studio.ozone.web.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Sessions of browsers, and the tickets that open them. Only digests are kept, so that neither the memory nor the time of a look-up tells
 * a secret; all of it is forgotten with the process. Thread-safe.
 */
final class Sessions {

    static final Duration TICKET_LIFE = Duration.ofSeconds(60);
    static final Duration SESSION_LIFE = Duration.ofHours(24);

    /** More than one person opens in a day; the oldest goes when there are more. */
    private static final int MOST = 256;

    private final InstantSource clock;
    private final Map<String, Instant> tickets = new LinkedHashMap<>();
    private final Map<String, Instant> sessions = new LinkedHashMap<>();

    Sessions(InstantSource clock) {
        this.clock = clock;
    }

    /** A ticket that is good once, for {@link #TICKET_LIFE}. */
    synchronized String ticket() {
        return issue(tickets, TICKET_LIFE);
    }

    /** The new session that a ticket opens; empty if it is unknown, used or too old. */
    synchronized Optional<String> redeem(String ticket) {
        Instant end = tickets.remove(digest(ticket));
        return end == null || !clock.instant().isBefore(end) ? Optional.empty() : Optional.of(issue(sessions, SESSION_LIFE));
    }

    synchronized boolean valid(String session) {
        Instant end = sessions.get(digest(session));
        return end != null && clock.instant().isBefore(end);
    }

    synchronized void revoke(String session) {
        sessions.remove(digest(session));
    }

    private String issue(Map<String, Instant> kept, Duration life) {
        Instant now = clock.instant();
        kept.values().removeIf(end -> !now.isBefore(end));
        if (kept.size() >= MOST) {
            kept.remove(kept.keySet().iterator().next());
        }
        String secret = TokenFile.random();
        kept.put(digest(secret), now.plus(life));
        return secret;
    }

    /** SHA-256 in hexadecimal digits. */
    static String digest(String secret) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
