package studio.ozone.api.benchmark;

/** A benchmark that cannot be run, or was broken off. The message names the cause and the remedy. */
public final class BenchmarkException extends Exception {

    private static final long serialVersionUID = 1L;

    /** What is wrong. INVALID: what was asked for cannot be. */
    public enum Code { INVALID, BUSY, DISK_FULL, FAILED }

    private final Code code;

    public BenchmarkException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public BenchmarkException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
