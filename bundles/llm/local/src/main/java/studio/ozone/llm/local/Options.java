package studio.ozone.llm.local;

import java.nio.file.Path;
import java.time.Duration;

/**
 * The settings, checked.
 *
 * @param folder of the models
 * @param model the chosen one's name; empty for the only one there is
 * @param serverPath of the program; empty to look for it
 * @param serverUrl of a server that somebody else runs; empty for none
 * @param keepAlive until an unused child is let go
 * @param start the longest time until a child answers
 * @param memoryCheck whether a model that needs more memory than is free is refused
 * @param threads 0 to choose
 */
record Options(Path folder, String model, String serverPath, String serverUrl, Duration keepAlive, Duration start, boolean memoryCheck, int threads,
        int gpuLayers, int batch, int context, double temperature) {

    /** What a child is started with: where two agree in this, nothing has to be loaded anew. */
    record Start(Path folder, String model, String serverPath, String serverUrl, int threads, int gpuLayers, int batch, int context) { }

    static Options of(Engine.Config config, Engine.InferenceConfig inference, Path dataHome) {
        within("keep_alive_seconds", config.keep__alive__seconds(), 0, 1_000_000);
        within("start_seconds", config.start__seconds(), 1, 86_400);
        within("inference.threads", inference.threads(), 0, 1_024);
        within("inference.gpu_layers", inference.gpu__layers(), 0, 1_000);
        within("inference.batch_size", inference.batch__size(), 1, 8_192);
        within("inference.context_length", inference.context__length(), 256, 10_000_000);
        if (!(inference.temperature() >= 0 && inference.temperature() <= 2)) {
            throw new IllegalArgumentException("llm.local.inference.temperature = " + inference.temperature() + " is outside 0..2");
        }
        String url = config.server__url().strip();
        if (!url.isEmpty() && !url.matches("https?://[^\\s/?#@]+(/[^\\s?#]*)?")) {
            throw new IllegalArgumentException("llm.local.server_url = " + url + " is no URL like http://127.0.0.1:8080");
        }
        return new Options(folder(config.model__directory().strip(), dataHome), config.default__model().strip().replaceFirst("\\.gguf$", ""),
            home(config.server__path().strip()), url.replaceFirst("/+$", "").replaceFirst("/v1$", ""), Duration.ofSeconds(config.keep__alive__seconds()),
            Duration.ofSeconds(config.start__seconds()), config.memory__check(), inference.threads(), inference.gpu__layers(), inference.batch__size(),
            inference.context__length(), inference.temperature());
    }

    Start start(String resolved) {
        return new Start(folder, resolved, serverPath, serverUrl, threads, gpuLayers, batch, context);
    }

    private static Path folder(String text, Path dataHome) {
        if (text.equals(Engine.DATA_HOME) || text.startsWith(Engine.DATA_HOME + "/")) {
            return dataHome.resolve("." + text.substring(Engine.DATA_HOME.length())).normalize();
        }
        return dataHome.resolve(home(text)).normalize();
    }

    private static String home(String text) {
        return text.equals("~") || text.startsWith("~/") ? System.getProperty("user.home") + text.substring(1) : text;
    }

    private static void within(String key, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException("llm.local." + key + " = " + value + " is outside " + min + ".." + max);
        }
    }
}
