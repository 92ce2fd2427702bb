package studio.ozone.zsei.index;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;

import org.apache.lucene.document.Document;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Embedder;
import studio.ozone.api.zsei.SourceException;
import studio.ozone.api.zsei.Sources;
import studio.ozone.api.zsei.ZseiException;

/** Makes documents of chunks: finds their titles and texts, and embeds them, several at once and in their order. */
final class Chunks {

    private static final Logger LOG = LoggerFactory.getLogger(Chunks.class);

    private final ContainerStore store;
    private final Sources sources;
    private final Vectors vectors;
    private final ExecutorService pool;
    private final int threads;

    Chunks(ContainerStore store, Sources sources, Vectors vectors, ExecutorService pool, int threads) {
        this.store = store;
        this.sources = sources;
        this.vectors = vectors;
        this.pool = pool;
        this.threads = threads;
    }

    /** A document that is ready; null where the chunk is gone meanwhile. */
    @FunctionalInterface
    interface Sink {
        void put(long id, Document document) throws IOException, ZseiException;
    }

    /**
     * @param chunks containers of the type CHUNK
     * @param texts of some of them, by id; the others are read from their sources
     * @param by who embeds; null for nobody
     * @param stop asked between chunks; what is not done then is left out
     * @return whether all was done
     */
    boolean write(Collection<Container> chunks, Map<Long, String> texts, Embedder by, Sink sink, BooleanSupplier stop)
            throws ZseiException, IOException, InterruptedException {
        Map<Long, Above> known = new HashMap<>();
        Map<Long, float[]> embedded = new HashMap<>();
        ArrayDeque<Future<Ready>> ahead = new ArrayDeque<>();
        int wanted = vectors.parallelism();
        int most = wanted < threads ? wanted : 2 * threads;
        try {
            for (Container chunk : chunks) {
                if (stop.getAsBoolean()) {
                    return false;
                }
                Above above = above(chunk, known);
                if (above != null) {
                    ahead.add(pool.submit(() -> ready(chunk, above, texts.get(chunk.id()), by)));
                }
                if (ahead.size() >= most) {
                    put(ahead.poll(), sink, embedded);
                }
            }
            while (!ahead.isEmpty()) {
                put(ahead.poll(), sink, embedded);
            }
        } finally {
            ahead.forEach(left -> left.cancel(true));
            if (!embedded.isEmpty()) {
                store.putEmbeddings(by.model(), embedded);
            }
        }
        return true;
    }

    private static void put(Future<Ready> next, Sink sink, Map<Long, float[]> embedded)
            throws ZseiException, IOException, InterruptedException {
        try {
            Ready ready = next.get();
            sink.put(ready.id, ready.document);
            if (ready.embedded != null) {
                embedded.put(ready.id, ready.embedded);
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case ZseiException cause -> throw cause;
                case RuntimeException cause -> throw cause;
                default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    /** @param embedded the vector, where it is new and to be kept in the store */
    private record Ready(long id, Document document, float[] embedded) { }

    private Ready ready(Container chunk, Above above, String given, Embedder by) throws ZseiException {
        String body = given;
        if (body == null) {
            try {
                body = sources.chunk(chunk);
            } catch (SourceException e) {
                LOG.debug("Chunk {} cannot be indexed now: {}", chunk.id(), e.getMessage());
                return new Ready(chunk.id(), ChunkDocument.of(chunk.id(), above.ids, above.title, null, null), null);
            }
        }
        float[] vector = null;
        boolean kept = false;
        if (by != null) {
            // A later version may have another text than the vector that is kept.
            if (given == null && chunk.version() == 1) {
                Optional<float[]> before = store.embedding(chunk.id(), by.model());
                vector = before.filter(v -> v.length == by.dimension()).orElse(null);
                kept = vector != null;
            }
            if (vector == null) {
                vector = vectors.ofText(by, embeddable(above.title, body));
            }
        }
        return new Ready(chunk.id(), ChunkDocument.of(chunk.id(), above.ids, above.title, body, vector), kept ? null : vector);
    }

    /** The title says what a short chunk is about. */
    static String embeddable(String title, String body) {
        return title.isEmpty() ? body : title + "\n" + body;
    }

    /** What stands above a chunk: all ids, and the names of its document and sections. */
    private record Above(List<Long> ids, String title) { }

    private Above above(Container chunk, Map<Long, Above> known) throws ZseiException {
        Above above = known.get(chunk.parent());
        if (above == null) {
            List<Long> ids = new ArrayList<>();
            List<String> names = new ArrayList<>();
            for (long id = chunk.parent(); id != 0; ) {
                Optional<Container> container = store.get(id);
                if (container.isEmpty()) {
                    return null;                 // removed meanwhile; the commit that did it follows
                }
                ids.add(id);
                if (container.get().type() == ContainerType.DOCUMENT || container.get().type() == ContainerType.SECTION) {
                    names.addFirst(container.get().name());
                }
                id = container.get().parent();
            }
            above = new Above(List.copyOf(ids), String.join("\n", names));
            known.put(chunk.parent(), above);
        }
        return above;
    }
}
