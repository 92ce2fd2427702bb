package studio.ozone.egress;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

import studio.ozone.api.egress.Egress.Connection;
import studio.ozone.runtime.json.Json;

/**
 * The connections of the past: one JSON object a line, appended, in a file of the newest and one of those before. When the first has as many
 * lines as are kept, or a first line that is older than they are kept, it takes the second's place. Nothing is in memory. Not thread-safe.
 */
final class LogFiles {

    static final int MOST = 10_000;
    static final Duration KEPT = Duration.ofDays(7);

    private static final int TAIL = 8192;

    private final Path newest;
    private final Path before;
    private final int most;
    private int lines = -1;
    private Instant first;
    private long last;

    /** @param most lines kept */
    LogFiles(Path folder, int most) {
        this.newest = folder.resolve("connections.jsonl");
        this.before = folder.resolve("connections.1.jsonl");
        this.most = most;
    }

    /** The highest id there is; 0 where there is none. */
    long lastId() throws IOException {
        open();
        return last;
    }

    void append(Connection connection, Instant now) throws IOException {
        open();
        if (lines >= most || lines > 0 && first.isBefore(now.minus(KEPT))) {
            Files.move(newest, before, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            create();
            lines = 0;
        }
        if (lines == 0) {
            first = connection.at();
        }
        byte[] line = (Json.write(connection) + "\n").getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = Files.newOutputStream(newest, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            out.write(line);
        }
        lines++;
    }

    /** Oldest first, by the order in which they ended. */
    List<Connection> read(Instant now) throws IOException {
        List<Connection> all = new ArrayList<>();
        for (Path file : List.of(before, newest)) {
            if (Files.exists(file)) {
                read(file, now.minus(KEPT), all);
            }
        }
        return all.size() <= most ? all : new ArrayList<>(all.subList(all.size() - most, all.size()));
    }

    private static void read(Path file, Instant since, List<Connection> all) throws IOException {
        // A line that was cut by a crash must not hide the others, whatever bytes are in it.
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                Connection connection = parse(line);
                if (connection != null && !connection.at().isBefore(since)) {
                    all.add(connection);
                }
            }
        }
    }

    /** Null where it is no whole line. */
    static Connection parse(String line) {
        try {
            Map<String, Object> map = Json.readObject(line);
            return new Connection(number(map, "id"), Instant.parse(text(map, "at")), text(map, "capability"), text(map, "method"),
                text(map, "host"), (int) number(map, "port"), text(map, "address"), text(map, "key"), text(map, "reason"), number(map, "sent"),
                number(map, "received"), text(map, "outcome"));
        } catch (IOException | DateTimeParseException | ClassCastException | NullPointerException e) {
            return null;
        }
    }

    private static String text(Map<String, Object> map, String name) {
        return (String) map.get(name);
    }

    private static long number(Map<String, Object> map, String name) {
        return ((Number) map.get(name)).longValue();
    }

    /** Counts the lines there are, once; a last line without its end gets it. */
    private void open() throws IOException {
        if (lines >= 0) {
            return;
        }
        if (!Files.exists(newest)) {
            Files.createDirectories(newest.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            create();
        }
        Files.setPosixFilePermissions(newest, PosixFilePermissions.fromString("rw-------"));
        int count = 0;
        long size = 0;
        byte end = '\n';
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(newest)) {
            for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
                for (int i = 0; i < read; i++) {
                    count += buffer[i] == '\n' ? 1 : 0;
                }
                end = buffer[read - 1];
                size += read;
            }
        }
        if (end != '\n') {
            Files.write(newest, new byte[] {'\n'}, StandardOpenOption.APPEND);
            count++;
        }
        first = firstOf(newest);
        last = Math.max(lastOf(newest), Files.exists(before) && size < TAIL ? lastOf(before) : 0);
        lines = count;
    }

    private void create() throws IOException {
        Files.deleteIfExists(newest);
        Files.createFile(newest, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    private static Instant firstOf(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            String head = new String(in.readNBytes(TAIL), StandardCharsets.UTF_8);
            Connection connection = parse(head.lines().findFirst().orElse(""));
            return connection == null ? Instant.EPOCH : connection.at();
        }
    }

    /** The highest id among the last lines: they stand in the order in which they ended. */
    private static long lastOf(Path file) throws IOException {
        try (var channel = Files.newByteChannel(file, Set.of(StandardOpenOption.READ))) {
            channel.position(Math.max(0, channel.size() - TAIL));
            byte[] tail = Channels.newInputStream(channel).readAllBytes();
            return Arrays.stream(new String(tail, StandardCharsets.UTF_8).split("\n")).map(LogFiles::parse)
                .mapToLong(connection -> connection == null ? 0 : connection.id()).max().orElse(0);
        }
    }
}
