package studio.ozone.llm.api;

import java.time.Duration;

import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.llm.ProviderException.Code;

/** An attempt that came to nothing. */
final class Failure extends Exception {

    private static final long serialVersionUID = 1L;

    private final Code code;
    private final boolean again;
    private final Duration wait;
    private final boolean refused;

    private Failure(Code code, String message, Throwable cause, boolean again, Duration wait, boolean refused) {
        super(message, cause);
        this.code = code;
        this.again = again;
        this.wait = wait;
        this.refused = refused;
    }

    /** For good. */
    static Failure of(Code code, String message, Throwable cause) {
        return new Failure(code, message, cause, false, null, false);
    }

    /** The server may do better in a while. @param wait how long it asks for; null where it says nothing */
    static Failure passing(String message, Duration wait) {
        return new Failure(Code.UNAVAILABLE, message, null, true, wait, false);
    }

    /** The server will not say it. */
    static Failure refusal(String message) {
        return new Failure(Code.FAILED, message, null, false, null, true);
    }

    boolean again() {
        return again;
    }

    Duration waitFor() {
        return wait;
    }

    boolean refused() {
        return refused;
    }

    /** @param streamed whether a piece of the answer was handed on: what could not be had otherwise then is cut off */
    ProviderException tell(boolean streamed) {
        return streamed && code == Code.UNAVAILABLE ? new ProviderException(Code.FAILED, getMessage() + " What has come so far is not the whole answer.", this)
                : new ProviderException(code, getMessage(), this);
    }
}
