package studio.ozone.api.pipeline;

/** A pipeline that cannot do what it was asked. The message names the cause and the remedy. */
public final class PipelineException extends Exception {

    private static final long serialVersionUID = 1L;

    /** What is wrong. */
    public enum Code { INVALID, NOT_FOUND, UNAVAILABLE, FAILED, DISK_FULL }

    private final Code code;

    public PipelineException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public PipelineException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
