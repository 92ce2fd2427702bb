package studio.ozone.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;

/** Values that are shown, exported and kept in no history. They should stand in the environment, but somebody may write them into a file. */
record Secrets(Schema schema) {

    static final String MASK = "(secret)";

    private static final Pattern NAME = Pattern.compile("(^|_)(api_?key|secret|password|passphrase|private_key|(access|auth|bearer|session)_token|token)$");
    /** A line of a file that cannot be read as a whole. */
    private static final Pattern LINE = Pattern.compile(
        "(?m)^(\\s*[\\w.\"'-]*(?:api_?key|secret|password|passphrase|private_key|token)[\"']?\\s*[=:]).*$");

    /** Whether the schema says so, or the name does. */
    boolean is(String key) {
        Key known = schema.key(key);
        return known != null && known.secret() || NAME.matcher(Keys.name(key)).find();
    }

    Object masked(String key, Object value) {
        return value != null && is(key) ? MASK : value;
    }

    /** The document's text without the values of secret keys. */
    String masked(Document document) throws TomlException {
        Document masked = document;
        for (Entry entry : document.entries()) {
            if (is(entry.key()) && !MASK.equals(entry.value())) {
                masked = masked.with(entry.key(), MASK);
            }
        }
        return masked.text();
    }

    /** The text of a file without secrets, one that is no valid document included. */
    String masked(Path file, byte[] content) {
        try {
            return masked(EtcFiles.parse(file, content));
        } catch (TomlException e) {
            return masked(new String(content, StandardCharsets.UTF_8));
        }
    }

    private static String masked(String broken) {
        return LINE.matcher(broken).replaceAll("$1 \"" + MASK + "\"");
    }

    /** Gives a kept document the secrets back that are there now; a secret that is not there now goes. */
    Document unmasked(Document kept, Map<String, Object> now) throws TomlException {
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
