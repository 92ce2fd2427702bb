package studio.ozone.web.api;

import java.util.LinkedHashMap;
import java.util.Map;

import studio.ozone.api.config.SettingsException;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.zsei.SourceException;
import studio.ozone.api.zsei.ZseiException;

/** An answer that says what went wrong (RFC 9457). The detail names the thing and the remedy. */
final class Problem extends Exception {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String title;

    Problem(int status, String title, String detail) {
        super(detail);
        this.status = status;
        this.title = title;
    }

    static Problem badRequest(String detail) {
        return new Problem(400, "Bad request", detail);
    }

    static Problem of(PipelineException e) {
        return switch (e.code()) {
            case INVALID -> badRequest(e.getMessage());
            case NOT_FOUND -> new Problem(404, "Not found", e.getMessage());
            case UNAVAILABLE -> new Problem(503, "Unavailable", e.getMessage());
            case DISK_FULL -> new Problem(507, "Disk full", e.getMessage());
            case FAILED -> new Problem(500, "Failed", e.getMessage());
        };
    }

    static Problem of(ProviderException e) {
        return switch (e.code()) {
            case INVALID, TOO_LONG, UNSUPPORTED -> badRequest(e.getMessage());
            case UNAVAILABLE -> new Problem(503, "Unavailable", e.getMessage());
            case FAILED -> new Problem(500, "Failed", e.getMessage());
        };
    }

    static Problem of(ZseiException e) {
        return switch (e.code()) {
            case INVALID -> badRequest(e.getMessage());
            case NOT_FOUND -> new Problem(404, "Not found", e.getMessage());
            case DISK_FULL -> new Problem(507, "Disk full", e.getMessage());
            case STORE_UNAVAILABLE, INDEX_UNAVAILABLE, EMBEDDER_UNAVAILABLE, CLOSED -> new Problem(503, "Unavailable", e.getMessage());
        };
    }

    static Problem of(SourceException e) {
        return switch (e.code()) {
            case GONE -> new Problem(410, "Gone", e.getMessage());
            case CHANGED -> new Problem(409, "Changed", e.getMessage());
            case UNREADABLE, UNSUPPORTED, TOO_LARGE, ENCRYPTED, BOMB, BROKEN, NOT_TEXT, OUTSIDE ->
                new Problem(422, "Not readable", e.getMessage());
        };
    }

    static Problem of(SettingsException e) {
        return switch (e.code()) {
            case UNKNOWN_KEY -> new Problem(404, "Unknown key", e.getMessage());
            case UNKNOWN_PROFILE -> new Problem(404, "Unknown profile", e.getMessage());
            case UNKNOWN_REVISION -> new Problem(404, "Unknown revision", e.getMessage());
            case CONTRADICTION -> new Problem(409, "Contradiction", e.getMessage());
            case WRONG_TYPE, OUT_OF_RANGE -> badRequest(e.getMessage());
            case SHADOWED -> new Problem(409, "Shadowed", e.getMessage());
            case UNREADABLE, NOT_WRITTEN -> new Problem(500, "Not written", e.getMessage());
        };
    }

    int status() {
        return status;
    }

    Map<String, Object> body() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", "about:blank");
        body.put("title", title);
        body.put("status", status);
        body.put("detail", getMessage());
        return body;
    }
}
