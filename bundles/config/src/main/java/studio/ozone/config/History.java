package studio.ozone.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.config.Settings.Revision;
import studio.ozone.api.config.SettingsException;
import studio.ozone.api.config.SettingsException.Code;

/**
 * What was changed when, by whom and how: {@code etc/history/journal.jsonl}, one line for each revision, only ever appended to, and
 * copies of the files as they were. A line is on disk before its change is reported as done; one that a crash has torn is passed
 * over. Read when it is first asked for. Guarded by the lock of {@link FileSettings}.
 *
 * <p>Going back is a revision too. It names the state whose files it brought back, and each state names the one that it came from, so
 * that going back again goes further back, and a change after it starts from there.
 */
final class History {

    /** Revisions that are kept; older ones go, with the copies that only they need. */
    static final int KEPT = 1000;
    private static final Logger LOG = LoggerFactory.getLogger(History.class);

    private final Path folder;
    private final Path journal;
    private final Copies copies;
    private final int kept;
    private List<JournalEntry> entries;

    History(Path folder) {
        this(folder, KEPT);
    }

    History(Path folder, int kept) {
        this.folder = folder;
        this.journal = folder.resolve("journal.jsonl");
        this.copies = new Copies(folder.resolve("files"));
        this.kept = kept;
    }

    Copies copies() {
        return copies;
    }

    private List<JournalEntry> entries() throws IOException {
        if (entries == null) {
            List<JournalEntry> read = new ArrayList<>();
            for (String line : Files.exists(journal) ? Files.readString(journal).split("\n") : new String[0]) {
                try {
                    if (!line.isBlank()) {
                        read.add(JournalEntry.of(line));
                    }
                } catch (IOException e) {
                    LOG.warn("A line of {} is not whole and is passed over: {}", journal, e.getMessage());
                }
            }
            entries = read;
        }
        return entries;
    }

    /** The newest; null where there is none. */
    JournalEntry last() throws IOException {
        return entries().isEmpty() ? null : entries().getLast();
    }

    /** The newest first. */
    List<Revision> revisions() throws IOException {
        return entries().reversed().stream().map(JournalEntry::revision).toList();
    }

    /**
     * The state some steps before the present one. A step is one that changed a file.
     *
     * @throws SettingsException if the history does not go back so far
     */
    JournalEntry before(int steps) throws IOException, SettingsException {
        JournalEntry now = last() == null ? null : find(last().state());
        for (int done = 0; done < steps; done++) {
            JournalEntry earlier = now == null ? null : find(now.parent());
            while (earlier != null && earlier.after().equals(now.after())) {
                earlier = find(earlier.parent());
            }
            if (earlier == null) {
                throw new SettingsException(Code.UNKNOWN_REVISION, done == 0 ? "There is nothing to undo: the history begins here."
                    : "The history goes back " + done + (done == 1 ? " step" : " steps") + " from here, not " + steps
                        + ". ./ozone-core config --history lists them.");
            }
            now = earlier;
        }
        return now;
    }

    /** @throws SettingsException if it is not kept */
    JournalEntry get(int revision) throws IOException, SettingsException {
        JournalEntry found = find(revision);
        if (found == null) {
            throw new SettingsException(Code.UNKNOWN_REVISION, "There is no revision " + revision + " in the history, which keeps the last " + kept
                + ". ./ozone-core config --history lists them.");
        }
        return found;
    }

    private JournalEntry find(int number) throws IOException {
        for (JournalEntry entry : entries().reversed()) {
            if (entry.number() == number) {
                return entry;
            }
        }
        return null;
    }

    /**
     * Returns when the line is on disk.
     *
     * @param revision what the user sees, by its number
     * @param backTo the state that this one is; 0 for a new one
     */
    JournalEntry append(IntFunction<Revision> revision, Map<String, String> before, Map<String, String> after, int backTo,
            Map<String, Object> environment) throws IOException {
        int number = last() == null ? 1 : last().number() + 1;
        int parent = last() == null ? 0 : last().state();
        JournalEntry entry = new JournalEntry(revision.apply(number), before, after, parent, backTo == 0 ? number : backTo, environment);
        Copies.privateFolder(folder);
        write(entry.line());
        entries.add(entry);
        if (entries.size() > kept + kept / 10) {
            shorten();
        }
        return entry;
    }

    private void write(String line) throws IOException {
        boolean fresh = !Files.exists(journal);
        try (FileChannel out = FileChannel.open(journal, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (fresh) {
                ownerOnly(journal);
            }
            long size = out.size();
            ByteBuffer last = ByteBuffer.allocate(1);
            boolean torn = size > 0 && out.read(last, size - 1) == 1 && last.get(0) != '\n';
            ByteBuffer bytes = StandardCharsets.UTF_8.encode((torn ? "\n" : "") + line + "\n");
            out.position(size);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
    }

    private void shorten() throws IOException {
        List<JournalEntry> rest = new ArrayList<>(entries.subList(entries.size() - kept, entries.size()));
        EtcFiles.write(journal, rest.stream().map(JournalEntry::line).collect(Collectors.joining("\n", "", "\n")));
        entries = rest;
        Set<String> needed = new HashSet<>();
        rest.forEach(entry -> {
            needed.addAll(entry.before().values());
            needed.addAll(entry.after().values());
        });
        copies.retain(needed);
    }

    private static void ownerOnly(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view != null) {
            view.setPermissions(PosixFilePermissions.fromString("rw-------"));
        }
    }
}
