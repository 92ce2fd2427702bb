package studio.ozone.zsei.index;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;

import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.MergeScheduler;
import org.apache.lucene.index.MergeTrigger;
import org.apache.lucene.store.AlreadyClosedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Merges segments on a pool of this bundle, one after another, so that no thread is started that nobody accounts for. */
final class PooledMerges extends MergeScheduler {

    private static final Logger LOG = LoggerFactory.getLogger(PooledMerges.class);

    private final ExecutorService pool;

    PooledMerges(ExecutorService pool) {
        this.pool = pool;
    }

    @Override
    public void merge(MergeSource source, MergeTrigger trigger) throws IOException {
        if (!source.hasPendingMerges()) {
            return;
        }
        try {
            pool.execute(() -> run(source));
        } catch (RejectedExecutionException e) {
            LOG.debug("The bundle stops; segments stay as they are");
        }
    }

    private static void run(MergeSource source) {
        try {
            for (MergePolicy.OneMerge next = source.getNextMerge(); next != null; next = source.getNextMerge()) {
                source.merge(next);
            }
        } catch (MergePolicy.MergeAbortedException | AlreadyClosedException e) {
            LOG.debug("The index was closed during a merge");
        } catch (IOException | RuntimeException e) {
            LOG.warn("Segments of the index could not be merged", e);     // the writer remembers it and refuses the next write
        }
    }

    @Override
    public void close() {
        // The pool is the bundle's.
    }
}
