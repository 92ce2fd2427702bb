package studio.ozone.api.config;

/** A configuration that cannot be taken. The message names file, line, key, value and remedy where there are such. */
public final class SettingsException extends Exception {

    private static final long serialVersionUID = 1L;

    /** What is wrong. */
    public enum Code { UNKNOWN_KEY, WRONG_TYPE, OUT_OF_RANGE, SHADOWED, UNREADABLE, NOT_WRITTEN, CONTRADICTION, UNKNOWN_PROFILE, UNKNOWN_REVISION }

    private final Code code;

    public SettingsException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public SettingsException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
