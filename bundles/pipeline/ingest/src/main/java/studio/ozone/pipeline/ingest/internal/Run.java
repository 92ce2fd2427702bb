package studio.ozone.pipeline.ingest.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;

import studio.ozone.api.pipeline.Ingest.Failure;
import studio.ozone.api.pipeline.Ingest.Report;
import studio.ozone.api.pipeline.Ingest.Request;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.SourceException;
import studio.ozone.api.zsei.Sources;
import studio.ozone.api.zsei.Sources.Document;
import studio.ozone.api.zsei.ZseiException;

/**
 * One ingest from beginning to end, on one thread. Documents are gathered until they make about {@value #BATCH} containers and then
 * written in one commit, so a document is in the store wholly or not at all, whenever the process ends.
 */
final class Run {

    /** What a run works with. */
    record Services(ContainerStore store, Index index, Sources sources, Locks locks, IntSupplier maxPending) { }

    /** @param fileHash null for a record of a data set */
    private record Ready(Path file, String fileHash, Plan plan) { }

    static final int BATCH = 300;
    private static final int REASONS_PER_FILE = 100;
    private static final Duration PATIENCE = Duration.ofMillis(250);

    private final Services services;
    private final Request request;
    private final List<Path> paths;
    private final Progress progress;
    private final Cancel cancel;
    private final Set<Failure> failures = new LinkedHashSet<>();
    private final Deque<Long> written = new ArrayDeque<>();
    private final List<Ready> batch = new ArrayList<>();
    private int batchSize;
    private long sequence;
    private long documents;
    private long chunks;
    private long skipped;
    private long removed;
    private long filesDone;
    private long filesAll;

    Run(Services services, Request request, List<Path> paths, Progress progress, Cancel cancel) {
        this.services = services;
        this.request = request;
        this.paths = paths;
        this.progress = progress;
        this.cancel = cancel;
    }

    Report call() throws ZseiException, InterruptedException {
        long began = System.nanoTime();
        Collection<Path> files = scan();
        filesAll = files.size();
        for (Path file : files) {
            cancel.check();
            progress.report("reading", filesDone, filesAll, file.toString());
            file(file);
            filesDone++;
        }
        flush();
        removeGone();
        progress.report("reading", filesDone, filesAll, "");
        awaitIndex();
        List<Long> roots = new ArrayList<>();
        for (Path path : paths) {
            services.store().find(path.toString(), null).ifPresent(root -> roots.add(root.id()));
        }
        return new Report(documents, chunks, skipped, removed, List.copyOf(failures), (System.nanoTime() - began) / 1_000_000, roots);
    }

    private Collection<Path> scan() throws InterruptedException {
        Set<Path> files = new LinkedHashSet<>();
        progress.report("scanning", 0, -1, "");
        for (Path path : paths) {
            cancel.check();
            if (!Files.isDirectory(path)) {
                if (Files.exists(path)) {
                    files.add(path);
                }
                continue;
            }
            int before = files.size();
            Selection selection = cancel.interruptible(() -> {
                try {
                    return new Selection(path, request.include(), request.exclude(), services.sources(),
                            found -> progress.report("scanning", before + (long) found, -1, path.toString())).scan();
                } catch (IOException e) {
                    failures.add(new Failure(path.toString(), "the folder cannot be read: " + e.getMessage()));
                    return null;
                }
            });
            if (selection != null) {
                files.addAll(selection.files());
                failures.addAll(selection.failures());
            }
        }
        progress.report("scanning", files.size(), files.size(), "");
        return files;
    }

    private void file(Path file) throws ZseiException, InterruptedException {
        String hash;
        try {
            // what is too large, no file or of no known kind is refused before it is hashed
            hash = services.sources().readable(file) ? cancel.interruptible(() -> Hashes.of(file)) : "";
            Optional<Container> known = services.store().find(file.toString(), null);
            if (!request.force() && known.isPresent() && hash.equals(known.get().attributes().get(Writer.FILE_HASH))) {
                skipped++;
                return;
            }
            Reading reading = new Reading(file, hash);
            try {
                boolean dataset = cancel.<Boolean, SourceException, ZseiException>interruptible(
                        () -> services.sources().read(file, reading));
                reading.end(dataset);
            } finally {
                reading.release();
            }
        } catch (SourceException e) {
            failures.add(new Failure(file.toString(), withoutPath(e.getMessage(), file)));
        } catch (IOException e) {
            failures.add(new Failure(file.toString(), e instanceof java.nio.file.AccessDeniedException
                    ? "may not be read: permission denied"
                    : "cannot be read: " + e.getMessage()));
        }
    }

    /** The failure names its file beside the reason. */
    static String withoutPath(String reason, Path file) {
        return reason.startsWith(file + " ") ? reason.substring(file.toString().length() + 1) : reason;
    }

    /** Takes the documents of one file. */
    private final class Reading implements Sources.Visitor {

        private final Path file;
        private final String hash;
        private final Set<String> records = new HashSet<>();
        private boolean dataset;
        private long unreadable;

        Reading(Path file, String hash) {
            this.file = file;
            this.hash = hash;
        }

        @Override
        public void document(Document document) throws ZseiException, InterruptedException {
            cancel.check();
            if (document.record() == null) {
                add(new Ready(file, hash, Plan.of(document)));
                return;
            }
            if (!dataset) {
                begin();
            }
            records.add(document.record());
            add(new Ready(file, null, Plan.of(document)));
            if (records.size() % 100 == 0) {
                progress.report("reading", filesDone, filesAll, file + ": " + records.size() + " records");
            }
        }

        @Override
        public void unreadable(long line, String reason) {
            if (++unreadable <= REASONS_PER_FILE) {
                failures.add(new Failure(file + ":" + line, reason));
            }
        }

        /** Its hash goes first and comes last, so that one that was broken off is read again. */
        private void begin() throws ZseiException, InterruptedException {
            services.locks().take(file);
            dataset = true;
            flush();
            commit(writer -> writer.dataset(file, ""));
        }

        void end(boolean isDataset) throws ZseiException, InterruptedException {
            if (unreadable > REASONS_PER_FILE) {
                failures.add(new Failure(file.toString(), (unreadable - REASONS_PER_FILE) + " further lines could not be read"));
            }
            if (isDataset && !dataset) {
                begin();
            }
            if (dataset) {
                flush();
                commit(writer -> {
                    long id = writer.dataset(file, hash);
                    for (Container record : services.store().children(id)) {
                        if (!records.contains(record.record())) {
                            writer.changes().remove(record.id());
                        }
                    }
                });
            }
        }

        void release() {
            if (dataset) {
                services.locks().release(file);
            }
        }
    }

    private void add(Ready ready) throws ZseiException, InterruptedException {
        batch.add(ready);
        batchSize += ready.plan().size();
        if (batchSize >= BATCH) {
            flush();
        }
    }

    private void flush() throws ZseiException, InterruptedException {
        if (batch.isEmpty()) {
            return;
        }
        List<Ready> documentsNow = List.copyOf(batch);
        batch.clear();
        batchSize = 0;
        long before = chunks;
        commit(writer -> {
            for (Ready ready : documentsNow) {
                if (ready.fileHash() != null) {
                    writer.document(ready.file(), ready.fileHash(), ready.plan());
                } else {
                    Container dataset = services.store().find(ready.file().toString(), null).orElseThrow(
                            () -> new ZseiException(ZseiException.Code.NOT_FOUND, ready.file() + " was removed while it was being read"));
                    writer.record(ready.file(), dataset.id(), ready.plan());
                }
            }
        });
        if (chunks > before) {
            pace();
        }
    }

    @FunctionalInterface
    private interface Step {
        void write(Writer writer) throws ZseiException;
    }

    private void commit(Step step) throws ZseiException, InterruptedException {
        cancel.protect(() -> {
            services.locks().writing().lock();
            try {
                Writer writer = new Writer(services.store());
                step.write(writer);
                Changes changes = writer.changes();
                if (!changes.isEmpty()) {
                    sequence = services.store().apply(changes).sequence();
                    written.add(sequence);
                    documents += writer.documents();
                    chunks += writer.chunks();
                }
                return null;
            } finally {
                services.locks().writing().unlock();
            }
        });
    }

    /** Reading waits while the index is far behind. */
    private void pace() throws ZseiException, InterruptedException {
        while (services.index().pending() > services.maxPending().getAsInt() && !written.isEmpty()) {
            long oldest = written.peekFirst();
            if (cancel.interruptible(() -> services.index().await(oldest, PATIENCE))) {
                written.removeFirst();
            }
            progress.report("reading", filesDone, filesAll, services.index().pending() + " chunks wait for the index");
        }
    }

    private void awaitIndex() throws ZseiException, InterruptedException {
        if (sequence == 0) {
            return;
        }
        boolean done = false;
        while (!done) {
            done = cancel.interruptible(() -> services.index().await(sequence, PATIENCE));
            long left = done ? 0 : Math.min(chunks, services.index().pending());
            progress.report("indexing", chunks - left, chunks, "");
        }
    }

    /** Takes out what was read below the named paths and is no more. What cannot be looked at (a drive that is away) stays. */
    private void removeGone() throws ZseiException, InterruptedException {
        for (Path path : paths) {
            cancel.check();
            Optional<Container> root = services.store().find(path.toString(), null);
            if (Files.isDirectory(path)) {
                commit(writer -> writer.folder(path));
            }
            if (root.isPresent()) {
                commit(writer -> removed += gone(root.get(), writer.changes()));
            }
        }
    }

    /** @return files that are gone */
    private long gone(Container container, Changes changes) throws ZseiException {
        if (Files.notExists(Path.of(container.source()))) {
            changes.remove(container.id());
            return files(container);
        }
        long files = 0;
        if (container.type() == ContainerType.DIRECTORY) {
            for (Container child : services.store().children(container.id())) {
                if (isFile(child) || child.type() == ContainerType.DIRECTORY) {
                    files += gone(child, changes);
                }
            }
        }
        return files;
    }

    private long files(Container container) throws ZseiException {
        if (isFile(container)) {
            return 1;
        }
        long files = 0;
        for (Container child : services.store().children(container.id())) {
            files += container.type() == ContainerType.DIRECTORY ? files(child) : 0;
        }
        return files;
    }

    private static boolean isFile(Container container) {
        return container.source() != null && container.record() == null
                && (container.type() == ContainerType.DOCUMENT || container.type() == ContainerType.DATASET);
    }
}
