package studio.ozone.zsei.store;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.StoreListener;

/** Those who are told of commits. One that fails does not keep the others, or the writer, from anything. */
abstract class Followers {

    private static final Logger LOG = LoggerFactory.getLogger(Followers.class);

    abstract Iterable<StoreListener> listeners();

    void start() { }

    void stop() { }

    /** Called by one thread at a time, in the order of the commits. */
    final void tell(Commit commit) {
        for (StoreListener listener : listeners()) {
            try {
                listener.committed(commit);
            } catch (RuntimeException | LinkageError e) {
                LOG.error("{} failed at commit {}", listener, commit.sequence(), e);
            }
        }
    }

    /** Called as {@link #tell} is, when the store holds another state. */
    final void tellReplaced(long sequence) {
        for (StoreListener listener : listeners()) {
            try {
                listener.replaced(sequence);
            } catch (RuntimeException | LinkageError e) {
                LOG.error("{} failed when the store was replaced", listener, e);
            }
        }
    }
}
