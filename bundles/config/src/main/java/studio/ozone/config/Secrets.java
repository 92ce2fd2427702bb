package studio.ozone.config;

import java.util.Map;
import java.util.regex.Pattern;

/** Values that are shown, exported and kept in no history. They should stand in the environment, but somebody may write them into a file. */
final class Secrets {

    static final String MASK = "(secret)";

    private static final Pattern NAME = Pattern.compile("(^|_)(api_?key|secret|password|passphrase|private_key|(access|auth|bearer|session)_token|token)$");
    /** A line of a file that cannot be read as a whole. */
    private static final Pattern LINE = Pattern.compile(
        "(?m)^(\\s*[\\w.\"'-]*(?:api_?key|secret|password|passphrase|private_key|token)[\"']?\\s*[=:]).*$");

    private Secrets() {
    }

    static boolean is(String key) {
        return NAME.matcher(Keys.name(key)).find();
    }

    static Object masked(String key, Object value) {
        return value != null && is(key) ? MASK : value;
    }

    /** The document's text without the values of secret keys. */
    static String masked(Document document) throws TomlException {
        Document masked = document;
        for (Entry entry : document.entries()) {
            if (is(entry.key()) && !MASK.equals(entry.value())) {
                masked = masked.with(entry.key(), MASK);
            }
        }
        return masked.text();
    }

    /** The same for a text that is no valid document. */
    static String masked(String broken) {
        return LINE.matcher(broken).replaceAll("$1 \"" + MASK + "\"");
    }

    /** Gives a kept document the secrets back that are there now; a secret that is not there now goes. */
    static Document unmasked(Document kept, Map<String, Object> now) throws TomlException {
        Document whole = kept;
        for (Entry entry : kept.entries()) {
            if (is(entry.key()) && MASK.equals(entry.value())) {
                Object secret = now.get(entry.key());
                whole = secret == null ? whole.without(entry.key()) : whole.with(entry.key(), secret);
            }
        }
        return whole;
    }
}
