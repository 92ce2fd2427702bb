package studio.ozone.zsei.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Embedder;
import studio.ozone.api.zsei.ZseiException;

/** Brings an index forward by what the store says: the one that answers, or one that is being built. Used by one thread. */
final class Applier {

    private final ContainerStore store;
    private final Chunks chunks;
    private final BooleanSupplier stop;
    private final boolean strict;
    private final AtomicLong active = new AtomicLong();

    /**
     * @param strict whether to fail where a text cannot be embedded; else the document is written without a vector
     * @param stop asked between chunks; what is not done then is left out, and no sequence is reached
     */
    Applier(ContainerStore store, Chunks chunks, boolean strict, BooleanSupplier stop) {
        this.store = store;
        this.chunks = chunks;
        this.strict = strict;
        this.stop = stop;
    }

    /** Chunks that are being written now. Thread-safe. */
    long active() {
        return active.get();
    }

    /** @return whether all was done */
    boolean commits(OpenIndex to, List<Commit> commits, Embedder by) throws IOException, ZseiException, InterruptedException {
        Map<Long, Container> written = new LinkedHashMap<>();
        Map<Long, String> texts = new HashMap<>();
        for (Commit commit : commits) {
            for (long id : commit.removed()) {
                written.remove(id);
                to.delete(id);
            }
            for (Container container : commit.written()) {
                written.put(container.id(), container);
            }
            texts.putAll(commit.texts());
        }
        return apply(to, written.values(), texts, by, commits.getLast().sequence());
    }

    /**
     * Applies the next changes as the store remembers them.
     *
     * @return whether all of them were done
     */
    boolean readBack(OpenIndex to, int limit, Embedder by) throws IOException, ZseiException, InterruptedException {
        ContainerStore.ChangePage page = store.changesAfter(to.sequence(), limit);
        for (long id : page.removed()) {
            to.delete(id);
        }
        return apply(to, existing(page.written()), Map.of(), by, page.sequence());
    }

    /** Writes chunks again. */
    boolean again(OpenIndex to, Collection<Long> ids, Embedder by) throws IOException, ZseiException, InterruptedException {
        return write(to, existing(ids), Map.of(), by);
    }

    private List<Container> existing(Collection<Long> ids) throws ZseiException {
        List<Container> containers = new ArrayList<>();
        for (long id : ids) {
            store.get(id).ifPresent(containers::add);
        }
        return containers;
    }

    private boolean apply(OpenIndex to, Collection<Container> written, Map<Long, String> texts, Embedder by, long upTo)
            throws IOException, ZseiException, InterruptedException {
        Map<Long, Container> chunkById = new LinkedHashMap<>();
        List<Container> moved = new ArrayList<>();
        for (Container container : written) {
            if (container.type() == ContainerType.CHUNK) {
                chunkById.put(container.id(), container);
            } else if (container.version() > 1) {
                moved.add(container);
            }
        }
        if (!moved.isEmpty()) {
            to.refresh();
            for (long id : Stale.below(to, store, moved)) {
                if (!chunkById.containsKey(id)) {
                    store.get(id).ifPresent(chunk -> chunkById.put(id, chunk));
                }
            }
        }
        if (!write(to, chunkById.values(), texts, by)) {
            return false;
        }
        to.applied(upTo);
        return true;
    }

    private boolean write(OpenIndex to, Collection<Container> containers, Map<Long, String> texts, Embedder by)
            throws IOException, ZseiException, InterruptedException {
        active.set(containers.size());
        try {
            return chunks.write(containers, texts, by, (id, document) -> {
                if (strict && by != null && document.getField(ChunkDocument.BODY) != null && document.getField(ChunkDocument.VECTOR) == null) {
                    throw new ZseiException(ZseiException.Code.EMBEDDER_UNAVAILABLE, "Texts cannot be embedded by " + by.model());
                }
                to.put(id, document);
                active.decrementAndGet();
            }, stop);
        } finally {
            active.set(0);
        }
    }
}
