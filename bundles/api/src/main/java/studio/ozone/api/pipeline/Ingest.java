package studio.ozone.api.pipeline;

import java.nio.file.Path;
import java.util.List;

import org.osgi.annotation.versioning.ProviderType;

import studio.ozone.api.runtime.Progress;

/** Reads files and folders into ZSEI. Thread-safe; several calls may run at once. An interrupt cancels between documents. */
@ProviderType
public interface Ingest {

    /**
     * @param paths absolute paths of files and folders; a symbolic link named here is followed, one found below is followed only
     *     if it stays within what was named
     * @param include glob patterns of paths relative to the named folder; empty for everything that can be read
     * @param exclude glob patterns that are left out, beside {@code .gitignore} and the usual build folders
     * @param force whether files whose content hash is unchanged are read again
     */
    record Request(List<Path> paths, List<String> include, List<String> exclude, boolean force) { }

    /** @param reason one line for a user */
    record Failure(String source, String reason) { }

    /**
     * The shape of {@code ingest --json}.
     *
     * @param documents documents that were read and written
     * @param chunks chunks that were written
     * @param skipped files that were left alone because their content is unchanged
     * @param removed files whose containers are gone because the files are
     * @param failed files that could not be read, with the reason
     * @param tookMs wall time
     * @param roots the containers of the named paths, in their order; those that failed are left out
     */
    record Report(long documents, long chunks, long skipped, long removed, List<Failure> failed, long tookMs, List<Long> roots) { }

    /**
     * Returns when everything that was read is durable and searchable.
     *
     * @throws PipelineException if nothing could be done: no such path, full disk
     */
    Report ingest(Request request, Progress progress) throws PipelineException, InterruptedException;
}
