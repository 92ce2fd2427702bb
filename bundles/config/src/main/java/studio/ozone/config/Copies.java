package studio.ozone.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;

/** Texts kept under the hash of what they say, each once, for their owner's eyes only. */
final class Copies {

    private static final int DIGITS = 32;

    private final Path folder;

    Copies(Path folder) {
        this.folder = folder;
    }

    /** The first half of the SHA-256 of the text, in hexadecimal digits. */
    static String name(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    Path path(String name) {
        return folder.resolve(name);
    }

    /** Returns when the copy is on disk. */
    String keep(String text) throws IOException {
        String name = name(text);
        Path copy = path(name);
        if (!Files.exists(copy)) {
            privateFolder(folder);
            Path aside = Files.createTempFile(folder, ".", ".new");
            try (FileChannel out = FileChannel.open(aside, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            Files.move(aside, copy, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        return name;
    }

    /** @throws java.nio.file.NoSuchFileException if it is not kept, or no longer */
    String text(String name) throws IOException {
        return Files.readString(path(name));
    }

    void retain(Set<String> names) throws IOException {
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> copies = Files.newDirectoryStream(folder, copy -> !names.contains(copy.getFileName().toString()))) {
                for (Path copy : copies) {
                    Files.delete(copy);
                }
            }
        }
    }

    static void privateFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            privateFolder(folder.getParent());
            Files.createDirectory(folder);
            PosixFileAttributeView view = Files.getFileAttributeView(folder, PosixFileAttributeView.class);
            if (view != null) {
                view.setPermissions(PosixFilePermissions.fromString("rwx------"));
            }
        }
    }
}
