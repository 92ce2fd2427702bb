package studio.ozone.web.access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

public class TokenFileTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void theFirstStartMakesATokenThatOnlyTheOwnerCanRead() throws Exception {
        Path home = folder.getRoot().toPath().resolve("not/there/yet");
        String token = TokenFile.open(home);
        assertTrue(token, token.matches("[A-Za-z0-9_-]{43}"));
        assertEquals(token + "\n", Files.readString(file(home)));
        assertEquals("rw-------", permissions(home));
        try (var files = Files.list(home)) {
            assertEquals("nothing is left aside", 1, files.count());
        }
    }

    @Test
    public void laterStartsUseTheSameToken() throws Exception {
        Path home = folder.getRoot().toPath();
        assertEquals(TokenFile.open(home), TokenFile.open(home));
    }

    @Test
    public void aTokenThatOthersCouldReadIsReplaced() throws Exception {
        Path home = folder.getRoot().toPath();
        String old = TokenFile.open(home);
        Files.setPosixFilePermissions(file(home), PosixFilePermissions.fromString("rw-r--r--"));
        String renewed = TokenFile.open(home);
        assertNotEquals(old, renewed);
        assertEquals("rw-------", permissions(home));
        assertEquals(renewed, TokenFile.open(home));
    }

    @Test
    public void whatIsNoTokenIsRefusedWithTheRemedy() throws Exception {
        Path home = folder.getRoot().toPath();
        Files.writeString(file(home), "");
        Files.setPosixFilePermissions(file(home), PosixFilePermissions.fromString("rw-------"));
        String message = assertThrows(AccessException.class, () -> TokenFile.open(home)).getMessage();
        assertTrue(message, message.contains(file(home).toString()) && message.contains("Remove it"));
        assertEquals("an empty file was somebody's doing and is left", 0, Files.size(file(home)));
    }

    @Test
    public void aLinkIsNotFollowed() throws Exception {
        Path home = folder.getRoot().toPath();
        Path elsewhere = folder.newFile("elsewhere").toPath();
        Files.writeString(elsewhere, "a".repeat(43));
        Files.createSymbolicLink(file(home), elsewhere);
        assertThrows(AccessException.class, () -> TokenFile.open(home));
        assertFalse(Files.isRegularFile(home.resolve("token.new")));
    }

    private static Path file(Path home) {
        return home.resolve(TokenFile.NAME);
    }

    private static String permissions(Path home) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file(home)));
    }
}
