package studio.ozone.api.zsei;

/** Something in ZSEI that cannot be done. The message names the thing and the remedy. */
public final class ZseiException extends Exception {

    private static final long serialVersionUID = 1L;

    /** What is wrong. */
    public enum Code { NOT_FOUND, INVALID, STORE_UNAVAILABLE, DISK_FULL, INDEX_UNAVAILABLE, EMBEDDER_UNAVAILABLE, CLOSED }

    private final Code code;

    public ZseiException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public ZseiException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
