package studio.ozone.config;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.config.Settings.Problem;

/**
 * Takes files up: those there are at the start, and those that come, change and go later. A file is taken whole or not at all, when
 * it has stayed the same for a moment. Guarded by the lock of {@link FileSettings}.
 */
final class Intake {

    /** How long a file has to stay as it is before it is taken: an editor may write it in two steps. */
    static final long SETTLED_NANOS = TimeUnit.MILLISECONDS.toNanos(60);
    private static final String REMEDY = "Correct it; the file is taken up as soon as it is saved.";
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    /** What a file held when it was last looked at; null content: it was not there. */
    private record Candidate(byte[] content, long since) { }

    /** A content that was refused; null content: look at the file again, whatever it holds. */
    private record Rejected(byte[] content, List<Problem> problems, boolean clash) { }

    /**
     * @param layers what counts now
     * @param taken files of which something new counts, with what happened to them
     * @param changed whether there is anything new at all, problems included
     * @param again whether something has changed that has not settled yet
     */
    record Scan(Layers layers, Map<Path, String> taken, boolean changed, boolean again) { }

    private final EtcFiles etc;
    private final LastGood lastGood;
    private final LongSupplier nanos;
    private final Map<Path, Candidate> candidates = new HashMap<>();
    private final Map<Path, Rejected> rejected = new TreeMap<>();

    Intake(EtcFiles etc, LastGood lastGood, LongSupplier nanos) {
        this.etc = etc;
        this.lastGood = lastGood;
        this.nanos = nanos;
    }

    /** What is in files and not in force. */
    Map<Path, List<Problem>> problems() {
        Map<Path, List<Problem>> problems = new TreeMap<>();
        rejected.forEach((file, why) -> problems.put(file, why.problems()));
        return problems;
    }

    /** Every file as it is at the start; one that is wrong counts as it was when it was last right. */
    Layers first(InForce empty, SourceReader reader) throws IOException {
        Map<Path, Source> sources = empty.layers().copy();
        List<Path> files = etc.list();
        lastGood.retain(files);
        for (Path file : files) {
            byte[] content = SourceReader.content(file);
            try {
                Source source = reader.read(file, content);
                List<Problem> errors = errors(source, empty, sources);
                if (errors.isEmpty()) {
                    lastGood.keep(source);
                    sources.put(file, source);
                } else {
                    reject(file, content, errors, source.errors().isEmpty());
                    Source before = lastGood(file, reader);
                    sources.put(file, before != null && errors(before, empty, sources).isEmpty() ? before : without(source, errors));
                }
            } catch (TomlException | IOException e) {
                reject(file, content, List.of(SourceReader.broken(file, e)), false);
                Source before = lastGood(file, reader);
                if (before != null) {
                    sources.put(file, before);
                }
            }
        }
        return empty.layers().with(sources.values());
    }

    private Source lastGood(Path file, SourceReader reader) {
        try {
            byte[] content = lastGood.read(file);
            return content == null ? null : reader.read(file, content);
        } catch (IOException | TomlException e) {
            LOG.debug("The last good state of {} is not readable either", file, e);
            return null;
        }
    }

    /** The good keys of a file that has never been right. */
    private static Source without(Source source, List<Problem> errors) {
        Map<String, Object> values = new LinkedHashMap<>(source.values());
        errors.forEach(error -> values.remove(error.key()));
        return new Source(source.file(), source.content(), source.document(), values, source.entries(), source.problems());
    }

    /** Why a file may not join these: its own mistakes, or that it would contradict them. */
    private static List<Problem> errors(Source source, InForce state, Map<Path, Source> others) {
        if (!source.errors().isEmpty()) {
            return source.errors();
        }
        InForce before = new InForce(state.schema(), state.layers().with(others.values()), state.atStart());
        Map<Path, Source> joined = before.layers().copy();
        joined.put(source.file(), source);
        Consistency after = new Consistency(new InForce(state.schema(), state.layers().with(joined.values()), state.atStart()));
        return after.clashesBeyond(new Consistency(before)).stream().map(clash -> after.problem(clash, source.file(), REMEDY)).toList();
    }

    /** Looks at all files and takes up what has changed and has settled. */
    Scan scan(InForce state, SourceReader reader) throws IOException {
        Map<Path, Source> sources = state.layers().copy();
        Map<Path, byte[]> present = new LinkedHashMap<>();
        for (Path file : etc.list()) {
            present.put(file, SourceReader.content(file));
        }
        Map<Path, String> taken = new LinkedHashMap<>();
        boolean changed = false;
        boolean again = false;
        for (Path file : List.copyOf(sources.keySet())) {
            if (!present.containsKey(file)) {
                if (settled(file, null)) {
                    sources.remove(file);
                    forget(file);
                    lastGood.forget(file);
                    taken.put(file, "removed");
                    LOG.info("{} has gone; what lay beneath is in force", file);
                } else {
                    again = true;
                }
            }
        }
        changed |= rejected.keySet().removeIf(file -> !present.containsKey(file) && !sources.containsKey(file));
        for (Map.Entry<Path, byte[]> file : present.entrySet()) {
            Source source = sources.get(file.getKey());
            if (source != null && source.has(file.getValue())) {
                candidates.remove(file.getKey());
                changed |= rejected.remove(file.getKey()) != null;
            } else if (refused(file.getKey(), file.getValue())) {
                candidates.remove(file.getKey());
            } else if (settled(file.getKey(), file.getValue())) {
                changed = true;
                if (take(file.getKey(), file.getValue(), state, sources, reader)) {
                    taken.put(file.getKey(), source == null ? "added" : "edited");
                }
            } else {
                again = true;
            }
        }
        if (!taken.isEmpty()) {
            reconsider();
        }
        return new Scan(state.layers().with(sources.values()), taken, changed || !taken.isEmpty(), again);
    }

    /** Something else has changed: what was refused for a contradiction may fit now. */
    void reconsider() {
        rejected.replaceAll((file, why) -> why.clash() ? new Rejected(null, why.problems(), true) : why);
    }

    /** The known keys have changed: what was refused may be right now. */
    void reconsiderAll() {
        rejected.replaceAll((file, why) -> new Rejected(null, why.problems(), why.clash()));
    }

    private boolean settled(Path file, byte[] content) {
        Candidate before = candidates.get(file);
        if (before == null || !Arrays.equals(before.content(), content)) {
            candidates.put(file, new Candidate(content, nanos.getAsLong()));
            return false;
        }
        return nanos.getAsLong() - before.since() >= SETTLED_NANOS;
    }

    private boolean refused(Path file, byte[] content) {
        Rejected before = rejected.get(file);
        return before != null && Arrays.equals(before.content(), content);
    }

    private boolean take(Path file, byte[] content, InForce state, Map<Path, Source> sources, SourceReader reader) {
        candidates.remove(file);
        try {
            Source source = reader.read(file, content);
            List<Problem> errors = errors(source, state, sources);
            if (errors.isEmpty()) {
                rejected.remove(file);
                sources.put(file, source);
                lastGood.keep(source);
                LOG.info("{} is in force", file);
                return true;
            }
            reject(file, content, errors, source.errors().isEmpty());
        } catch (TomlException | IOException e) {
            reject(file, content, List.of(SourceReader.broken(file, e)), false);
        }
        return false;
    }

    private void reject(Path file, byte[] content, List<Problem> why, boolean clash) {
        Rejected before = rejected.put(file, new Rejected(content, why, clash));
        if (before == null || !before.problems().equals(why)) {
            why.forEach(problem -> LOG.warn("{} The values from before stay in force.", problem.message()));
        }
    }

    /** These files are as we have written them. */
    void written(Collection<Source> sources) throws IOException {
        for (Source source : sources) {
            forget(source.file());
            lastGood.keep(source);
        }
        reconsider();
    }

    void removed(Collection<Path> files) throws IOException {
        for (Path file : files) {
            forget(file);
            lastGood.forget(file);
        }
    }

    private void forget(Path file) {
        candidates.remove(file);
        rejected.remove(file);
    }

    /**
     * Karaf's shell writes the whole configuration to {@code etc/<pid>.cfg}; the owning files say the same, with comments.
     *
     * @param fileName what it says it has written, as a URL; null for nothing
     */
    void putBack(String fileName, Layers layers) throws IOException {
        Path file = fileName == null || !fileName.startsWith("file:") ? null : Path.of(URI.create(fileName)).toAbsolutePath();
        if (file == null || !etc.folder().equals(file.getParent()) || !EtcFiles.isSource(file.getFileName().toString())) {
            return;
        }
        Source source = layers.sources().get(file);
        if (source == null) {
            Files.deleteIfExists(file);
        } else if (!source.has(SourceReader.content(file))) {
            EtcFiles.write(file, source.document().text());
        }
    }
}
