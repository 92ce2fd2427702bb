package studio.ozone.web.access;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import java.util.regex.Pattern;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token of the instance: a file that only its owner can read, made at the first start. It is written aside, forced to the disk and
 * moved to its place, so that there is never half a token.
 */
final class TokenFile {

    static final String NAME = "token";

    private static final Logger LOG = LoggerFactory.getLogger(TokenFile.class);
    private static final int BYTES = 32;
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{43,1024}");
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final SecureRandom RANDOM = new SecureRandom();

    private TokenFile() {
    }

    /** 256 random bits in base64url, 43 characters. */
    static String random() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /**
     * The token in the data home; a new one where there is none, or where others could have read the one that is there.
     *
     * @throws AccessException if there is something that is no token, or nothing can be written
     */
    static String open(Path home) throws AccessException {
        Path file = home.resolve(NAME);
        try {
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                return create(file);
            }
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new AccessException(file + " is not a plain file, so the HTTP API stays shut. Remove it and restart: a new token is made.");
            }
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS);
            if (!OWNER_ONLY.containsAll(permissions)) {
                LOG.warn("{} could be read by others ({}); it now holds a new token, and the old one is refused", file,
                        PosixFilePermissions.toString(permissions));
                return create(file);
            }
            return read(file);
        } catch (IOException e) {
            throw new AccessException("The token cannot be kept in " + file + " (" + e + "), so the HTTP API stays shut. "
                    + "Make the data home writable for the user that runs the instance, and restart.", e);
        }
    }

    private static String read(Path file) throws IOException, AccessException {
        byte[] bytes;
        try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            bytes = in.readNBytes(1100);
        }
        String token = new String(bytes, StandardCharsets.ISO_8859_1).strip();
        if (!TOKEN.matcher(token).matches()) {
            throw new AccessException(file + " holds no token (43 or more characters of A-Z a-z 0-9 - _), so the HTTP API stays shut. "
                    + "Remove it and restart: a new token is made.");
        }
        return token;
    }

    private static String create(Path file) throws IOException {
        Files.createDirectories(file.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path aside = file.resolveSibling(NAME + ".new");
        Files.deleteIfExists(aside);
        String token = random();
        try (FileChannel channel = FileChannel.open(aside, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(OWNER_ONLY))) {
            ByteBuffer text = ByteBuffer.wrap((token + "\n").getBytes(StandardCharsets.ISO_8859_1));
            while (text.hasRemaining()) {
                channel.write(text);
            }
            channel.force(true);
        }
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
        return token;
    }
}
