package studio.ozone.api.egress;

/** A connection that was refused or failed. The message names the host, the cause and the remedy, and never holds a secret. */
public final class EgressException extends Exception {

    private static final long serialVersionUID = 1L;

    /**
     * What is wrong: the policy refuses the destination; the host is not there or does not speak; it took too long; it sent more than
     * was allowed; the connection broke.
     */
    public enum Code { REFUSED, UNREACHABLE, TIMEOUT, TOO_LARGE, FAILED }

    private final Code code;

    public EgressException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public EgressException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
