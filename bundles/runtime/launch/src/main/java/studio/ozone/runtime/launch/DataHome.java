package studio.ozone.runtime.launch;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * The data home, held by one process: a lock of the operating system on {@code run/lock}, which ends with the process however that
 * ends. The text of the file, two lines, says who holds it: the process number and the distribution's folder. The text of a holder
 * that was killed stays until the next one writes its own; only the lock counts.
 */
final class DataHome implements AutoCloseable {

    /** Another process holds it; the message names it and the remedy. */
    static final class Held extends Exception {
        private static final long serialVersionUID = 1L;

        Held(String message) {
            super(message);
        }
    }

    private final FileChannel file;

    private DataHome(FileChannel file) {
        this.file = file;
    }

    /**
     * @param data the data home; its folder {@code run} is made where there is none
     * @param home the distribution's folder
     * @throws Held if another process holds it
     * @throws IOException if it cannot be written
     */
    static DataHome take(Path data, String home) throws Held, IOException {
        Path run = Files.createDirectories(data.resolve("run"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path path = run.resolve("lock");
        FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            FileLock lock = file.tryLock();
            if (lock == null) {
                throw held(data, path);
            }
            file.truncate(0);
            file.write(StandardCharsets.UTF_8.encode(ProcessHandle.current().pid() + "\n" + home + "\n"));
            return new DataHome(file);
        } catch (OverlappingFileLockException e) {
            file.close();
            throw held(data, path);
        } catch (Held | IOException e) {
            file.close();
            throw e;
        }
    }

    private static Held held(Path data, Path path) throws IOException {
        List<String> who = Files.readAllLines(path);
        String holder = who.size() < 2 ? "another instance" : "the instance in " + who.get(1) + " (process " + who.get(0) + ")";
        return new Held("The data home " + data + " is held by " + holder + ". Stop that one, or name another data home (OZONE_DATA_DIR).");
    }

    /** Gives it back, and leaves no text that would name somebody. */
    @Override
    public void close() throws IOException {
        try (file) {
            file.truncate(0);
        }
    }
}
