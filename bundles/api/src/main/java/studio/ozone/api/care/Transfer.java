package studio.ozone.api.care;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Set;

import org.osgi.annotation.versioning.ProviderType;

import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.ContainerType;

/**
 * What ZSEI keeps as lines of text, out and in ({@code docs/formats/export.md}): for other programs, another machine, or another version.
 * Thread-safe.
 */
@ProviderType
public interface Transfer {

    /**
     * What is written.
     *
     * @param only containers of these types, with those that they lie below, and the edges between what is written; empty for all
     * @param embeddings whether vectors are written too; they are large, and can be made again where the texts are
     */
    record What(Set<ContainerType> only, boolean embeddings) {

        public What {
            only = Set.copyOf(only);
        }
    }

    /** How many lines of each kind were written. */
    record Exported(long containers, long relations, long embeddings) { }

    /**
     * Writes the state of one moment; the same state is always the same text.
     *
     * @param to stays open
     * @throws CareException what cannot be read or written
     * @throws InterruptedException if it was cancelled; what was written has no end then, and cannot be read as a whole export
     */
    Exported export(OutputStream to, What what, Progress progress) throws CareException, InterruptedException;

    /**
     * The same to a file, which is there as a whole or not at all; one that is there already is replaced. Only its owner may read it. A name that
     * ends in {@code .gz} has it packed.
     */
    Exported export(Path file, What what, Progress progress) throws CareException, InterruptedException;

    /**
     * What an import did, or would do.
     *
     * @param containers that are new here
     * @param known containers that are here already, and the same
     * @param left containers that are left out, since a file or record is here with other content, which stays; or that lie below such a one
     * @param relations edges that are new here
     * @param embeddings vectors that are new here
     */
    record Imported(boolean dryRun, long containers, long known, long left, long relations, long embeddings, double seconds) { }

    /**
     * Takes in what an export wrote. All of it is checked before anything is written. Ids are given anew; versions and times are those of the file.
     * What is here already stays as it is, so that to do it twice is as good as once, and what was cut short is gone on with by doing it again.
     *
     * @param file packed or not
     * @param dryRun only says what would be done
     * @throws CareException for the first line that is wrong: names the file, the line, the value and the remedy, and nothing was written; or what
     *     could not be written
     * @throws InterruptedException if it was cancelled: what was written stays
     */
    Imported take(Path file, boolean dryRun, Progress progress) throws CareException, InterruptedException;
}
