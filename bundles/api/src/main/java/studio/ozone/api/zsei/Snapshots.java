package studio.ozone.api.zsei;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import org.osgi.annotation.versioning.ProviderType;

import studio.ozone.api.runtime.Progress;

/**
 * Whole states of the store: read and copied while it is written to, looked at elsewhere, and put in place of what it holds. Thread-safe; one
 * replacement at a time.
 */
@ProviderType
public interface Snapshots {

    /**
     * How much a state holds.
     *
     * @param sequence the last commit in it
     * @param containers by type, only types that occur; without the root
     * @param relations edges, an edge and its inverse counted once
     * @param embeddings vectors of all models
     * @param bytes of its files on disk
     */
    record Totals(long sequence, Map<ContainerType, Long> containers, long relations, long embeddings, long bytes) {

        public Totals {
            containers = Map.copyOf(containers);
        }

        /** Containers of all types. */
        public long containersInAll() {
            return containers.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /** A vector of a container by a model. */
    record Embedding(long id, String model, float[] vector) { }

    /** Takes one after another. */
    @FunctionalInterface
    interface Each<T> {
        void take(T item) throws IOException, InterruptedException;
    }

    /**
     * One state, unchanged by what is written meanwhile. It holds for the call that it is handed to, on that thread. What cannot be read is a
     * {@link ZseiException}, and nothing is left out silently.
     */
    @ProviderType
    interface Snapshot {

        Totals totals();

        /** Every container but the root, in the order of the ids. */
        void containers(Each<Container> each) throws IOException, ZseiException, InterruptedException;

        /** Every edge, inverse ones included, in the order of {@code from}, the type's code and {@code to}. */
        void relations(Each<Relation> each) throws IOException, ZseiException, InterruptedException;

        /** Every vector, in the order of the ids and, of one container, of the models' names. */
        void embeddings(Each<Embedding> each) throws IOException, ZseiException, InterruptedException;

        /**
         * Writes all of it, what only the store itself understands included, into an empty folder, as files of a store. They are on the disk when
         * the call returns. It reads everything there is, so that damage is found here.
         *
         * @throws ZseiException DISK_FULL, or what cannot be read; what is in the folder then is of no use
         * @throws InterruptedException if it was cancelled
         */
        void copy(Path folder, Progress progress) throws ZseiException, InterruptedException;
    }

    /** What is done with a state. */
    @FunctionalInterface
    interface Use<R> {
        R of(Snapshot snapshot) throws IOException, ZseiException, InterruptedException;
    }

    /** Of the store as it is now. Writers do not wait for it. */
    <R> R now(Use<R> use) throws IOException, ZseiException, InterruptedException;

    /**
     * Of what {@link Snapshot#copy} wrote. Opening writes to the folder: hand over a copy that may be thrown away.
     *
     * @throws ZseiException STORE_UNAVAILABLE if it is damaged, or written by a newer version
     */
    <R> R of(Path folder, Use<R> use) throws IOException, ZseiException, InterruptedException;

    /**
     * What a replacement did, or would do.
     *
     * @param changed containers that were not there, or not like that
     * @param gone containers that are there no more
     * @param sequence the last commit of the store now
     */
    record Replaced(Totals totals, long changed, long gone, long sequence) { }

    /**
     * Puts a copy in place of what the store holds: for readers from one moment to the next, and after a crash wholly or not at all. Reads go
     * on; writes wait while the two are compared, and are then written to the new one. Numbers and ids go on from the highest of both, and
     * {@link ContainerStore#changesAfter} tells the difference, so that who follows the store follows this too. What was there before is kept
     * until the next replacement, for {@link #undo}.
     *
     * @param folder what {@link Snapshot#copy} wrote; it is only read
     * @param dryRun only compares
     * @throws ZseiException what is wrong; the store is as before
     * @throws InterruptedException if it was cancelled; the store is as before
     */
    Replaced replace(Path folder, boolean dryRun, Progress progress) throws ZseiException, InterruptedException;

    /**
     * What was replaced last.
     *
     * @param replaced when
     * @param bytes of its files
     */
    record Before(Instant replaced, long bytes) { }

    /** What {@link #undo} would bring back; empty where there is nothing. */
    Optional<Before> before() throws ZseiException;

    /**
     * Puts back what was replaced last, as {@link #replace} does; what is there now is kept in its turn.
     *
     * @throws ZseiException NOT_FOUND where there is nothing
     */
    Replaced undo(boolean dryRun, Progress progress) throws ZseiException, InterruptedException;

    /** Drops what {@link #undo} would bring back, for good. */
    void forget() throws ZseiException;
}
