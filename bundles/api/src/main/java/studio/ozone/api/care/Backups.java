package studio.ozone.api.care;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.osgi.annotation.versioning.ProviderType;

import studio.ozone.api.runtime.Progress;

/**
 * Takes backups of what ZSEI keeps while it is written to, looks whether they are whole, and puts them back. A backup is a folder of its owner
 * only ({@code docs/formats/backup.md}). Thread-safe; one piece of work at a time.
 */
@ProviderType
public interface Backups {

    /**
     * A backup.
     *
     * @param name of its folder
     * @param created when the state was taken; null where that cannot be read
     * @param scheduled whether the clock took it: only such are dropped by the clock
     * @param sequence the last commit in it
     * @param containers without the root
     * @param relations edges, an edge and its inverse counted once
     * @param embeddings vectors of all models
     * @param bytes of its files
     * @param problem why it cannot be used; null where nothing is known against it
     */
    record Backup(String name, Path folder, Instant created, boolean scheduled, long sequence, long containers, long relations, long embeddings,
            long bytes, String problem) { }

    /**
     * What looking at a backup gave.
     *
     * @param wrong what is damaged, missing or differs; empty where the backup is whole
     * @param files that were read
     */
    record Verified(Backup backup, List<String> wrong, int files, double seconds) { }

    /**
     * What a restore did, or would do.
     *
     * @param backup what was put back; null of an undo
     * @param containers how many there are now
     * @param changed containers that were not there, or not like that
     * @param gone containers that are there no more
     * @param sequence the last commit of the store now
     */
    record Restored(Backup backup, boolean dryRun, long containers, long relations, long changed, long gone, long sequence, double seconds) { }

    /**
     * What was there before the last restore.
     *
     * @param replaced when
     * @param bytes that it takes on the disk
     */
    record Before(Instant replaced, long bytes) { }

    /**
     * Takes one of the store as it is now. Readers and writers do not wait for it.
     *
     * @param to the folder that it gets its own folder in; null for {@code backups} in the data home
     * @throws CareException what failed; earlier backups are as they were, and nothing is left over
     * @throws InterruptedException if it was cancelled; nothing is left over
     */
    Backup create(Path to, Progress progress) throws CareException, InterruptedException;

    /**
     * Those in a folder, the newest first.
     *
     * @param in null for {@code backups} in the data home
     */
    List<Backup> list(Path in) throws CareException;

    /**
     * Reads every file of a backup and holds it against its checksum, then restores it into a place aside and compares every record with what the
     * store said when the backup was taken. The store is not touched.
     *
     * @param name of one in {@code backups}, or the path of its folder
     * @throws CareException if there is no such backup, or no room for the place aside
     */
    Verified verify(String name, Progress progress) throws CareException, InterruptedException;

    /** Deletes one. @throws CareException if there is no such backup, or something else in its folder */
    Backup remove(String name) throws CareException;

    /**
     * Puts one in place of what ZSEI holds, as {@link studio.ozone.api.zsei.Snapshots#replace} says: from one moment to the next, nothing
     * restarts, and {@link #undo} takes it back.
     *
     * @param dryRun only says what would be
     * @throws CareException what is wrong with it; ZSEI is as before
     * @throws InterruptedException if it was cancelled; ZSEI is as before
     */
    Restored restore(String name, boolean dryRun, Progress progress) throws CareException, InterruptedException;

    /** What {@link #undo} would put back; empty where there is nothing. */
    Optional<Before> before() throws CareException;

    /** Puts back what was there before the last restore; what is there now can be had again in the same way. */
    Restored undo(boolean dryRun, Progress progress) throws CareException, InterruptedException;

    /** Deletes what {@link #undo} would put back. */
    void forget() throws CareException;
}
