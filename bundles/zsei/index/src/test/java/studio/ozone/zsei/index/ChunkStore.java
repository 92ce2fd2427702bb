package studio.ozone.zsei.index;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.SourceException;
import studio.ozone.api.zsei.Sources;
import studio.ozone.api.zsei.StoreListener;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.zsei.store.kit.MemoryStore;

/** The kit's store, and the sources that its chunks come from. */
final class ChunkStore extends MemoryStore implements Sources {

    private final Set<String> embedded = new HashSet<>();
    private final Map<Long, String> texts = new HashMap<>();
    private StoreListener listener = commit -> { };
    int textsRead;

    synchronized void listener(StoreListener next) {
        listener = next == null ? commit -> { } : next;
    }

    /** Writes a document with one chunk for each text; returns the document's id. The chunks' ids follow it. */
    long document(long parent, String title, String... chunks) throws ZseiException {
        Changes changes = new Changes();
        long document = newId();
        changes.put(Container.of(document, parent, ContainerType.DOCUMENT, title, "/" + document + "/" + title, null, 0, 0, null, Map.of()));
        for (String text : chunks) {
            long id = newId();
            changes.put(Container.of(id, document, ContainerType.CHUNK, title, "/" + document + "/" + title, null, 0, text.length(), "h", Map.of()), text);
        }
        apply(changes);
        return document;
    }

    /** The source of a chunk is gone. */
    synchronized String lose(long chunk) {
        return texts.remove(chunk);
    }

    synchronized void restore(long chunk, String text) {
        texts.put(chunk, text);
    }

    synchronized int embeddings() {
        return embedded.size();
    }

    @Override
    protected void committed(Commit commit) {
        texts.putAll(commit.texts());
        listener.committed(commit);
    }

    @Override
    public synchronized void putEmbeddings(String model, Map<Long, float[]> more) {
        super.putEmbeddings(model, more);
        more.keySet().forEach(id -> embedded.add(model + id));
    }

    @Override
    public boolean readable(Path file) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean read(Path file, Visitor visitor) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Text text(Container document) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized String chunk(Container chunk) throws SourceException {
        textsRead++;
        String text = texts.get(chunk.id());
        if (text == null) {
            throw new SourceException(SourceException.Code.GONE, chunk.source() + " is gone");
        }
        return text;
    }

    @Override
    public List<String> kinds() {
        return List.of();
    }
}
