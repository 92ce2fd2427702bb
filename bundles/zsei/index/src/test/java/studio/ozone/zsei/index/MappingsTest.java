package studio.ozone.zsei.index;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.zsei.Index.Mode;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

public class MappingsTest {

    private static final Path MAPS = Path.of("/proc/self/maps");

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    private final ChunkStore store = new ChunkStore();
    private final TopicEmbedder embedder = new TopicEmbedder("topics");

    @Test
    public void theSumOfWhatIsMappedNeverExceedsTheLimitAndAnswersStayTheSame() throws Exception {
        assumeTrue(Files.isReadable(MAPS));
        try (Fixture on = new Fixture(folder.getRoot().toPath(), store, embedder)) {
            for (int i = 0; i < 3_000; i++) {
                store.document(0, "d", "topic" + i % 40 + " text " + i);
            }
            on.level();
            on.reconfigure(Map.of("m", 8), Map.of());
            on.rebuilt(manifest -> manifest.shape().m() == 8);
            List<List<Long>> before = answers(on);
            long size = on.index.follower().index().bytes();
            eventually("as the system sees it", () -> gauge(on, "mapped") == maps(on.folder()));
            assertTrue(gauge(on, "mapped") > size / 2);
            assertTrue("touched", gauge(on, "resident") > gauge(on, "mapped") * 9 / 10);

            // A tenth of the index: shrinking acts at once, and the answers are the same.
            long tenth = size / 10;
            on.reconfigure(Map.of("m", 8), Map.of(), Map.of("max_mapped_memory_gb", tenth / (double) (1 << 30)));
            eventually("let go", () -> gauge(on, "mapped") <= tenth);
            assertEquals(before, answers(on));
            for (int i = 0; i < 300; i++) {
                store.document(0, "d", "extra" + i % 40 + " text " + i);
                if (i % 50 == 0) {
                    on.level();
                    assertTrue(gauge(on, "mapped") <= tenth && maps(on.folder()) <= tenth);
                }
            }
            on.level();
            assertTrue(maps(on.folder()) <= tenth);
            assertEquals(tenth, gauge(on, "limit"), 1);

            on.reconfigure(Map.of("m", 8), Map.of(), Map.of("enabled", false));
            eventually("none", () -> maps(on.folder()) == 0 && gauge(on, "mapped") == 0);
            assertFalse(answers(on).isEmpty());

            on.reconfigure(Map.of("m", 8), Map.of(), Map.of());
            eventually("mapped again", () -> gauge(on, "mapped") > size / 2);
            eventually("as the system sees it", () -> gauge(on, "mapped") == maps(on.folder()));
        }
        assertEquals("closed, nothing is mapped", 0, maps(folder.getRoot().toPath()));
    }

    private static long gauge(Fixture on, String what) {
        return (Long) on.metrics.getGauges().get("ozone_zsei_mmap_" + what + "_bytes").getValue();
    }

    private static List<List<Long>> answers(Fixture on) throws Exception {
        List<List<Long>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            for (Mode mode : Mode.values()) {
                answers.add(on.ids("topic" + i + " text " + 7 * i, mode));
            }
        }
        return answers;
    }

    /** As the system sees it. */
    private static long maps(Path below) {
        try (Stream<String> lines = Files.lines(MAPS)) {
            return lines.filter(line -> line.contains(" " + below + "/")).mapToLong(line -> {
                String[] range = line.substring(0, line.indexOf(' ')).split("-");
                return Long.parseUnsignedLong(range[1], 16) - Long.parseUnsignedLong(range[0], 16);
            }).sum();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void eventually(String what, BooleanSupplier holds) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!holds.getAsBoolean()) {
            assertFalse("Not in time: " + what, System.nanoTime() > deadline);
            Thread.onSpinWait();
        }
    }
}
