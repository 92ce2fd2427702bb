package studio.ozone.llm.api;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import studio.ozone.api.llm.ProviderException.Code;

/** What it means that a server answered something else than an answer. */
final class Verdict {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> TOO_LONG = List.of("context_length_exceeded", "exceed_context_size", "prompt is too long", "maximum context length",
            "context window", "input is too long", "exceeds the available context", "exceed context limit", "request_too_large");
    private static final List<String> REFUSED = List.of("content_filter", "content_policy", "content management policy", "responsibleaipolicy");
    private static final List<String> PASSING = List.of("overloaded", "rate_limit", "server_error", "api_error", "timeout", "unavailable");
    private static final List<String> UNPAID = List.of("insufficient_quota", "credit balance", "billing");

    private final Table table;
    private final Key key;
    private final Instant now;

    Verdict(Table table, Key key, Instant now) {
        this.table = table;
        this.key = key;
        this.now = now;
    }

    /** The head of each message: provider, host. */
    private String who() {
        return table.name() + " (" + table.host() + ")";
    }

    /**
     * A status other than 200.
     *
     * @param body its beginning
     * @param retryAfter the header; null where there is none
     */
    Failure status(int status, String contentType, String body, String retryAfter) {
        String raw = body.toLowerCase(Locale.ROOT);
        String said = said(contentType, body);
        String answered = who() + " answered " + status + ": " + said;
        if (status >= 300 && status < 400) {
            return Failure.of(Code.UNAVAILABLE, who() + " sends to another place (" + status + "), which is not followed. Set " + table.key("base_url")
                    + " to where the API is.", null);
        }
        if (status == 401 || status == 403) {
            String variable = table.variable();
            return Failure.of(Code.UNAVAILABLE, who() + " does not take the key (" + status + ": " + said + ")."
                    + (variable == null ? "" : " Set " + variable + " or " + table.key("key_file") + " to one that is valid for this server."), null);
        }
        if (status == 402 || has(raw, UNPAID) && (status == 429 || status == 400)) {
            return Failure.of(Code.UNAVAILABLE, answered + " The account has nothing left; top it up, or choose another with llm.api.default_provider.", null);
        }
        if (status == 404 || status == 405) {
            return Failure.of(Code.UNAVAILABLE, answered + " Either " + table.key("model") + " = " + Said.clean(table.model()) + " is not there, or "
                    + table.key("base_url") + " is not where the API is.", null);
        }
        if (has(raw, TOO_LONG) && status < 500 || status == 413) {
            return tooLong(said);
        }
        if (status == 400 && has(raw, REFUSED)) {
            return Failure.refusal(answered);
        }
        if (status == 408 || status == 429 || status == 500 || status == 502 || status == 503 || status == 504 || status == 529) {
            return Failure.passing(answered + (status == 429 ? " It limits how often it is asked; see llm.api.rate_limit_requests_per_minute." : ""),
                    after(retryAfter));
        }
        return Failure.of(status < 500 ? Code.INVALID : Code.UNAVAILABLE, answered + " The request was not taken; check " + table.key("model") + ".", null);
    }

    /** An error that comes inside of a stream. */
    Failure inStream(String data) {
        String raw = data.toLowerCase(Locale.ROOT);
        String said = Said.sentence(Said.clean(message(data), key));
        if (has(raw, TOO_LONG)) {
            return tooLong(said);
        }
        String broke = who() + " broke its answer off: " + said;
        return has(raw, PASSING) ? Failure.passing(broke, null) : Failure.of(Code.UNAVAILABLE, broke, null);
    }

    Failure notAStream(String contentType, String beginning) {
        return html(contentType, beginning) ? page() : Failure.of(Code.UNAVAILABLE, who() + " answered "
                + Said.clean(contentType) + " and no stream: " + Said.sentence(Said.clean(beginning, key)) + " Check " + table.key("base_url") + ".", null);
    }

    Failure broken(String how, Throwable cause) {
        return Failure.of(Code.UNAVAILABLE, who() + ": the answer " + how + ". Ask again.", cause);
    }

    private Failure tooLong(String said) {
        return Failure.of(Code.TOO_LONG, who() + " says that the question with its passages is too long: " + said + " Set " + table.key("context_length")
                + " (now " + table.contextLength() + ") to what the model has.", null);
    }

    private Failure page() {
        return Failure.of(Code.UNAVAILABLE, who() + " answered with a web page. " + table.key("base_url")
                + " is not where the API is, or a proxy asks for a login.", null);
    }

    private String said(String contentType, String body) {
        return html(contentType, body) ? "a web page, so that " + table.key("base_url") + " may not be where the API is." : Said.sentence(Said.clean(message(body), key));
    }

    private static boolean html(String contentType, String body) {
        return contentType != null && contentType.toLowerCase(Locale.ROOT).contains("html") || body.stripLeading().startsWith("<");
    }

    /** The message in an error of any of the protocols; else the text as it is. */
    private static String message(String body) {
        try {
            JsonNode root = JSON.readTree(body);
            JsonNode error = root == null ? null : root.has("error") ? root.get("error") : root;
            if (error != null && error.isTextual()) {
                return error.asText();
            }
            JsonNode text = error == null ? null : error.get("message");
            return text != null && text.isTextual() ? text.asText() : body;
        } catch (JsonProcessingException e) {
            return body;
        }
    }

    private static boolean has(String raw, List<String> any) {
        return any.stream().anyMatch(raw::contains);
    }

    /** Seconds, or a date (RFC 9110, 10.2.3); null for neither. */
    private Duration after(String retryAfter) {
        if (retryAfter == null) {
            return null;
        }
        try {
            double seconds = Double.parseDouble(retryAfter.strip());
            return seconds >= 0 && seconds < 1e9 ? Duration.ofMillis((long) Math.ceil(seconds * 1000)) : null;
        } catch (NumberFormatException e) {
            try {
                Duration until = Duration.between(now, Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(retryAfter.strip())));
                return until.isNegative() ? Duration.ZERO : until;
            } catch (DateTimeParseException notADate) {
                return null;
            }
        }
    }
}
