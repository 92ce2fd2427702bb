package studio.ozone.zsei.backup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import studio.ozone.runtime.files.DurableFile;
import studio.ozone.runtime.json.Json;

/**
 * What a backup says of itself: {@code manifest.json}, and its checksum in {@code manifest.sha256}, as {@code sha256sum -c} reads it.
 *
 * @param embeddingsSha256 of all vectors, as {@link Digest#add(studio.ozone.api.zsei.Snapshots.Embedding)} has them
 * @param files all but the manifest's own
 */
record Manifest(Instant created, boolean scheduled, long sequence, long containers, long relations, long embeddings, String embeddingsSha256,
        List<Entry> files) {

    static final int FORMAT = 1;
    static final String FILE = "manifest.json";
    static final String CHECKSUM = "manifest.sha256";
    private static final String SHA_256 = "[0-9a-f]{64}";
    private static final int MOST_BYTES = 64 << 20;

    /** A file. @param path below the backup's folder, with slashes */
    record Entry(String path, long bytes, String sha256) { }

    /** A backup that cannot be used. The message says why, without its name. */
    static final class UnusableException extends Exception {

        private static final long serialVersionUID = 1L;

        UnusableException(String message) {
            super(message);
        }
    }

    long bytes() {
        return files.stream().mapToLong(Entry::bytes).sum();
    }

    void write(Path folder) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("ozone_backup", FORMAT);
        json.put("created", created);
        json.put("scheduled", scheduled);
        json.put("sequence", sequence);
        json.put("containers", containers);
        json.put("relations", relations);
        json.put("embeddings", embeddings);
        json.put("embeddings_sha256", embeddingsSha256);
        json.put("files", files);
        String text = Json.pretty(json) + "\n";
        Digest digest = new Digest();
        digest.add(text.getBytes(StandardCharsets.UTF_8));
        DurableFile.write(folder.resolve(CHECKSUM), digest.text() + "  " + FILE + "\n");
        DurableFile.write(folder.resolve(FILE), text);
    }

    static Manifest read(Path folder) throws IOException, UnusableException {
        Path file = folder.resolve(FILE);
        String text;
        String sum;
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new UnusableException(FILE + " is far too large to be one");
            }
            text = Files.readString(file, StandardCharsets.ISO_8859_1);
            sum = Files.readString(folder.resolve(CHECKSUM));
        } catch (NoSuchFileException e) {
            throw new UnusableException(Path.of(e.getFile()).getFileName() + " is missing");
        }
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        Digest digest = new Digest();
        digest.add(bytes);
        if (!sum.equals(digest.text() + "  " + FILE + "\n")) {
            throw new UnusableException(FILE + " is damaged: its checksum is not the one in " + CHECKSUM);
        }
        try {
            return of(Json.readObject(new String(bytes, StandardCharsets.UTF_8)));
        } catch (IOException | ClassCastException | NullPointerException | DateTimeException e) {
            throw new UnusableException(FILE + " is not that of a backup");
        }
    }

    private static Manifest of(Map<String, Object> json) throws UnusableException {
        long format = number(json.get("ozone_backup"));
        if (format != FORMAT) {
            throw new UnusableException("it has format " + format + ", and this version of Ozone Studio reads format " + FORMAT
                    + ". Use the version that made it, or a newer one");
        }
        List<Entry> files = new ArrayList<>();
        for (Object each : (List<?>) json.get("files")) {
            Map<?, ?> entry = (Map<?, ?>) each;
            Entry file = new Entry((String) entry.get("path"), number(entry.get("bytes")), (String) entry.get("sha256"));
            if (!file.path().matches("[\\w.-]+(/[\\w.-]+)?") || file.path().contains("..") || !file.sha256().matches(SHA_256) || file.bytes() < 0) {
                throw new UnusableException(FILE + " names a file that no backup has");
            }
            files.add(file);
        }
        return new Manifest(Instant.parse((String) json.get("created")), (Boolean) json.get("scheduled"), number(json.get("sequence")),
                number(json.get("containers")), number(json.get("relations")), number(json.get("embeddings")), (String) json.get("embeddings_sha256"),
                List.copyOf(files));
    }

    private static long number(Object value) {
        return ((Number) value).longValue();
    }
}
