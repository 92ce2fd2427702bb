package studio.ozone.api.llm;

/** A provider that cannot answer. The message names the cause and the remedy. */
public final class ProviderException extends Exception {

    private static final long serialVersionUID = 1L;

    /** What is wrong. */
    public enum Code { UNAVAILABLE, INVALID, TOO_LONG, FAILED, UNSUPPORTED }

    private final Code code;

    public ProviderException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public ProviderException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
