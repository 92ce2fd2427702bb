package studio.ozone.config.recommend;

/**
 * Something that was looked for.
 *
 * @param value null where it could not be found out
 * @param source where it was read, or why it is not known
 */
record Detected<T>(T value, String source) {

    static <T> Detected<T> unknown(String why) {
        return new Detected<>(null, why);
    }

    boolean known() {
        return value != null;
    }
}
