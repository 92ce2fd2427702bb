package studio.ozone.web.access;

/** The token cannot be had, so nobody is let in. The message names the file and the remedy. */
final class AccessException extends Exception {

    private static final long serialVersionUID = 1L;

    AccessException(String message) {
        super(message);
    }

    AccessException(String message, Throwable cause) {
        super(message, cause);
    }
}
