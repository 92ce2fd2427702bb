package studio.ozone.config;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Copies of the files as they were when they were last right, so that a file that is broken at start-up does not reset its keys. */
final class LastGood {

    private final Path folder;

    LastGood(Path folder) {
        this.folder = folder;
    }

    /** Null where there is no copy. */
    byte[] read(Path file) throws IOException {
        Path copy = folder.resolve(file.getFileName());
        return Files.exists(copy) ? Files.readAllBytes(copy) : null;
    }

    void keep(Source source) throws IOException {
        Path copy = folder.resolve(source.file().getFileName());
        if (!Files.exists(copy) || !Arrays.equals(Files.readAllBytes(copy), source.content())) {
            Files.createDirectories(folder);
            Files.write(copy, source.content());
        }
    }

    /** Drops the copies of files that have gone. */
    void retain(List<Path> files) throws IOException {
        if (Files.isDirectory(folder)) {
            Set<Path> names = files.stream().map(Path::getFileName).collect(Collectors.toSet());
            try (DirectoryStream<Path> copies = Files.newDirectoryStream(folder, copy -> !names.contains(copy.getFileName()))) {
                for (Path copy : copies) {
                    Files.delete(copy);
                }
            }
        }
    }

    void forget(Path file) throws IOException {
        Files.deleteIfExists(folder.resolve(file.getFileName()));
    }
}
