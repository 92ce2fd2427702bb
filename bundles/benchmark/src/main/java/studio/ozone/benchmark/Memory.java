package studio.ozone.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Resident memory of a process, MiB.
 *
 * @param anonymous what no file backs
 * @param files what files back: classes, libraries, the index
 */
record Memory(double anonymous, double files) {

    /** @return null where the process has ended, or the system does not tell */
    static Memory of(long pid) {
        try {
            return of(Files.readAllLines(Path.of("/proc/" + pid + "/status")));
        } catch (IOException e) {
            return null;
        }
    }

    /** Reads the lines of Linux's {@code /proc/<pid>/status}; null where they do not tell. */
    static Memory of(List<String> lines) {
        double anonymous = mebibytes(lines, "RssAnon:");
        double files = mebibytes(lines, "RssFile:");
        return anonymous < 0 || files < 0 ? null : new Memory(anonymous, files);
    }

    private static double mebibytes(List<String> lines, String field) {
        return lines.stream().filter(line -> line.startsWith(field)).mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
            .findFirst().orElse(-1);
    }
}
