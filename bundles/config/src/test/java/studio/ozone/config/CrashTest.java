package studio.ozone.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import static org.junit.Assert.assertTrue;

/** A process that writes without end is killed, again and again: the file is always one of those that it wrote, whole. */
public class CrashTest {

    private static final int KILLS = 100;
    private static final int AT_ONCE = 4;
    private static final String TABLE = "[zsei.traversal]\n";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    /** The child. */
    public static final class Writer {

        private Writer() {
        }

        public static void main(String[] arguments) throws IOException {
            Path file = Path.of(arguments[0]);
            for (int i = 0;; i++) {
                EtcFiles.write(file, text(i));
            }
        }
    }

    private static String text(int i) {
        return "# " + i + "\n" + "# some comment of the user's\n".repeat(i % 500) + TABLE + "default_max_depth = " + i + "\n# end " + i + "\n";
    }

    @Test
    public void aKilledProcessLeavesTheOldFileOrTheNewOne() throws Exception {
        long seed = System.nanoTime();
        System.out.println("CrashTest: seed " + seed);
        ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<?>> kills = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                Path file = folder.newFolder().toPath().resolve("ozone.toml");
                Random random = new Random(seed + i);
                kills.add(pool.submit(() -> {
                    for (int kill = 0; kill < KILLS / AT_ONCE; kill++) {
                        kill(file, random);
                    }
                    return null;
                }));
            }
            for (Future<?> kill : kills) {
                kill.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static void kill(Path file, Random random) throws Exception {
        Files.deleteIfExists(file);
        Process child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-Xmx32m",
            "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), Writer.class.getName(), file.toString()).inheritIO().start();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!Files.exists(file) && child.isAlive() && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
        LockSupport.parkNanos(random.nextInt(40_000_000));
        child.destroyForcibly();
        assertTrue("killed", child.waitFor(10, TimeUnit.SECONDS) && child.exitValue() == 137);
        String text = Files.readString(file);
        int number = Integer.parseInt(text.substring(2, text.indexOf('\n')));
        assertTrue("not whole: " + text, text.equals(text(number)));
        assertTrue(TomlReader.read(text).find("zsei.traversal.default_max_depth").isPresent());
        try (var left = Files.list(file.getParent())) {
            assertTrue("one file aside at most", left.count() <= 2);
        }
    }
}
