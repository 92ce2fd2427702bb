package studio.ozone.zsei.embeddings;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files of a bundle laid down where native code can read them. A file appears whole or not at all: it is written beside its
 * place and moved there.
 */
final class Unpacked {

    private static final Logger LOG = LoggerFactory.getLogger(Unpacked.class);

    private Unpacked() {
    }

    /** Where a resource is read from; null where there is none of the name. */
    @FunctionalInterface
    interface Resources {
        InputStream open(String name) throws IOException;
    }

    /** Lays a file down unless what is there has the digest that stands in the resource {@code NAME.sha256}. */
    static void checked(Resources from, String name, Path to) throws IOException {
        String expected;
        try (InputStream digest = required(from, name + ".sha256")) {
            expected = new String(digest.readAllBytes(), StandardCharsets.US_ASCII).strip();
        }
        if (Files.isRegularFile(to)) {
            if (sha256(to).equals(expected)) {
                return;
            }
            LOG.warn("{} is not what was laid down there; it is written again", to);
        }
        write(from, name, to);
    }

    /** Lays a file down unless one is there: a library that is in use cannot be replaced everywhere. */
    static void once(Resources from, String name, Path to) throws IOException {
        if (!Files.isRegularFile(to)) {
            write(from, name, to);
        }
    }

    private static void write(Resources from, String name, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Path beside = Files.createTempFile(to.getParent(), to.getFileName().toString(), ".part");
        try (InputStream in = required(from, name)) {
            try (FileChannel out = FileChannel.open(beside, StandardOpenOption.WRITE)) {
                in.transferTo(Channels.newOutputStream(out));
                out.force(true);
            }
            Files.move(beside, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private static InputStream required(Resources from, String name) throws IOException {
        InputStream in = from.open(name);
        if (in == null) {
            throw new FileNotFoundException("The bundle has no " + name);
        }
        return in;
    }

    static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
