package studio.ozone.llm.api;

import java.net.URI;
import java.net.URISyntaxException;

import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.llm.ProviderException.Code;

/**
 * A server as one table of the configuration names it. Holds no key.
 *
 * @param name of the table below {@code llm.api}
 * @param baseUrl what the protocol's paths are put behind; empty where none is set
 * @param model as the server calls it; empty where none is set
 * @param contextLength tokens that question, passages and answer may have together
 * @param inputPrice US dollars for a million tokens; negative where it is not known
 * @param outputPrice the same for what comes back
 * @param keyFile path of a file that holds the key; empty for none
 */
record Table(String name, Protocol protocol, String baseUrl, String model, int contextLength, double inputPrice, double outputPrice, String keyFile) {

    /** What a server speaks. */
    enum Protocol { OPENAI, ANTHROPIC, OLLAMA }

    /** What holds the table of one server at present. A service of this bundle alone. */
    interface Source {

        /** Service property: the table's name. */
        String NAME = "ozone.llm.api.table";

        Table table();
    }

    /** The full name of one of its keys. */
    String key(String of) {
        return "llm.api." + name + "." + of;
    }

    /** The environment variable that holds its key; null where it needs none. */
    String variable() {
        return switch (name) {
            case "openai" -> "OZONE_OPENAI_API_KEY";
            case "anthropic" -> "OZONE_ANTHROPIC_API_KEY";
            case "custom" -> "OZONE_CUSTOM_LLM_KEY";
            default -> null;
        };
    }

    /** Whether nothing can be asked without a key. */
    boolean needsKey() {
        return name.equals("openai") || name.equals("anthropic");
    }

    /** What a million tokens cost is known. */
    boolean priced() {
        return inputPrice >= 0 && outputPrice >= 0;
    }

    /** US dollars; NaN where the prices are not known. */
    double cost(long input, long output) {
        return priced() ? (input * inputPrice + output * outputPrice) / 1e6 : Double.NaN;
    }

    /** @throws ProviderException if no model is named, or the address is missing or none */
    void check() throws ProviderException {
        url();
        if (model.isBlank()) {
            throw new ProviderException(Code.UNAVAILABLE, "No model is named for " + name + ". Set it with: ozone-core config --set " + key("model")
                    + "=<model>");
        }
    }

    /** @throws ProviderException if the address is missing or none */
    URI url() throws ProviderException {
        if (baseUrl.isBlank()) {
            throw new ProviderException(Code.UNAVAILABLE, key("base_url") + " is not set. Set the address of the server, for instance"
                    + " http://127.0.0.1:8080/v1");
        }
        try {
            URI uri = new URI(baseUrl.strip());
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            if (http && uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawQuery() == null && uri.getRawFragment() == null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Said below: the text itself may hold a secret.
        }
        throw new ProviderException(Code.UNAVAILABLE, key("base_url") + " is no address. It is http:// or https://, a host and a path, without user,"
                + " password, query or fragment.");
    }

    /** The host and, where it is not the usual one, the port: for messages. */
    String host() {
        try {
            URI uri = url();
            return uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
        } catch (ProviderException e) {
            return "no host";
        }
    }

    static void within(String key, double value, double min, double max) {
        if (!(value >= min && value <= max)) {
            throw new IllegalArgumentException(key + " = " + value + " is outside " + min + ".." + max);
        }
    }

    /** @throws IllegalArgumentException if a number is out of its range; names the key */
    Table checked() {
        within(key("context_length"), contextLength, 256, 10_000_000);
        within(key("input_price_per_million_usd"), inputPrice, -1, 1_000_000);
        within(key("output_price_per_million_usd"), outputPrice, -1, 1_000_000);
        return this;
    }
}
