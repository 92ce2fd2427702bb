package studio.ozone.runtime.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A file that is replaced as a whole: written aside, synced, renamed, and its folder synced. After a crash at any moment the old or the new
 * content is there. Only its owner may read it. One writer at a time.
 */
public final class DurableFile {

    private static final String ASIDE = ".new";
    private static final FileAttribute<?>[] OWNER_ONLY_FILE = owner("rw-------");
    private static final FileAttribute<?>[] OWNER_ONLY_FOLDER = owner("rwx------");

    private DurableFile() {
    }

    private static FileAttribute<?>[] owner(String permissions) {
        boolean posix = Path.of("").getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix ? new FileAttribute<?>[] { PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)) }
                : new FileAttribute<?>[0];
    }

    /**
     * Replaces the content. The folder is made where it is missing.
     *
     * @throws IOException the old content is still there, and nothing is left beside it
     */
    public static void write(Path file, String content) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder, OWNER_ONLY_FOLDER);
        Path aside = folder.resolve(file.getFileName() + ASIDE);
        Files.deleteIfExists(aside);
        try {
            try (FileChannel out = FileChannel.open(aside, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_ONLY_FILE)) {
                ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            Files.deleteIfExists(aside);
            throw e;
        }
        sync(folder);
    }

    /** Makes renames in a folder durable, where the system lets a folder be opened. */
    public static void sync(Path folder) throws IOException {
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
