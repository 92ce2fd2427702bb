package studio.ozone.zsei.backup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import studio.ozone.api.care.CareException;
import studio.ozone.runtime.files.DurableFile;

/** A folder with backups in it: what is being written lies beside them, under a name that begins with a dot and ends in {@code .part}. */
final class Home {

    private static final String LOCK = ".lock";
    private static final String PART = ".part";
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);
    private static final FileAttribute<?> OWNER_ONLY = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<?> OWNER_ONLY_FILE = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path folder;

    Home(Path folder) {
        this.folder = folder;
    }

    Path folder() {
        return folder;
    }

    /** What fills a folder that is not there yet. */
    @FunctionalInterface
    interface Filling<R> {
        R in(Path aside) throws IOException, CareException, InterruptedException;
    }

    /**
     * Fills a folder aside, and gives it its name when that has been done and is on the disk. What fails or is killed leaves nothing: what a
     * killed process left is removed by the next one.
     */
    Path make(Instant created, String ending, Filling<?> filling) throws IOException, CareException, InterruptedException {
        prepare();
        try (FileChannel channel = FileChannel.open(folder.resolve(LOCK), Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OWNER_ONLY_FILE);
                FileLock lock = lock(channel)) {
            if (lock == null) {
                throw new CareException("Another process is writing a backup into " + folder + ": wait for its end, or name another folder");
            }
            removeParts();
            Path named = free(NAME.format(created) + ending);
            Path aside = Files.createDirectory(folder.resolve("." + named.getFileName() + PART), OWNER_ONLY);
            boolean whole = false;
            try {
                filling.in(aside);
                DurableFile.sync(aside);
                Files.move(aside, named, StandardCopyOption.ATOMIC_MOVE);
                whole = true;
            } finally {
                if (!whole) {
                    delete(aside);
                }
            }
            DurableFile.sync(folder);
            return named;
        }
    }

    private void prepare() throws CareException {
        try {
            if (folder.getParent() != null) {
                Files.createDirectories(folder.getParent());
            }
            if (!Files.isDirectory(folder)) {
                Files.createDirectory(folder, OWNER_ONLY);
            }
        } catch (IOException e) {
            throw new CareException("The folder " + folder + " for backups cannot be made: " + reason(e) + ". Name another one", e);
        }
    }

    private static FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private void removeParts() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path entry : entries.filter(Home::isPart).toList()) {
                delete(entry);
            }
        }
    }

    private static boolean isPart(Path entry) {
        return entry.getFileName().toString().matches("\\.\\d{8}-\\d{6}[\\w-]*\\" + PART) && Files.isDirectory(entry);
    }

    private Path free(String name) {
        Path free = folder.resolve(name);
        for (int i = 2; Files.exists(free); i++) {
            free = folder.resolve(name + "-" + i);
        }
        return free;
    }

    /** Folders of backups, by their names, the newest first. */
    List<Path> backups() throws CareException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> Files.isDirectory(entry) && !entry.getFileName().toString().startsWith(".")
                    && Files.exists(entry.resolve(Manifest.FILE))).sorted(Comparator.comparing((Path entry) -> entry.getFileName().toString()).reversed()).toList();
        } catch (IOException e) {
            throw new CareException("The folder " + folder + " cannot be read: " + reason(e), e);
        }
    }

    /** Deletes a folder with all that is in it; links are not followed. */
    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> walk = Files.walk(folder)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.deleteIfExists(each);
        }
    }

    /** Why a file operation failed, for a user. */
    static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "permission denied";
            case NoSuchFileException missing -> missing.getFile() + " does not exist";
            case AtomicMoveNotSupportedException move -> "its file system cannot rename in one step";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }
}
