package studio.ozone.monitoring.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The resident memory of this process as Linux counts it, read anew at each question (proc(5), {@code /proc/pid/status}). */
final class ProcessMemory {

    /** What a system without that file answers. */
    static final long UNKNOWN = -1;

    private final Path status;

    ProcessMemory(Path status) {
        this.status = status;
    }

    /** The value of a field such as {@code RssAnon}, in bytes; {@link #UNKNOWN} where there is no such file or field. */
    long bytes(String field) {
        String prefix = field + ":";
        try {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith(prefix)) {
                    String[] words = line.substring(prefix.length()).trim().split("\\s+");
                    return Long.parseLong(words[0]) * 1024;
                }
            }
        } catch (IOException e) {
            return UNKNOWN;
        }
        return UNKNOWN;
    }
}
