package studio.ozone.zsei.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import studio.ozone.api.zsei.ZseiException;
import studio.ozone.runtime.files.DurableFile;

/**
 * Which folder the store lies in. Before it was ever replaced that is the folder itself; then one with a number in it, which the file
 * {@code place} names, and beside it the one that was there before. To write that file is to replace the store.
 *
 * @param current the folder's name; a dot for the folder itself
 * @param before the one that was replaced; null where there is none
 * @param replaced when; null where nothing was
 */
record Place(String current, String before, Instant replaced) {

    static final String FILE = "place";
    private static final String HERE = ".";
    private static final String NONE = "-";
    private static final Place FIRST = new Place(HERE, null, null);
    private static final Set<String> BESIDE_THE_LOG = Set.of("lock", "acknowledged", "new");

    /** @throws ZseiException STORE_UNAVAILABLE if the file is damaged: no store is made up in its place */
    static Place read(Path root) throws ZseiException {
        if (!Files.isDirectory(root)) {
            return FIRST;                     // whoever opens the store says what is there instead
        }
        Path file = root.resolve(FILE);
        try {
            List<String> lines = Files.readAllLines(file);
            if (lines.size() != 3 || !isName(lines.get(0)) || !isName(lines.get(1)) && !NONE.equals(lines.get(1))) {
                throw new IOException("it is not what was written there");
            }
            return new Place(lines.get(0), NONE.equals(lines.get(1)) ? null : lines.get(1), Instant.parse(lines.get(2)));
        } catch (NoSuchFileException e) {
            return FIRST;
        } catch (IOException | DateTimeException e) {
            throw new ZseiException(ZseiException.Code.STORE_UNAVAILABLE, "The file " + file + ", which says in which folder beside it the store lies, "
                    + "cannot be read: " + e.getMessage() + ". Nothing was changed. Its first line is the folder with the newest files, a dot for "
                    + "that of the file itself; the second a hyphen; the third a time, for instance 2026-01-01T00:00:00Z", e);
        }
    }

    private static boolean isName(String text) {
        return HERE.equals(text) || text.matches("[1-9]\\d{0,8}");
    }

    void write(Path root) throws IOException {
        DurableFile.write(root.resolve(FILE), current + "\n" + (before == null ? NONE : before) + "\n" + replaced + "\n");
    }

    Path folder(Path root) {
        return root.resolve(current).normalize();
    }

    /** @return null where there is none */
    Path folderBefore(Path root) {
        return before == null ? null : root.resolve(before).normalize();
    }

    /** The name of a folder that is not there yet. */
    static String fresh(Path root) throws IOException {
        try (Stream<Path> entries = Files.list(root)) {
            return Integer.toString(1 + entries.map(entry -> entry.getFileName().toString()).filter(name -> !HERE.equals(name) && isName(name))
                    .mapToInt(Integer::parseInt).max().orElse(0));
        }
    }

    /** Deletes what is neither the store nor what was there before: left over by a replacement that did not come to its end. */
    void clean(Path root) throws IOException {
        try (Stream<Path> entries = Files.list(root)) {
            for (Path entry : entries.toList()) {
                String name = entry.getFileName().toString();
                if (isName(name) && !name.equals(current) && !name.equals(before) && Files.isDirectory(entry)) {
                    delete(entry);
                }
            }
        }
        if (!HERE.equals(current) && !HERE.equals(before)) {
            deleteFiles(root);
        }
    }

    /** Deletes a folder of a store. */
    static void delete(Path folder) throws IOException {
        deleteFiles(folder);
        Files.deleteIfExists(folder);
    }

    private static void deleteFiles(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path entry : entries.filter(Place::ofAStore).toList()) {
                Files.deleteIfExists(entry);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Whether a file is one that a store writes. */
    static boolean ofAStore(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".xd") || BESIDE_THE_LOG.contains(name);
    }
}
