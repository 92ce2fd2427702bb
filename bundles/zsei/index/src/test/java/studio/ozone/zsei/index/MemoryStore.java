package studio.ozone.zsei.index;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.SourceException;
import studio.ozone.api.zsei.Sources;
import studio.ozone.api.zsei.StoreListener;
import studio.ozone.api.zsei.ZseiException;

/** A store in memory, and the sources that its chunks come from. */
final class MemoryStore implements ContainerStore, Sources {

    private final Map<Long, Container> containers = new TreeMap<>();
    private final Map<Long, Long> lastChange = new HashMap<>();
    private final Map<String, float[]> embeddings = new HashMap<>();
    private final Map<Long, String> texts = new HashMap<>();
    private long ids;
    private long sequence;
    private StoreListener listener = commit -> { };
    int textsRead;

    synchronized void listener(StoreListener next) {
        listener = next == null ? commit -> { } : next;
    }

    /** Writes a document with one chunk for each text; returns the document's id. The chunks' ids follow it. */
    long document(long parent, String title, String... chunks) throws ZseiException {
        Changes changes = new Changes();
        long document = newId();
        changes.put(Container.of(document, parent, ContainerType.DOCUMENT, title, "/" + title, null, 0, 0, null, Map.of()));
        for (String text : chunks) {
            long id = newId();
            changes.put(Container.of(id, document, ContainerType.CHUNK, title, "/" + title, null, 0, text.length(), "h", Map.of()), text);
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
        return embeddings.size();
    }

    @Override
    public synchronized long newId() {
        return ++ids;
    }

    @Override
    public synchronized Optional<Container> get(long id) {
        return Optional.ofNullable(containers.get(id));
    }

    @Override
    public Optional<Container> find(String source, String record) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized List<Container> children(long id) {
        return containers.values().stream().filter(container -> container.parent() == id).toList();
    }

    @Override
    public synchronized List<Long> ancestors(long id) {
        List<Long> above = new ArrayList<>();
        for (long at = containers.get(id).parent(); at != 0; at = containers.get(at).parent()) {
            above.add(at);
        }
        return above;
    }

    @Override
    public List<Relation> relations(long id) {
        return List.of();
    }

    @Override
    public synchronized Commit apply(Changes changes) {
        sequence++;
        List<Long> removed = new ArrayList<>();
        changes.removals().forEach(id -> remove(id, removed));
        List<Container> written = new ArrayList<>();
        for (Container put : changes.puts()) {
            Container before = containers.get(put.id());
            Container now = new Container(put.id(), put.parent(), before == null ? 1 : before.version() + 1, put.type(), put.name(),
                    put.source(), put.record(), put.start(), put.end(), put.contentHash(), Instant.EPOCH, Instant.EPOCH, put.attributes());
            containers.put(put.id(), now);
            lastChange.put(put.id(), sequence);
            written.add(now);
        }
        texts.putAll(changes.texts());
        Commit commit = new Commit(sequence, written, removed, List.of(), List.of(), Map.copyOf(changes.texts()));
        listener.committed(commit);
        return commit;
    }

    private void remove(long id, List<Long> removed) {
        children(id).forEach(child -> remove(child.id(), removed));
        containers.remove(id);
        lastChange.put(id, sequence);
        removed.add(id);
    }

    @Override
    public synchronized long sequence() {
        return sequence;
    }

    @Override
    public synchronized ChangePage changesAfter(long after, int limit) {
        List<Long> written = new ArrayList<>();
        List<Long> removed = new ArrayList<>();
        long upTo = after;
        for (long s = after + 1; s <= sequence && written.size() + removed.size() < limit; s++) {
            long at = s;
            lastChange.forEach((id, changed) -> {
                if (changed == at) {
                    (containers.containsKey(id) ? written : removed).add(id);
                }
            });
            upTo = s;
        }
        return new ChangePage(written, removed, upTo, upTo < sequence);
    }

    @Override
    public synchronized Optional<float[]> embedding(long id, String model) {
        return Optional.ofNullable(embeddings.get(model + id));
    }

    @Override
    public synchronized void putEmbeddings(String model, Map<Long, float[]> vectors) {
        vectors.forEach((id, vector) -> embeddings.put(model + id, vector));
    }

    @Override
    public void scan(Consumer<Container> consumer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void scanRelations(Consumer<Relation> consumer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Stats stats() {
        throw new UnsupportedOperationException();
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
