package studio.ozone.runtime.capabilities;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Resident memory of this process in bytes; -1 where the system does not tell.
 *
 * @param rss all of it
 * @param anonymous the part that no file backs
 */
record ProcessMemory(long rss, long anonymous) {

    private static final Path STATUS = Path.of("/proc/self/status");

    static ProcessMemory now() {
        if (!Files.isReadable(STATUS)) {
            return new ProcessMemory(-1, -1);
        }
        try {
            return of(Files.readAllLines(STATUS));
        } catch (IOException e) {
            return new ProcessMemory(-1, -1);
        }
    }

    /** Reads the lines of Linux's {@code /proc/<pid>/status}. */
    static ProcessMemory of(List<String> lines) {
        return new ProcessMemory(bytes(lines, "VmRSS:"), bytes(lines, "RssAnon:"));
    }

    private static long bytes(List<String> lines, String field) {
        return lines.stream().filter(line -> line.startsWith(field))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024).findFirst().orElse(-1);
    }
}
