package studio.ozone.benchmark;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.benchmark.BenchmarkException;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** The temporary folder: made of copies, taken away without touching what links in it point at. */
public class SandboxTest {

    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    @Test
    public void theConfigurationIsACopyAndModelsAreLinked() throws Exception {
        Path data = temporary.newFolder("d").toPath();
        Path etc = temporary.newFolder("etc").toPath();
        Files.createDirectories(etc.resolve("profiles"));
        Files.writeString(etc.resolve("ozone.toml"), "[zsei]\n");
        Files.writeString(etc.resolve("profiles/mine.toml"), "x = 1\n");
        Path elsewhere = Files.writeString(temporary.getRoot().toPath().resolve("user.toml"), "[web.http]\n");
        Path model = Files.createDirectories(data.resolve("models")).resolve("model.onnx");
        Files.writeString(model, "large");

        Sandbox sandbox = Sandbox.in(data);
        sandbox.make(etc, elsewhere, data.resolve("models"));
        assertEquals("[web.http]\n", Files.readString(sandbox.etc().resolve("ozone.toml")));
        assertEquals("x = 1\n", Files.readString(sandbox.etc().resolve("profiles/mine.toml")));
        assertEquals("large", Files.readString(sandbox.data().resolve("models/model.onnx")));
        Files.writeString(sandbox.etc().resolve("ozone.toml"), "changed");
        Files.writeString(sandbox.data().resolve("run/lock"), "1\n/some/where\n");      // a process that is none of ours

        sandbox.remove();
        assertFalse(sandbox.exists());
        assertEquals("[web.http]\n", Files.readString(elsewhere));
        assertEquals("large", Files.readString(model));
        sandbox.remove();
    }

    @Test
    public void aPathThatIsTooLongForASocketIsSaid() throws Exception {
        Path data = Files.createDirectories(temporary.getRoot().toPath().resolve("x".repeat(90)));
        BenchmarkException refused = assertThrows(BenchmarkException.class, () -> Sandbox.in(data).make(data, null, data.resolve("models")));
        assertTrue(refused.getMessage(), refused.getMessage().contains("too long for a socket"));
        assertFalse(Sandbox.in(data).exists());
    }

    @Test
    public void aFullDiskIsKnownByItsMessage() {
        assertTrue(Space.gone("/x: No space left on device"));
        assertTrue(Space.gone("Nothing was written: the disk is full"));
        assertFalse(Space.gone("There is no container 5"));
        assertFalse(Space.gone(null));
    }
}
