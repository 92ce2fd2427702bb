package studio.ozone.llm.local;

/** A model that cannot be used. The message names the file, what is wrong with it, and the remedy. */
final class ModelException extends Exception {

    private static final long serialVersionUID = 1L;

    ModelException(String message) {
        super(message);
    }

    ModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
