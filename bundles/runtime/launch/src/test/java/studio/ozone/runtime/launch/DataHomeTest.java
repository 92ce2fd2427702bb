package studio.ozone.runtime.launch;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.Timeout;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** The lock between processes, and what the second one says. */
public class DataHomeTest {

    @Rule
    public Timeout timeout = Timeout.seconds(60);

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    /** Holds a data home until its input ends. */
    public static final class Holder {
        public static void main(String[] arguments) throws Exception {
            try (DataHome held = DataHome.take(Path.of(arguments[0]), "/opt/first")) {
                System.out.println("held");
                System.in.read();
            }
        }
    }

    @Test
    public void theSecondProcessSaysWhoIsThereAndLeavesEverythingAlone() throws Exception {
        Path data = folder.getRoot().toPath().resolve("data");
        Process first = java(Holder.class.getName(), data.toString());
        try {
            assertEquals("held", line(first));
            DataHome.Held held = assertThrows(DataHome.Held.class, () -> DataHome.take(data, "/opt/second"));
            assertTrue(held.getMessage(), held.getMessage().contains(data + " is held by the instance in /opt/first (process " + first.pid() + ")"));
            Process second = java("-Dozone.data=" + data, Main.class.getName());
            String said = new String(second.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(said, said.contains("(process " + first.pid() + ")"));
            assertEquals(1, second.waitFor());
            assertEquals(List.of(Long.toString(first.pid()), "/opt/first"), Files.readAllLines(data.resolve("run/lock")));
        } finally {
            first.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
        try (DataHome mine = DataHome.take(data, "/opt/second")) {
            assertEquals(List.of(Long.toString(ProcessHandle.current().pid()), "/opt/second"), Files.readAllLines(data.resolve("run/lock")));
            assertThrows(DataHome.Held.class, () -> DataHome.take(data, "/opt/third"));
        }
        DataHome.take(data, "/opt/fourth").close();
        assertEquals("", Files.readString(data.resolve("run/lock")));
    }

    @Test
    public void aDataHomeHasToBeNamed() throws Exception {
        for (String option : List.of("-Dx=y", "-Dozone.data=relative")) {
            Process process = java(option, Main.class.getName());
            String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(said, said.contains("-Dozone.data=<an absolute path> is "));
            assertEquals(1, process.waitFor());
        }
    }

    @Test
    public void whatIsNoFolderIsSaid() throws Exception {
        Path file = folder.newFile().toPath();
        Process process = java("-Dozone.data=" + file, Main.class.getName());
        String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(said, said.contains("The data home " + file + " cannot be locked"));
        assertEquals(1, process.waitFor());
    }

    private static Process java(String... words) throws IOException {
        List<String> line = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", "-cp", System.getProperty("java.class.path")));
        line.addAll(List.of(words));
        return new ProcessBuilder(line).start();
    }

    private static String line(Process process) throws IOException {
        BufferedReader reader = process.inputReader();
        return reader.readLine();
    }
}
