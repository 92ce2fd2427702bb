package studio.ozone.config;

/** A text that is not valid TOML, or not a valid properties file. Line and column count from 1. */
final class TomlException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int line;
    private final int column;

    TomlException(int line, int column, String message) {
        super("line " + line + ", column " + column + ": " + message);
        this.line = line;
        this.column = column;
    }

    int line() {
        return line;
    }

    int column() {
        return column;
    }
}
