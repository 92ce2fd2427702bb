package studio.ozone.zsei.store;

import java.util.ArrayList;
import java.util.List;

import jetbrains.exodus.ByteIterable;
import jetbrains.exodus.env.Cursor;
import jetbrains.exodus.env.Store;
import jetbrains.exodus.env.Transaction;

import studio.ozone.api.runtime.Progress;

/**
 * Makes a store that is to take the place of another go on where that one ends, so that who has followed the other can follow this one:
 * <ol>
 * <li>Every container whose record is not byte for byte that of the other store is logged as written by a new commit; one that the other has, or
 * ever had, and this one has not, as removed by one. The old entries of removals are dropped, since all of them are among the new.
 * <li>The new commits are numbered from the higher of both stores on, with one number left out before them and one behind, so that who counts sees
 * a gap ({@link studio.ozone.api.zsei.StoreListener#replaced}); and the highest id is that of both.
 * </ol>
 * A follower that has seen any commit of the other store so learns of all that it must change: what it saw and is the same stays, what differs
 * or is gone is in the new commits. What is the same and it had not seen yet has its number in the record, which is the same in both.
 */
final class Continuation {

    private static final int REMOVED_IN_A_COMMIT = 4096;
    private static final int WRITTEN_IN_A_COMMIT = 500;
    private static final int ENTRIES_BETWEEN_FLUSHES = 10_000;

    private final View other;
    private final Runnable going;
    private final Progress progress;
    private final LongList written = new LongList();
    private final LongList removed = new LongList();
    private final LongList goneNow = new LongList();

    /** @param going throws where the store is being closed */
    Continuation(View other, Runnable going, Progress progress) {
        this.other = other;
        this.going = going;
        this.progress = progress;
    }

    /** Containers that differ. */
    int written() {
        return written.size();
    }

    /** Containers that the other one has and this one has not. */
    int gone() {
        return goneNow.size();
    }

    /** Finds what differs. */
    void compare(View fresh) throws InterruptedException {
        long total = other.database().containers.count(other.transaction()) + fresh.database().containers.count(fresh.transaction());
        try (Cursor was = other.database().containers.openCursor(other.transaction());
                Cursor is = fresh.database().containers.openCursor(fresh.transaction())) {
            long done = 0;
            long left = next(was);
            long right = next(is);
            while (left != Long.MAX_VALUE || right != Long.MAX_VALUE) {
                if (left < right) {
                    removed.add(left);
                    goneNow.add(left);
                    left = next(was);
                } else if (right < left) {
                    written.add(right);
                    right = next(is);
                } else {
                    if (!was.getValue().equals(is.getValue())) {
                        written.add(right);
                    }
                    left = next(was);
                    right = next(is);
                    done++;
                }
                if (++done % 1024 == 0) {
                    going(done, total);
                }
            }
        }
        removals(other, fresh);
        removals(fresh, fresh);
        removed.sort();
    }

    private static long next(Cursor cursor) {
        return cursor.getNext() ? Keys.number(cursor.getKey(), 0) : Long.MAX_VALUE;
    }

    private void removals(View of, View fresh) {
        try (Cursor log = of.database().gone.openCursor(of.transaction())) {
            while (log.getNext()) {
                Bytes bytes = new Bytes(log.getValue());
                for (long id = 0; bytes.more();) {
                    id += bytes.number();
                    if (!fresh.exists(id)) {
                        removed.add(id);
                    }
                }
            }
        }
    }

    /**
     * Writes the log and the figures into the store that takes the place. After {@link #compare}.
     *
     * @param highestId that anybody has been given
     * @param codec how what is written anew is packed
     * @return the figures of that store now
     */
    State write(Database fresh, long highestId, Codec codec) throws InterruptedException {
        Transaction transaction = fresh.environment.beginExclusiveTransaction();
        try {
            View view = new View(fresh, transaction);
            State state = fresh.state(transaction);
            state.sequence = Math.max(state.sequence, other.database().state(other.transaction()).sequence) + 2;
            clear(fresh.gone, transaction);
            for (int from = 0; from < removed.size(); from += REMOVED_IN_A_COMMIT) {
                logRemoved(fresh, transaction, state.sequence++, from);
            }
            int entries = 0;
            for (int i = 0; i < written.size(); i++) {
                if (i > 0 && i % WRITTEN_IN_A_COMMIT == 0) {
                    state.sequence++;
                }
                logWritten(view, written.get(i), state.sequence, codec);
                if (++entries % ENTRIES_BETWEEN_FLUSHES == 0) {
                    transaction.flush();
                    going(i, written.size());
                }
            }
            state.sequence++;
            state.highestId = Math.max(state.highestId, highestId);
            fresh.write(state, transaction);
            transaction.flush();
            fresh.acknowledge();
            return state;
        } finally {
            transaction.abort();
        }
    }

    private static void clear(Store store, Transaction transaction) {
        List<ByteIterable> keys = new ArrayList<>();
        try (Cursor cursor = store.openCursor(transaction)) {
            while (cursor.getNext()) {
                keys.add(cursor.getKey());
            }
        }
        keys.forEach(key -> store.delete(transaction, key));
    }

    private void logRemoved(Database fresh, Transaction transaction, long sequence, int from) {
        Bytes bytes = new Bytes();
        long before = 0;
        for (int i = from; i < Math.min(from + REMOVED_IN_A_COMMIT, removed.size()); i++) {
            bytes.number(removed.get(i) - before);
            before = removed.get(i);
        }
        fresh.gone.put(transaction, Keys.of(sequence, 0), bytes.written());
    }

    private static void logWritten(View view, long id, long sequence, Codec codec) {
        Database fresh = view.database();
        Records.Stored stored = view.stored(id);
        fresh.written.delete(view.transaction(), Keys.of(stored.sequence(), id));
        fresh.written.put(view.transaction(), Keys.of(sequence, id), ByteIterable.EMPTY);
        fresh.containers.put(view.transaction(), Keys.of(id), Records.container(stored.container(), sequence, codec));
    }

    private void going(long done, long total) throws InterruptedException {
        progress.report("comparing", done, total, "");
        going.run();
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }
}
