package studio.ozone.runtime.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;

public class DurableFileTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void replacesTheContentAndMakesTheFolder() throws Exception {
        Path file = folder.getRoot().toPath().resolve("a/b/file.json");

        DurableFile.write(file, "long content at first");
        DurableFile.write(file, "näher");

        assertEquals("näher", Files.readString(file));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    public void whatACrashLeftAsideIsNoObstacle() throws Exception {
        Path file = folder.getRoot().toPath().resolve("file.json");
        Files.writeString(folder.getRoot().toPath().resolve("file.json.new"), "half");

        DurableFile.write(file, "whole");

        assertEquals("whole", Files.readString(file));
        assertFalse(Files.exists(folder.getRoot().toPath().resolve("file.json.new")));
    }

    @Test
    public void aFailureLeavesNothingBeside() throws Exception {
        Path file = folder.getRoot().toPath().resolve("file.json");
        Files.createDirectories(file.resolve("in the way"));

        assertThrows(IOException.class, () -> DurableFile.write(file, "content"));

        assertFalse(Files.exists(folder.getRoot().toPath().resolve("file.json.new")));
    }
}
