package studio.ozone.logging;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * When the log file is put aside, and what becomes of it then. Immutable.
 *
 * @param maxSizeMb size in MiB at which a new file is begun, 1..10000
 * @param maxFiles files put aside that are kept, 1..1000
 * @param compress whether they are compressed
 */
record Rotation(int maxSizeMb, int maxFiles, boolean compress) {

    Rotation {
        within("max_size_mb", maxSizeMb, 10_000);
        within("max_files", maxFiles, 1_000);
    }

    private static void within(String key, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException("logging.file." + key + " is " + value + "; it is 1.." + most);
        }
    }

    /** Removes what is more than is kept, the oldest first: Log4j does so only when it puts the next one aside. */
    void prune(Path log) throws IOException {
        List<Path> aside = aside(log);
        for (Path old : aside.subList(0, Math.max(0, aside.size() - maxFiles))) {
            Files.deleteIfExists(old);
        }
    }

    /** The files put aside, the oldest first. Their numbers do not tell: Log4j counts plain and compressed ones apart. */
    static List<Path> aside(Path log) throws IOException {
        Map<Path, FileTime> found = new HashMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(log.getParent(), log.getFileName() + ".*")) {
            for (Path file : files) {
                if (file.getFileName().toString().substring(log.getFileName().toString().length() + 1).matches("[0-9]+(\\.gz)?")) {
                    try {
                        found.put(file, Files.getLastModifiedTime(file));
                    } catch (NoSuchFileException e) {
                        continue;                                 // it has just been compressed, or removed
                    }
                }
            }
        }
        return found.entrySet().stream().sorted(Map.Entry.comparingByValue()).map(Map.Entry::getKey).toList();
    }
}
