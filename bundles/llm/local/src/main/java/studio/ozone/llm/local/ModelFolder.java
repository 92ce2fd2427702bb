package studio.ozone.llm.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.llm.ProviderException.Code;
import studio.ozone.api.runtime.Progress;
import studio.ozone.runtime.json.Json;

/**
 * The folder of the models: {@code NAME.gguf} and, beside it, {@code NAME.gguf.json} with what is recorded about it. A file is there
 * whole or not at all: it is written aside, synced, and renamed.
 */
final class ModelFolder {

    static final String ENDING = ".gguf";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]{0,127}");
    private static final Pattern PART_OF_SEVERAL = Pattern.compile(".*-\\d{5}-of-\\d{5}");
    /** Kept free beside a new model. */
    private static final long LEFT_FREE = 256L << 20;

    /** @param sha256 null where it is not known */
    record Record(String sha256, String source) { }

    private final Path folder;

    ModelFolder(Path folder) {
        this.folder = folder;
    }

    Path folder() {
        return folder;
    }

    /** Names, sorted. */
    List<String> names() throws ProviderException {
        return names(true);
    }

    /** The names of files that nobody can ask for, since they hold what a name may not. */
    List<String> misnamed() throws ProviderException {
        return names(false);
    }

    private List<String> names(boolean usable) throws ProviderException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + ENDING)) {
            for (Path file : files) {
                String whole = file.getFileName().toString();
                String name = whole.substring(0, whole.length() - ENDING.length());
                if (Files.isRegularFile(file) && NAME.matcher(name).matches() == usable) {
                    names.add(name);
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();     // it is made with the first model
        } catch (IOException e) {
            throw new ProviderException(Code.FAILED, "llm.local.model_directory = " + folder + " cannot be read: " + e.getMessage(), e);
        }
        names.sort(String.CASE_INSENSITIVE_ORDER);
        return names;
    }

    /**
     * The model that answers.
     *
     * @param configured its name; empty for the only one there is
     * @throws ProviderException UNAVAILABLE if there is none; names the command that helps
     */
    String chosen(String configured) throws ProviderException {
        if (!configured.isEmpty()) {
            if (!NAME.matcher(configured).matches() || !Files.isRegularFile(folder.resolve(configured + ENDING))) {
                throw new ProviderException(Code.UNAVAILABLE, "llm.local.default_model = " + Client.shown(configured) + ": there is no such model in " + folder
                    + ". " + remedy(names()));
            }
            return configured;
        }
        List<String> names = names();
        if (names.size() == 1) {
            return names.getFirst();
        }
        throw new ProviderException(Code.UNAVAILABLE, names.isEmpty() ? "There is no local model. " + remedy(names)
            : "There are " + names.size() + " local models, and none is chosen. " + remedy(names));
    }

    private static String remedy(List<String> names) {
        return names.isEmpty() ? "Get one: ozone-core model pull hf:OWNER/REPO/FILE.gguf, or ozone-core model add FILE.gguf"
            + " (ozone-core model recommend says which fit)." : "Choose: ozone-core model use " + String.join(" | ", names.subList(0, Math.min(8, names.size())));
    }

    /** @throws ProviderException INVALID if there is no model of this name */
    Path file(String name) throws ProviderException {
        String plain = name.endsWith(ENDING) ? name.substring(0, name.length() - ENDING.length()) : name;
        Path file = NAME.matcher(plain).matches() ? folder.resolve(plain + ENDING) : null;
        if (file == null || !Files.isRegularFile(file)) {
            List<String> names = names();
            throw new ProviderException(Code.INVALID, "There is no model " + Client.shown(plain) + " in " + folder + ". "
                + (names.isEmpty() ? remedy(names) : "There are: " + String.join(", ", names) + "."));
        }
        return file;
    }

    /** The name that a file of this name gets: what a name may not have is a hyphen in it. */
    static String nameOf(String fileName) throws ProviderException {
        String plain = fileName.replaceFirst("(?i)\\.gguf$", "");
        String name = plain.replaceAll("[^A-Za-z0-9._+-]+", "-").replaceFirst("^[^A-Za-z0-9]+", "");
        if (plain.equals(fileName) || !NAME.matcher(name).matches()) {
            throw new ProviderException(Code.INVALID, Client.shown(fileName) + " is no model that can be run here: a file is wanted whose name ends in .gguf.");
        }
        if (PART_OF_SEVERAL.matcher(name).matches()) {
            throw new ProviderException(Code.INVALID, Client.shown(fileName) + " is one of several parts of a model. Join them first: llama-gguf-split --merge"
                + " FIRST-PART OUT.gguf, and add that.");
        }
        return name;
    }

    void refuseToReplace(String name, boolean force) throws ProviderException {
        if (!force && Files.exists(folder.resolve(name + ENDING), LinkOption.NOFOLLOW_LINKS)) {
            throw new ProviderException(Code.INVALID, "There is a model " + name + " already: " + folder.resolve(name + ENDING) + ". Replace it with --force.");
        }
    }

    /** @throws ProviderException UNAVAILABLE if a file of so many bytes does not fit the disk */
    void room(long bytes) throws ProviderException {
        try {
            Files.createDirectories(folder);
            long free = Files.getFileStore(folder).getUsableSpace();
            if (bytes > free - LEFT_FREE) {
                throw new ProviderException(Code.UNAVAILABLE, "The model needs " + Needs.gigabytes(bytes) + " on the disk of " + folder + ", free are "
                    + Needs.gigabytes(free) + " (0.27 GB stay free). Make room, or set llm.local.model_directory.");
            }
        } catch (IOException e) {
            throw new ProviderException(Code.FAILED, "llm.local.model_directory = " + folder + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** Where a model is written before it counts. */
    Path aside(String name) {
        return folder.resolve(name + ENDING + ".part");
    }

    /** Makes what was written aside the model. */
    Path place(Path aside, String name, Record record) throws ProviderException {
        Path file = folder.resolve(name + ENDING);
        try {
            try (FileChannel channel = FileChannel.open(aside, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            write(name, record);
            move(aside, file);
            return file;
        } catch (IOException e) {
            throw new ProviderException(Code.FAILED, file + " cannot be written: " + e.getMessage(), e);
        }
    }

    private void write(String name, Record record) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("sha256", record.sha256());
        json.put("source", record.source());
        json.put("added", Instant.now().truncatedTo(ChronoUnit.SECONDS));
        Path aside = folder.resolve(name + ENDING + ".json.part");
        Files.writeString(aside, Json.pretty(json) + "\n");
        move(aside, json(name));
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private Path json(String name) {
        return folder.resolve(name + ENDING + ".json");
    }

    /** What is recorded about a model; nothing where nothing is, or it cannot be read. */
    Record record(String name) {
        try {
            Map<String, Object> json = Json.readObject(Files.readString(json(name)));
            return new Record(json.get("sha256") instanceof String text && text.matches("[0-9a-f]{64}") ? text : null,
                json.get("source") instanceof String text ? text : null);
        } catch (IOException e) {
            return new Record(null, null);     // put there by hand
        }
    }

    void remove(String name) throws ProviderException {
        try {
            Files.delete(file(name));
            Files.deleteIfExists(json(name));
        } catch (IOException e) {
            throw new ProviderException(Code.FAILED, "The model " + name + " cannot be deleted: " + e.getMessage(), e);
        }
    }

    /** Copies a file aside. @return its SHA-256 */
    static String copy(Path from, Path aside, Progress progress) throws IOException, InterruptedException {
        try (FileChannel out = FileChannel.open(aside, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            return digest(from, "copying", progress, buffer -> {
                while (buffer.hasRemaining()) {
                    out.write(buffer);
                }
            });
        }
    }

    static String sha256(Path file, Progress progress) throws IOException, InterruptedException {
        return digest(file, "verifying", progress, buffer -> { });
    }

    private interface Sink {
        void take(ByteBuffer bytes) throws IOException;
    }

    private static String digest(Path file, String stage, Progress progress, Sink sink) throws IOException, InterruptedException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
        byte[] buffer = new byte[1 << 20];
        long total = Files.size(file);
        long done = 0;
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                digest.update(buffer, 0, read);
                sink.take(ByteBuffer.wrap(buffer, 0, read));
                done += read;
                progress.report(stage, done >> 20, total >> 20, "MiB");
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
