package studio.ozone.api.care;

import java.util.Collection;
import java.util.function.Consumer;

import org.osgi.annotation.versioning.ConsumerType;

import studio.ozone.api.runtime.Progress;

/**
 * A part of the integrity scan, offered as a service by the bundle whose data it is. It only reads; what it finds wrong and can derive
 * again it repairs when it is asked to.
 */
@ConsumerType
public interface Inspection {

    /** What is wrong (requirements, part A). */
    enum Kind { HASH_MISMATCH, ORPHAN, BROKEN_RELATION, CHUNK_BOUNDARY, VERSION_MISMATCH, INDEX_MISMATCH, GRAPH_MISMATCH, SOURCE_GONE, SOURCE_CHANGED }

    /**
     * Something that is wrong.
     *
     * @param kind what
     * @param container the container that is concerned; 0 where it is none
     * @param message one line for an operator, with the remedy where it cannot be repaired
     * @param repairable whether {@link #repair} can mend it
     */
    record Finding(Kind kind, long container, String message, boolean repairable) { }

    /** What it looks at, as a user knows it, for instance {@code index}. */
    String name();

    /**
     * Looks at everything.
     *
     * @param findings told of each thing that is wrong, as it is found
     * @param progress told how far it has come
     * @return things looked at
     * @throws CareException if it could not look
     * @throws InterruptedException if it was cancelled
     */
    long inspect(Consumer<Finding> findings, Progress progress) throws CareException, InterruptedException;

    /**
     * Mends what it found, from what is derivable: never a guess.
     *
     * @param findings repairable ones of its own
     * @return how many are mended
     * @throws CareException if it could not
     * @throws InterruptedException if it was cancelled
     */
    int repair(Collection<Finding> findings, Progress progress) throws CareException, InterruptedException;
}
