package studio.ozone.pipeline.ingest.internal;

import java.util.ArrayList;
import java.util.List;

import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.zsei.store.kit.MemoryStore;

/** A store that keeps its commits, on a disk that can be full, and that no interrupted thread may write to. */
final class WatchedStore extends MemoryStore {

    final List<Commit> commits = new ArrayList<>();
    volatile int roomForCommits = Integer.MAX_VALUE;

    @Override
    protected void writing() throws ZseiException {
        if (Thread.currentThread().isInterrupted()) {
            throw new IllegalStateException("A writer was interrupted: files under it would be closed");
        }
        if (commits.size() >= roomForCommits) {
            throw new ZseiException(ZseiException.Code.DISK_FULL, "No space is left in the store's folder");
        }
    }

    @Override
    protected void committed(Commit commit) {
        commits.add(commit);
    }
}
