package studio.ozone.api.zsei;

/** A source that cannot be read. The message is one line for a user: what is wrong and, where there is one, the remedy. */
public final class SourceException extends Exception {

    private static final long serialVersionUID = 1L;

    /** What is wrong. */
    public enum Code { GONE, CHANGED, UNREADABLE, UNSUPPORTED, TOO_LARGE, ENCRYPTED, BOMB, BROKEN, NOT_TEXT, OUTSIDE }

    private final Code code;

    public SourceException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public SourceException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
