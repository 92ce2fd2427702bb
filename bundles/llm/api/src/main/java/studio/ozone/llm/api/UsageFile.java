package studio.ozone.llm.api;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.LocalDate;

/**
 * One line, for its owner alone: {@code 2026-01-31 tokens 1234 usd 0.5678}. Written beside, synced and put in its place, so that a crash
 * leaves the old line or the new one.
 */
final class UsageFile {

    record Day(LocalDate day, Budget.Sum sum) { }

    private final Path path;

    UsageFile(Path path) {
        this.path = path;
    }

    Path path() {
        return path;
    }

    /**
     * @return null where there is no file
     * @throws IOException if it cannot be read or holds something else; names the file
     */
    Day read() throws IOException {
        try {
            String[] words = Files.readString(path).strip().split(" ");
            if (words.length != 5 || !words[1].equals("tokens") || !words[3].equals("usd")) {
                throw new IOException(path + " does not hold what it should.");
            }
            Day read = new Day(LocalDate.parse(words[0]), new Budget.Sum(Long.parseLong(words[2]), Double.parseDouble(words[4])));
            if (read.sum().tokens() < 0 || !(read.sum().usd() >= 0)) {
                throw new IOException(path + " does not hold what it should.");
            }
            return read;
        } catch (NoSuchFileException e) {
            return null;
        } catch (NumberFormatException | DateTimeException e) {
            throw new IOException(path + " does not hold what it should.", e);
        }
    }

    void write(LocalDate day, Budget.Sum sum) throws IOException {
        boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] folder = posix ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))}
                : new FileAttribute<?>[0];
        FileAttribute<?>[] own = posix ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))}
                : new FileAttribute<?>[0];
        Files.createDirectories(path.getParent(), folder);
        Path beside = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(beside);
        Files.createFile(beside, own);
        try (FileOutputStream out = new FileOutputStream(beside.toFile())) {           // no channel: an interrupt would close it
            out.write((day + " tokens " + sum.tokens() + " usd " + sum.usd() + "\n").getBytes(StandardCharsets.UTF_8));
            out.getFD().sync();
        }
        Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
