package studio.ozone.config.recommend;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Programs of the system that are asked. */
@FunctionalInterface
interface Commands {

    int PATIENCE_SECONDS = 4;

    /** What it prints; null where it is not there, fails or takes too long. */
    String run(String... line);

    /** On this machine. Only for what prints little: it is read when the program has ended. */
    static String here(String... line) {
        Process process = null;
        try {
            process = new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                return null;
            }
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } finally {
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }
}
