package studio.ozone.llm.api;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.Assume;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.llm.ProviderException;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

public class KeyTest {

    private static final String SECRET = "from-the-file-123";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void theVariableIsStrongerThanTheFile() throws Exception {
        Path file = file("rw-------", SECRET + "\n");
        assertEquals(SECRET, Key.of(table("openai", file.toString()), name -> null).secret());
        assertEquals("other", Key.of(table("openai", file.toString()), name -> name.equals("OZONE_OPENAI_API_KEY") ? " other " : null).secret());
        assertNull(Key.of(table("custom", ""), name -> null));
        assertNull(Key.of(table("ollama", ""), name -> "x"));
    }

    @Test
    public void aFileThatOthersCanReadIsRefused() throws Exception {
        Assume.assumeTrue("POSIX", folder.getRoot().toPath().getFileSystem().supportedFileAttributeViews().contains("posix"));
        for (String rights : new String[] {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-"}) {
            Path file = file(rights, SECRET);
            String message = refused(file.toString());
            assertTrue(message, message.contains("chmod 600") && message.contains("llm.api.openai.key_file"));
        }
    }

    @Test
    public void whatIsNoKeyFileIsNamed() throws Exception {
        refused(folder.getRoot().toPath().resolve("missing").toString());
        refused(folder.getRoot().toString());
        refused("relative/key");
        refused("bad\0name");
        refused(file("rw-------", "").toString());
        refused(file("rw-------", SECRET + "\nsecond line").toString());
        refused(file("rw-------", "x".repeat(100_000)).toString());
        refused("/dev/zero");
    }

    @Test
    public void itIsNeverShown() throws Exception {
        Key key = Key.of(table("openai", file("rw-------", SECRET).toString()), name -> null);
        assertFalse(key.toString().contains(SECRET));
        assertFalse(Said.clean("You sent " + SECRET + ".", key).contains(SECRET));
    }

    private static String refused(String path) {
        String message = assertThrows(ProviderException.class, () -> Key.of(table("openai", path), name -> null)).getMessage();
        assertFalse(message, message.contains(SECRET));
        return message;
    }

    private Path file(String rights, String text) throws Exception {
        Path file = folder.newFile().toPath();
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
        return file;
    }

    private static Table table(String name, String keyFile) {
        return new Table(name, Table.Protocol.OPENAI, "http://x/v1", "m", 1_000, -1, -1, keyFile);
    }
}
