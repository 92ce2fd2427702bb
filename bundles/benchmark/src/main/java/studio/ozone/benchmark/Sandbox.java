package studio.ozone.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import studio.ozone.api.benchmark.BenchmarkException;

/**
 * The temporary folder of a run, {@code bench} in the data home, so that it lies on the same disk as what it stands for: {@code etc}, a copy of the
 * configuration; {@code data}, the data home of the measured instances; {@code files}, what they read. A run that was killed leaves it behind;
 * the next start of the instance, and the next run, take it away.
 */
final class Sandbox {

    private static final String NAME = "bench";
    /** The longest path of a socket on Linux; elsewhere it is a little shorter. */
    private static final int LONGEST_SOCKET = 103;
    private static final String LOCK = "run/lock";

    private final Path folder;

    private Sandbox(Path folder) {
        this.folder = folder;
    }

    static Sandbox in(Path dataHome) {
        return new Sandbox(dataHome.resolve(NAME));
    }

    Path etc() {
        return folder.resolve("etc");
    }

    Path data() {
        return folder.resolve("data");
    }

    Path files() {
        return folder.resolve("files");
    }

    Path socket() {
        return data().resolve("run/ozone.sock");
    }

    boolean exists() {
        return Files.exists(folder, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Makes it anew.
     *
     * @param userEtc the configuration that is copied
     * @param userFile the user's file where it lies elsewhere ({@code OZONE_CONFIG_PATH}); null where it is in {@code etc}
     * @param models the folder of models, which are read where they are
     */
    void make(Path userEtc, Path userFile, Path models) throws IOException, BenchmarkException {
        int length = socket().toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST_SOCKET) {
            throw new BenchmarkException(BenchmarkException.Code.FAILED, "The path " + socket() + " is too long for a socket (" + length + " bytes, at most "
                + LONGEST_SOCKET + "). Take a data home with a shorter path (OZONE_DATA_DIR)");
        }
        remove();
        Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        copy(userEtc, etc());
        if (userFile != null) {
            Files.deleteIfExists(etc().resolve("ozone.toml"));
            Files.copy(userFile, etc().resolve("ozone.toml"));
        }
        for (Path made : List.of(files(), data().resolve("run"), data().resolve("log"), data().resolve("karaf/tmp"))) {
            Files.createDirectories(made);
        }
        if (Files.isDirectory(models)) {
            Files.createSymbolicLink(data().resolve("models"), models);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) throws IOException {
                Files.createDirectories(to.resolve(from.relativize(dir).toString()));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (Files.isRegularFile(file)) {
                    Files.copy(file, to.resolve(from.relativize(file).toString()));
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Ends an instance that still lives in it, and takes it away; links in it are not followed. */
    void remove() throws IOException {
        if (!exists()) {
            return;
        }
        endLeftOver();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;      // an instance that ends takes its own files away meanwhile
                }
                throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, IOException e) throws IOException {
                Files.deleteIfExists(dir);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** The process that says it holds the data home in here, if it really is one of ours: the number may be another's by now. */
    private void endLeftOver() throws IOException {
        Path lock = data().resolve(LOCK);
        if (!Files.isReadable(lock)) {
            return;
        }
        String pid = Files.readString(lock).lines().findFirst().orElse("");
        Optional<ProcessHandle> process = pid.matches("[0-9]{1,18}") ? ProcessHandle.of(Long.parseLong(pid)) : Optional.empty();
        if (process.isPresent() && process.get().info().arguments().map(List::of).orElse(List.of()).contains(Instance.DATA + data())) {
            process.get().destroyForcibly();
            process.get().onExit().orTimeout(10, TimeUnit.SECONDS).handle((ended, late) -> ended).join();
        }
    }
}
