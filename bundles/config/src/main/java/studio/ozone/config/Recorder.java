package studio.ozone.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.config.Origin;
import studio.ozone.api.config.Settings.Change;
import studio.ozone.api.config.Settings.Revision;

/**
 * Writes every effective change into the {@link History}, by whatever way it came. What changed while the instance was stopped, and what
 * the environment has set at its start, is found by comparing with the newest revision, after the start. Guarded by the lock of {@link FileSettings}.
 */
final class Recorder {

    private static final String FILE = "file";
    private static final Logger LOG = LoggerFactory.getLogger(Recorder.class);

    /** The files before an edit, which are in the history before anything is written. */
    record Backup(Map<String, String> files, String shown) { }

    /** A content whose copy is in the history. */
    private record Kept(byte[] content, String copy) { }

    private final EtcFiles etc;
    private final History history;
    private final InstantSource clock;
    private final Map<Path, Kept> kept = new HashMap<>();
    private InForce started;

    Recorder(EtcFiles etc, History history, InstantSource clock) {
        this.etc = etc;
        this.history = history;
        this.clock = clock;
    }

    History history() {
        return history;
    }

    void started(InForce state) {
        started = state;
    }

    /** Records what has happened since the last process ended, once. The history is nothing that a configuration may fail for. */
    void begin(SourceReader reader) {
        if (started == null) {
            return;
        }
        InForce now = started;
        started = null;
        try {
            JournalEntry last = history.last();
            if (last == null) {
                Map<String, String> files = keep(now);
                append(new Origin(FILE, owner(files.keySet())), "first start", none(now).changesTo(now, Map.of()), List.copyOf(files.keySet()),
                    Map.of(), files, 0, now);
                return;
            }
            Map<String, String> files = keep(now);
            if (files.equals(last.after()) && environment(now).equals(last.environment())) {
                return;
            }
            Layers before = before(last, now, reader);
            InForce earlier = new InForce(now.schema(), before, now.atStart());
            InForce between = new InForce(now.schema(), now.layers().with(before.environment()), now.atStart());
            List<Change> edited = earlier.changesTo(between, Map.of());
            if (!edited.isEmpty()) {
                List<String> names = new ArrayList<>(new TreeSet<>(files.keySet()));
                names.removeIf(name -> files.get(name).equals(last.after().get(name)));
                last.after().keySet().stream().filter(name -> !files.containsKey(name)).forEach(names::add);
                append(new Origin(FILE, owner(names)), "changed while the instance was stopped", edited, names, last.after(), files, 0, between);
            }
            List<Change> set = between.changesTo(now, Map.of());
            if (!set.isEmpty()) {
                append(new Origin(Item.ENVIRONMENT, System.getProperty("user.name")), "environment at start", set, List.of(), files, files, 0, now);
            }
        } catch (IOException e) {
            LOG.warn("What changed before this start is not in the history {}", etc.history(), e);
        }
    }

    private static InForce none(InForce now) {
        return new InForce(now.schema(), now.layers().with(List.of()).with(Environment.NONE), now.atStart());
    }

    /** The files and the environment of the newest revision, as far as they can be read. */
    private Layers before(JournalEntry last, InForce now, SourceReader reader) throws IOException {
        List<Source> sources = new ArrayList<>();
        for (Map.Entry<String, String> each : last.after().entrySet()) {
            try {
                Path file = etc.file(each.getKey());
                sources.add(reader.read(file, history.copies().text(each.getValue()).getBytes(StandardCharsets.UTF_8)));
            } catch (TomlException | IOException e) {
                LOG.debug("The copy of {} in the history cannot be read", each.getKey(), e);
            }
        }
        return now.layers().with(sources).with(new Environment(last.environment(), Map.of(), List.of()));
    }

    /** Files were added, edited or removed. */
    void files(InForce before, InForce after, Map<Path, String> taken) {
        List<Change> changes = before.changesTo(after, Map.of());
        if (changes.isEmpty()) {
            return;     // a comment, for instance
        }
        String summary = taken.entrySet().stream().map(each -> etc.name(each.getKey()) + " " + each.getValue()).collect(Collectors.joining(", "));
        List<String> names = taken.keySet().stream().map(etc::name).toList();
        try {
            append(new Origin(FILE, owner(names)), summary, changes, names, keep(before),
                keep(after), 0, after);
        } catch (IOException e) {
            LOG.warn("{}: this is in force, and not in the history {}", summary, etc.history(), e);
        }
    }

    /** Keys became known or unknown, and with them values right or wrong. */
    void bundles(InForce before, InForce after, SourceReader reader) {
        List<Change> changes = new ArrayList<>();
        before.changesTo(after, Map.of()).stream().filter(change -> before.schema().key(change.key()) != null
            && after.schema().key(change.key()) != null).forEach(changes::add);
        if (!changes.isEmpty()) {
            begin(reader);
            try {
                Map<String, String> files = keep(after);
                append(new Origin(FILE, System.getProperty("user.name")), "bundles changed", changes, List.of(), files, files, 0, after);
            } catch (IOException e) {
                LOG.warn("A change that bundles made is in force, and not in the history {}", etc.history(), e);
            }
        }
    }

    /** Copies of all files as they are now, a broken one included. */
    Backup backup(InForce before, Draft draft) throws IOException {
        Map<String, String> files = keep(before);
        TreeSet<Path> touched = new TreeSet<>(draft.removed());
        touched.addAll(draft.written().keySet());
        List<String> shown = new ArrayList<>();
        for (Path file : touched) {
            if (Files.exists(file)) {
                String copy = history.copies().keep(before.secrets().masked(file, EtcFiles.read(file)));
                files.putIfAbsent(etc.name(file), copy);
                shown.add(history.copies().path(copy).toString());
            }
        }
        return new Backup(files, shown.isEmpty() ? null : String.join(", ", shown));
    }

    /** Returns the revision's number; 0 where it could not be recorded, though it is in force. */
    int edit(Backup backup, InForce after, Draft draft, List<Change> changes, Origin origin) {
        TreeSet<Path> touched = new TreeSet<>(draft.removed());
        touched.addAll(draft.written().keySet());
        List<Change> effective = changes.stream().filter(change -> change.shadowedBy() == null).toList();
        try {
            return append(origin, draft.summary(), effective, touched.stream().map(etc::name).toList(), backup.files(),
                keep(after), draft.state(), after);
        } catch (IOException e) {
            LOG.warn("{}: this is in force, and not in the history {}", draft.summary(), etc.history(), e);
            return 0;
        }
    }

    private int append(Origin origin, String summary, List<Change> changes, List<String> files, Map<String, String> before,
            Map<String, String> after, int backTo, InForce state) throws IOException {
        return history.append(number -> new Revision(number, clock.instant(), origin, summary, changes, files), before, after, backTo,
            environment(state)).number();
    }

    private Map<String, String> keep(InForce state) throws IOException {
        Map<String, String> names = new TreeMap<>();
        for (Source source : state.layers().sources().values()) {
            Kept known = kept.get(source.file());
            if (known == null || known.content() != source.content()) {
                known = new Kept(source.content(), history.copies().keep(state.secrets().masked(source.file(), source.content())));
                kept.put(source.file(), known);
            }
            names.put(etc.name(source.file()), known.copy());
        }
        return names;
    }

    private static Map<String, Object> environment(InForce state) {
        Map<String, Object> values = new TreeMap<>();
        state.layers().environment().values().forEach((key, value) -> values.put(key, state.secrets().masked(key, value)));
        return values;
    }

    /** Whose file it is; where it has gone, who runs this process. */
    private String owner(Collection<String> names) {
        for (String name : names) {
            try {
                return Files.getOwner(etc.file(name)).getName();
            } catch (IOException | UnsupportedOperationException e) {
                LOG.debug("The owner of {} is not known", name, e);
            }
        }
        return System.getProperty("user.name");
    }
}
