package studio.ozone.itests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.Timeout;

import studio.ozone.runtime.json.Json;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

/** An instance that is killed while it reads keeps everything that it has acknowledged. */
public class KillIT {

    @ClassRule
    public static final TemporaryFolder FOLDER = new TemporaryFolder();

    private static final int KILLS = 20;
    private static final int MOST_RECORDS = 200;
    private static final int LATEST_MS = 1200;

    @Rule
    public final Timeout timeout = Timeout.seconds(900);

    @Test
    public void whatIsAcknowledgedSurvivesAKillAtAnyMoment() throws Exception {
        long seed = Long.getLong("ozone.seed", System.nanoTime());
        System.out.println("KillIT: -Dozone.seed=" + seed);
        Random random = new Random(seed);
        Path folder = FOLDER.newFolder("files").toPath().toRealPath();
        int whileReading = 0;
        try (Distribution distribution = new Distribution(FOLDER.newFolder("it").toPath())) {
            // Words are enough to find a record; vectors would only make the rounds longer.
            Files.writeString(distribution.home().resolve("etc/words.toml"), "[zsei.embeddings]\nenabled = false\n");
            Acknowledged acknowledged = new Acknowledged(distribution, folder);
            for (int kill = 1; kill <= KILLS; kill++) {
                distribution.start();
                assertKept(distribution, acknowledged, kill - 1);
                int moment = random.nextInt(LATEST_MS);
                Random content = new Random(random.nextLong());
                CountDownLatch first = new CountDownLatch(1);
                CompletableFuture<IOException> cutOff = CompletableFuture.supplyAsync(() -> readUntilItIsGone(acknowledged, content, first));
                if (random.nextBoolean()) {
                    first.await(60, TimeUnit.SECONDS);
                }
                try {
                    throw new AssertionError("Ingest failed while the instance was there", cutOff.get(moment, TimeUnit.MILLISECONDS));
                } catch (TimeoutException e) {
                    distribution.kill();
                }
                IOException last = cutOff.get(30, TimeUnit.SECONDS);
                whileReading += last.getMessage() != null && last.getMessage().startsWith("The socket answered only") ? 1 : 0;
            }
            distribution.start();
            assertKept(distribution, acknowledged, KILLS);
            System.out.println("KillIT: " + KILLS + " kills, " + acknowledged.size() + " records acknowledged and found, "
                    + whileReading + " answers cut off");
            assertTrue("something was acknowledged", acknowledged.size() > 0);
            Map<String, Object> health = Json.readObject(distribution.run("health", "--json").out());
            assertEquals(health.toString(), true, health.get("ready"));
        }
    }

    private static void assertKept(Distribution distribution, Acknowledged acknowledged, int kills) throws IOException {
        if (acknowledged.size() > 0) {
            // The index may have to catch up with the store first.
            try {
                Distribution.await("all are found", () -> acknowledged.missing().isEmpty());
            } catch (AssertionError e) {
                assertEquals("lost after " + kills + " kills, of " + acknowledged.size(), List.of(), acknowledged.missing());
            }
        }
    }

    private static IOException readUntilItIsGone(Acknowledged acknowledged, Random random, CountDownLatch first) {
        try {
            while (true) {
                acknowledged.ingest(1 + random.nextInt(MOST_RECORDS), random);
                first.countDown();
            }
        } catch (IOException e) {
            return e;
        }
    }
}
