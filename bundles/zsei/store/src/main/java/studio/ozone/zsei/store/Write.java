package studio.ozone.zsei.store;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import jetbrains.exodus.ByteIterable;

import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.ContainerStore.Rollback;
import studio.ozone.api.zsei.ZseiException;

/** A write that waits for its turn. Its answer is set by the thread that commits, and read when that has said so. */
abstract sealed class Write extends GroupCommit.Request {

    private ZseiException refusal;

    /** Writes into a transaction. @return whether there was something to write */
    abstract boolean write(View view, State state, Instant now, Tuning tuning) throws ZseiException;

    /** The commit to tell of; null if there is none. */
    Commit commit() {
        return null;
    }

    @Override
    int records() {
        return 1;
    }

    void refuse(ZseiException why) {
        refusal = why;
    }

    boolean refused() {
        return refusal != null;
    }

    /** @throws ZseiException why nothing was written; on the stack of the caller, with what happened below as its cause */
    void check() throws ZseiException {
        if (refusal != null) {
            throw new ZseiException(refusal.code(), refusal.getMessage(), refusal);
        }
    }

    static final class OfChanges extends Write {

        private final Changes changes;
        private final CompletableFuture<Commit> answer = new CompletableFuture<>();
        private Commit commit;
        private boolean empty;

        OfChanges(Changes changes) {
            this.changes = changes;
        }

        @Override
        boolean write(View view, State state, Instant now, Tuning tuning) throws ZseiException {
            Edit edit = new Edit(view, changes, tuning);
            edit.check();
            empty = edit.isEmpty();
            commit = empty ? new Commit(state.sequence, List.of(), List.of(), List.of(), List.of(), Map.of()) : edit.write(state, now);
            return !empty;
        }

        @Override
        Commit commit() {
            return empty || refused() ? null : commit;
        }

        /** Containers count; edges go with them. */
        @Override
        int records() {
            return Math.max(1, changes.puts().size() + changes.removals().size());
        }

        @Override
        void answered() {
            try {
                answer.complete(result());
            } catch (ZseiException e) {
                answer.completeExceptionally(e);
            }
        }

        /** Completed when it is answered. */
        CompletableFuture<Commit> answer() {
            return answer;
        }

        Commit result() throws ZseiException {
            check();
            return commit;
        }
    }

    /** Takes a container back to an earlier version, which is found when its turn comes. */
    static final class OfRollback extends Write {

        private final long id;
        private final int version;
        private Rollback done;

        OfRollback(long id, int version) {
            this.id = id;
            this.version = version;
        }

        @Override
        boolean write(View view, State state, Instant now, Tuning tuning) throws ZseiException {
            RollbackPlan back = RollbackPlan.of(view, id, version, tuning);
            Edit edit = new Edit(view, back.changes(), tuning);
            edit.check();
            done = back.done(edit.write(state, now));
            return true;
        }

        @Override
        Commit commit() {
            return refused() ? null : done.commit();
        }

        Rollback result() throws ZseiException {
            check();
            return done;
        }
    }

    /** Drops versions for which the limit leaves no room; no commit, since nobody follows versions. */
    static final class OfSurplus extends Write {

        private final List<ByteIterable> keys;
        private int dropped;

        OfSurplus(List<ByteIterable> keys) {
            this.keys = keys;
        }

        @Override
        int records() {
            return keys.size();
        }

        @Override
        boolean write(View view, State state, Instant now, Tuning tuning) {
            Versions versions = new Versions(view, state, tuning);
            dropped = 0;
            for (ByteIterable key : keys) { // meanwhile the limit may have changed
                dropped += Versions.surplus(view, key, tuning.versions()) && versions.drop(key) ? 1 : 0;
            }
            return dropped > 0;
        }

        int dropped() {
            return dropped;
        }
    }

    /** Writes values anew in the present layout and packing; no commit, since they say what they said. */
    static final class OfRecoding extends Write {

        private final Recoding recoding;
        private final List<ByteIterable> keys;

        OfRecoding(Recoding recoding, List<ByteIterable> keys) {
            this.recoding = recoding;
            this.keys = keys;
        }

        @Override
        int records() {
            return keys.size();
        }

        @Override
        boolean write(View view, State state, Instant now, Tuning tuning) {
            boolean some = false;
            for (ByteIterable key : keys) {
                some |= recoding.rewrite(view, key, tuning.codec());
            }
            return some;
        }
    }

    static final class OfEmbeddings extends Write {

        private final String model;
        private final Map<Long, float[]> vectors;

        OfEmbeddings(String model, Map<Long, float[]> vectors) {
            this.model = model;
            this.vectors = vectors;
        }

        @Override
        int records() {
            return vectors.size();
        }

        @Override
        boolean write(View view, State state, Instant now, Tuning tuning) {
            boolean some = false;
            for (Map.Entry<Long, float[]> each : vectors.entrySet()) {
                if (each.getKey() != 0 && view.exists(each.getKey())) {
                    ByteIterable key = Keys.embedding(each.getKey(), model);
                    view.database().embeddings.put(view.transaction(), key, Records.vector(key, each.getValue(), tuning.codec()));
                    some = true;
                }
            }
            return some;
        }
    }

    /** Repairs, a commit of their own: those who follow the store are told of edges. The counts are taken anew, unless a record cannot be read. */
    static final class OfFixes extends Write {

        private final List<Fault> faults;
        private Commit commit;

        OfFixes(List<Fault> faults) {
            this.faults = faults;
        }

        @Override
        int records() {
            return faults.size();
        }

        @Override
        boolean write(View view, State state, Instant now, Tuning tuning) {
            Repairs repairs = new Repairs();
            boolean some = false;
            for (Fault fault : faults) {
                some |= fault.fix().in(view, repairs);
            }
            if (some) {
                Examination.recounted(view, state).ifPresent(state::correct);
                state.sequence++;
                commit = new Commit(state.sequence, List.of(), List.of(), List.copyOf(repairs.related()), List.copyOf(repairs.unrelated()), Map.of());
            }
            return some;
        }

        @Override
        Commit commit() {
            return refused() ? null : commit;
        }
    }
}
