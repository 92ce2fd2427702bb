package studio.ozone.api.care;

/** Housekeeping or an inspection failed. The message is for a user: it names the thing and the remedy. */
public final class CareException extends Exception {

    private static final long serialVersionUID = 1L;

    public CareException(String message) {
        super(message);
    }

    public CareException(String message, Throwable cause) {
        super(message, cause);
    }
}
