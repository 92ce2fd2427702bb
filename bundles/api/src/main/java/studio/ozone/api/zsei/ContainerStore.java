package studio.ozone.api.zsei;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The truth of ZSEI: containers, edges, embeddings. A write has happened, durably, when the call returns: it survives a
 * killed process and a lost power supply. Reads see the last commit. Thread-safe; concurrent writers share commits.
 */
@ProviderType
public interface ContainerStore {

    /** An id that nobody has had and nobody else gets. */
    long newId();

    Optional<Container> get(long id) throws ZseiException;

    /**
     * The container of a file, a directory, or a record in a file (DIRECTORY, DATASET or DOCUMENT; never a section or chunk).
     *
     * @param source an absolute path
     * @param record the record's id; null for the file or directory itself
     */
    Optional<Container> find(String source, String record) throws ZseiException;

    /** The containers directly below, in the order of their ids. */
    List<Container> children(long id) throws ZseiException;

    /** The ids from the parent up to, but without, the root. */
    List<Long> ancestors(long id) throws ZseiException;

    /** The edges that leave a container, inverse ones included; parent and child are not edges. */
    List<Relation> relations(long id) throws ZseiException;

    /**
     * Writes, durably, all or nothing.
     *
     * <p>Changes that change nothing (nothing in them, or only removals of what is not there) are no commit: the answer is empty and
     * has the number of the last one.
     *
     * @throws ZseiException INVALID if a parent or the end of an edge does not exist, if a container would lie below itself, or if its
     *     source and record are another container's ({@link #find}); DISK_FULL if nothing could be written
     */
    Commit apply(Changes changes) throws ZseiException;

    /**
     * Writes without waiting, for those who write much: what is submitted gathers until it makes a batch ({@code zsei.write.batch_size}
     * containers) or the oldest is {@code zsei.write.flush_interval_ms} old, and then becomes durable with one forced write. Who makes a
     * batch full takes it to the disk before the call returns. Commits are numbered in the order of the calls; a later {@link #apply},
     * of empty changes too, takes along everything before it. Until it is completed a write is not seen by reads, and a
     * crash may lose it.
     *
     * @param changes not to be touched any more
     * @return completed when the write is durable; or exceptionally, by a {@link ZseiException}, as {@link #apply} says. What depends on it runs
     *     on the thread that commits: be quick, or go elsewhere
     */
    default CompletableFuture<Commit> submit(Changes changes) {
        try {
            return CompletableFuture.completedFuture(apply(changes));
        } catch (ZseiException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The number of the last commit; 0 for an empty store. */
    long sequence();

    /**
     * The ids that were written or removed after a commit, so that whoever follows the store can catch up. An id stands once,
     * with its last fate.
     *
     * @param after the number of the last commit that was seen
     * @param limit the most entries, from the oldest on; a page holds whole commits, so one that is larger comes alone
     */
    ChangePage changesAfter(long after, int limit) throws ZseiException;

    /**
     * @param written ids of containers that exist
     * @param removed ids of containers that are gone
     * @param sequence the last commit that the page covers
     * @param more whether there are later ones
     */
    record ChangePage(List<Long> written, List<Long> removed, long sequence, boolean more) { }

    /** The vector of a container by a model; empty where there is none. Its length is the model's dimension. */
    Optional<float[]> embedding(long id, String model) throws ZseiException;

    /**
     * Keeps vectors beside their containers; those of containers that are gone are dropped silently. Not a commit. A container
     * written later with another content hash loses them: they are of another text.
     */
    void putEmbeddings(String model, Map<Long, float[]> vectors) throws ZseiException;

    /** Every container but the root, in the order of the ids, from one consistent view; stops where the consumer throws. */
    void scan(Consumer<Container> consumer) throws ZseiException;

    /** Every edge, inverse ones included, from one consistent view. */
    void scanRelations(Consumer<Relation> consumer) throws ZseiException;

    /** Takes the links of the store, as numbers. */
    interface Links {

        /**
         * A container; the root, which is its own parent, comes first.
         *
         * @param type its code
         * @param updated when its version was written, in milliseconds since 1970
         */
        void container(long id, long parent, int type, long updated);

        /**
         * An edge.
         *
         * @param type its code
         */
        void edge(long from, int type, long to, double confidence);
    }

    /**
     * What connects the containers, and no more than that: several times faster than {@link #scan}. First all containers, in the order of
     * their ids, then all edges, inverse ones included, in the order of from, type and to; from one consistent view. It stops where the
     * consumer throws.
     */
    void scanLinks(Links links) throws ZseiException;

    /**
     * A state of a container: what it said, and how it was connected.
     *
     * @param container its version, and when that was written
     * @param relations the edges that left it, inverse ones included, when the next version was written; of the present state, those that do now
     * @param relationsKept whether the edges are known: of a container with very many (10,000) a version keeps none
     */
    record Version(Container container, List<Relation> relations, boolean relationsKept) { }

    /**
     * The present state of a container and the versions before it that are kept, the newest first. Each write of a container keeps the state
     * before it, up to {@code zsei.integrity.max_versions_retained}; edges that come or go between two writes belong to the version between them.
     * A removal removes all versions.
     *
     * @return empty where there is no such container, or it is the root
     */
    List<Version> history(long id) throws ZseiException;

    /**
     * Takes a container back to what an earlier version said: its description, its parent, its edges. This is a write, with a new version number,
     * told to whoever follows the store, and so can itself be undone. The containers below it, and what its source holds, stay as they are.
     *
     * @param version one that {@link #history} has, and not the present one
     * @param dryRun only says what would be done; it fails where that would fail
     * @throws ZseiException NOT_FOUND if there is no such container or version; INVALID if the version cannot be again: its parent is gone, or lies
     *     below it now, or its source and record are another container's by now; DISK_FULL if nothing could be written
     */
    Rollback rollback(long id, int version, boolean dryRun) throws ZseiException;

    /**
     * @param before the state before
     * @param after the state afterwards
     * @param lost edges of the version that do not come back, since what they led to is gone
     * @param commit what was written; null for a dry run
     */
    record Rollback(Version before, Version after, List<Relation> lost, Commit commit) { }

    Stats stats() throws ZseiException;

    /**
     * @param containers by type, only types that occur
     * @param relations edges, an edge and its inverse counted once
     * @param bytes on disk
     */
    record Stats(Map<ContainerType, Long> containers, long relations, long bytes) { }
}
