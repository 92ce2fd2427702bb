package studio.ozone.egress;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import com.codahale.metrics.MetricRegistry;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.egress.Egress.Connection;
import studio.ozone.egress.ConnectionLog.End;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

/** What is kept of connections, over restarts, rotations, crashes and time. */
public class LogFilesTest {

    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private Path egress() {
        return folder.getRoot().toPath().resolve("egress");
    }

    private static Connection connection(long id, Instant at) {
        return new Connection(id, at, "llm.api", "POST", "api.example.org", 443, "9.9.9.9", "llm.api.base_url", "chat \"x\"\n", 1, 2, "200");
    }

    @Test
    public void theNewestAreKept() throws Exception {
        LogFiles files = new LogFiles(egress(), 10);
        for (int id = 1; id <= 35; id++) {
            files.append(connection(id, NOW), NOW);
            List<Connection> read = files.read(NOW);
            assertEquals(Math.min(id, 10), read.size());
            assertEquals(connection(id, NOW), read.getLast());
            assertEquals(Math.max(1, id - 9), read.getFirst().id());
        }
        LogFiles again = new LogFiles(egress(), 10);
        assertEquals(35, again.lastId());
        again.append(connection(36, NOW), NOW);
        assertEquals(36, again.read(NOW).getLast().id());
        try (var all = Files.list(egress())) {
            for (Path file : all.toList()) {
                assertEquals(file.toString(), "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            }
        }
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(egress())));
    }

    @Test
    public void theLastIdIsKnownAfterARotation() throws Exception {
        LogFiles files = new LogFiles(egress(), 10);
        for (int id = 1; id <= 10; id++) {
            files.append(connection(id, NOW), NOW);
        }
        Files.move(egress().resolve("connections.jsonl"), egress().resolve("connections.1.jsonl"));
        assertEquals(10, new LogFiles(egress(), 10).lastId());
    }

    @Test
    public void whatIsOldGoes() throws Exception {
        LogFiles files = new LogFiles(egress(), 100);
        files.append(connection(1, NOW), NOW);
        Instant later = NOW.plus(LogFiles.KEPT).plus(Duration.ofHours(1));
        assertTrue(files.read(later).isEmpty());
        files.append(connection(2, later), later);
        assertEquals(List.of(connection(2, later)), files.read(later));
        Instant latest = later.plus(LogFiles.KEPT).plus(Duration.ofHours(1));
        files.append(connection(3, latest), latest);
        try (var all = Files.list(egress())) {
            assertEquals("two files at most", 2, all.count());
        }
    }

    /** A crash in the middle of a line costs this line alone. */
    @Test
    public void halfALineIsLeftOut() throws Exception {
        LogFiles files = new LogFiles(egress(), 100);
        files.append(connection(1, NOW), NOW);
        Path file = egress().resolve("connections.jsonl");
        Files.write(file, new byte[] {'{', '"', 'i', 'd', '"', ':', (byte) 0xFF, 0}, StandardOpenOption.APPEND);
        LogFiles again = new LogFiles(egress(), 100);
        assertEquals(1, again.lastId());
        again.append(connection(2, NOW), NOW);
        assertEquals(List.of(connection(1, NOW), connection(2, NOW)), again.read(NOW));
    }

    @Test
    public void whatAChildAnsweredIsCountedAndNotKept() throws Exception {
        MetricRegistry metrics = new MetricRegistry();
        ConnectionLog log = new ConnectionLog(new LogFiles(egress(), 10), metrics, () -> NOW);
        log.end(log.begin("llm.local", "POST", "127.0.0.1", 4711, null, "count tokens"), ConnectionLog.End.ANSWERED, "200");
        assertEquals(List.of(), log.connections());
        assertEquals(1, metrics.counter("ozone_egress_llm_local_connections_total").getCount());
        log.end(log.begin("llm.local", "POST", "127.0.0.1", 4711, null, "chat"), ConnectionLog.End.FAILED, "it ended");
        log.end(log.begin("llm.api", "POST", "api.example.org", 443, "k", "chat"), ConnectionLog.End.ANSWERED, "200");
        assertEquals(List.of("it ended", "200"), log.connections().stream().map(Connection::outcome).toList());
    }

    /** The connection goes on where nothing can be kept, and followers are told. */
    @Test
    public void aFullOrForbiddenFolderStopsNothing() throws Exception {
        Files.writeString(egress(), "a file where the folder should be");
        ConnectionLog log = new ConnectionLog(new LogFiles(egress(), 10), new MetricRegistry(), () -> NOW);
        List<Connection> told = new ArrayList<>();
        try (AutoCloseable failing = log.follow(connection -> {
            throw new IllegalStateException("a follower that fails");
        }); AutoCloseable following = log.follow(told::add)) {
            Attempt attempt = log.begin("llm.api", "GET", "api.example.org", 443, "k", "test");
            assertEquals(1, log.connections().size());
            log.end(attempt, End.ANSWERED, "200");
            log.end(attempt, End.FAILED, "said twice");
            log.end(log.begin("llm.api", "GET", "api.example.org", 443, "k", "test"), End.REFUSED, "refused");
        }
        log.end(log.begin("llm.api", "GET", "api.example.org", 443, "k", "test"), End.ANSWERED, "200");
        assertEquals(List.of("200", "refused"), told.stream().map(Connection::outcome).toList());
    }
}
