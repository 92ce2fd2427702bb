package studio.ozone.pipeline.prompt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import studio.ozone.api.capability.Capabilities;
import studio.ozone.api.pipeline.Ingest;
import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.ZseiException;

/** What a question is asked of: the named files and folders, read first where ingest is on, or everything. */
final class Scope {

    private static final int COUNTED = 10_000;

    private final ContainerStore store;
    private final Ingest ingest;
    private final Capabilities capabilities;

    /** @param ingest null where ingest is off */
    Scope(ContainerStore store, Ingest ingest, Capabilities capabilities) {
        this.store = store;
        this.ingest = ingest;
        this.capabilities = capabilities;
    }

    /** @throws PipelineException INVALID for a path that is not absolute, NOT_FOUND for one that is not there */
    static void check(List<Path> with) throws PipelineException {
        for (Path path : with) {
            if (!path.isAbsolute()) {
                throw new PipelineException(PipelineException.Code.INVALID, "Not an absolute path: " + path);
            }
            if (!Files.exists(path)) {
                throw new PipelineException(PipelineException.Code.NOT_FOUND, "There is no file or folder " + path + ".");
            }
        }
    }

    /**
     * @param notes takes what could not be read, and that ingest is off
     * @return the containers that chunks must lie below; empty for everything
     */
    Set<Long> resolve(List<Path> with, Progress progress, List<String> notes) throws PipelineException, ZseiException, InterruptedException {
        if (with.isEmpty()) {
            return Set.of();
        }
        return ingest == null ? known(with, notes) : read(with, progress, notes);
    }

    private Set<Long> read(List<Path> with, Progress progress, List<String> notes) throws PipelineException, InterruptedException {
        Ingest.Report report = ingest.ingest(new Ingest.Request(with, List.of(), List.of(), false), progress);
        report.failed().forEach(failure -> notes.add(failure.source() + " was not read: " + failure.reason()));
        if (report.roots().isEmpty()) {
            throw new PipelineException(PipelineException.Code.FAILED, "Nothing of " + names(with) + " could be read. "
                    + report.failed().stream().limit(3).map(failure -> failure.source() + ": " + failure.reason()).collect(Collectors.joining("; ")));
        }
        return new LinkedHashSet<>(report.roots());
    }

    private Set<Long> known(List<Path> with, List<String> notes) throws PipelineException, ZseiException {
        String off = capabilities.whyAbsent("pipeline.ingest");
        Set<Long> roots = new LinkedHashSet<>();
        for (Path path : with) {
            Optional<Container> root = find(path);
            if (root.isPresent()) {
                roots.add(root.get().id());
            } else {
                notes.add(path + " has not been read yet.");
            }
        }
        if (roots.isEmpty()) {
            throw new PipelineException(PipelineException.Code.UNAVAILABLE, "Nothing of " + names(with) + " has been read yet. " + off);
        }
        notes.add("Answered from what was read before. " + off);
        return roots;
    }

    private Optional<Container> find(Path path) throws ZseiException {
        Optional<Container> root = store.find(path.normalize().toString(), null);
        if (root.isEmpty()) {
            try {
                root = store.find(path.toRealPath().toString(), null);
            } catch (IOException e) {
                return Optional.empty();
            }
        }
        return root;
    }

    private static String names(List<Path> with) {
        return with.stream().map(Path::toString).collect(Collectors.joining(", "));
    }

    /** How much was searched, in words: {@code 12 documents}. */
    String searched(Set<Long> within) throws ZseiException {
        long documents = within.isEmpty() ? store.stats().containers().getOrDefault(ContainerType.DOCUMENT, 0L) : below(within);
        return documents == 1 ? "1 document" : documents > COUNTED && !within.isEmpty() ? "more than " + COUNTED + " documents" : documents + " documents";
    }

    private long below(Set<Long> within) throws ZseiException {
        long documents = 0;
        Deque<Long> open = new ArrayDeque<>();
        for (long id : within) {
            Optional<Container> root = store.get(id);
            if (root.isPresent() && root.get().type() == ContainerType.DOCUMENT) {
                documents++;
            } else {
                open.add(id);
            }
        }
        while (!open.isEmpty() && documents <= COUNTED) {
            for (Container child : store.children(open.remove())) {
                if (child.type() == ContainerType.DOCUMENT) {
                    documents++;
                } else if (child.type() != ContainerType.CHUNK && child.type() != ContainerType.SECTION) {
                    open.add(child.id());
                }
            }
        }
        return documents;
    }
}
