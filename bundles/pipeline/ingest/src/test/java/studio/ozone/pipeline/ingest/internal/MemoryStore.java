package studio.ozone.pipeline.ingest.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.api.zsei.ZseiException.Code;

/** The store's contract in memory, with a disk that can be full. */
final class MemoryStore implements ContainerStore {

    private record Key(String source, String record) { }

    final List<Commit> commits = new ArrayList<>();
    volatile int roomForCommits = Integer.MAX_VALUE;
    private final TreeMap<Long, Container> containers = new TreeMap<>();
    private final Map<Long, TreeSet<Long>> children = new LinkedHashMap<>();
    private final Map<Key, Long> bySource = new LinkedHashMap<>();
    private final List<Relation> relations = new ArrayList<>();
    private long ids;

    @Override
    public synchronized long newId() {
        return ++ids;
    }

    @Override
    public synchronized Optional<Container> get(long id) {
        return Optional.ofNullable(containers.get(id));
    }

    @Override
    public synchronized Optional<Container> find(String source, String record) {
        return Optional.ofNullable(bySource.get(new Key(source, record))).map(containers::get);
    }

    @Override
    public synchronized List<Container> children(long id) {
        return children.getOrDefault(id, new TreeSet<>()).stream().map(containers::get).toList();
    }

    @Override
    public synchronized List<Long> ancestors(long id) {
        List<Long> ancestors = new ArrayList<>();
        for (Container at = containers.get(id); at != null && at.parent() != 0; at = containers.get(at.parent())) {
            ancestors.add(at.parent());
        }
        return ancestors;
    }

    @Override
    public synchronized List<Relation> relations(long id) {
        return relations.stream().flatMap(each -> List.of(each, each.inverse()).stream()).filter(each -> each.from() == id).toList();
    }

    @Override
    public synchronized Commit apply(Changes changes) throws ZseiException {
        if (Thread.currentThread().isInterrupted()) {
            throw new IllegalStateException("A writer was interrupted: files under it would be closed");
        }
        if (commits.size() >= roomForCommits) {
            throw new ZseiException(Code.DISK_FULL, "No space is left in the store's folder");
        }
        List<Long> removed = new ArrayList<>();
        changes.removals().forEach(id -> remove(id, removed));
        List<Container> written = new ArrayList<>();
        for (Container put : changes.puts()) {
            if (put.parent() != 0 && !containers.containsKey(put.parent())) {
                throw new ZseiException(Code.INVALID, "No parent " + put.parent() + " of " + put);
            }
            Container before = containers.get(put.id());
            if (before != null) {
                children.get(before.parent()).remove(put.id());
            }
            Container now = new Container(put.id(), put.parent(), before == null ? 1 : before.version() + 1, put.type(), put.name(),
                    put.source(), put.record(), put.start(), put.end(), put.contentHash(), before == null ? Instant.now() : before.created(),
                    Instant.now(), put.attributes());
            containers.put(now.id(), now);
            children.computeIfAbsent(now.parent(), key -> new TreeSet<>()).add(now.id());
            if (now.source() != null && now.type() != ContainerType.SECTION && now.type() != ContainerType.CHUNK) {
                Long other = bySource.put(new Key(now.source(), now.record()), now.id());
                if (other != null && other != now.id()) {
                    throw new ZseiException(Code.INVALID, "Two containers of " + now.source() + " " + now.record());
                }
            }
            written.add(now);
        }
        changes.unrelations().forEach(gone -> relations.removeIf(each -> same(each, gone) || same(each, gone.inverse())));
        relations.addAll(changes.relations());
        Commit commit = new Commit(commits.size() + 1L, written, removed, List.copyOf(changes.relations()),
                List.copyOf(changes.unrelations()), Map.copyOf(changes.texts()));
        commits.add(commit);
        return commit;
    }

    private static boolean same(Relation one, Relation other) {
        return one.from() == other.from() && one.to() == other.to() && one.type() == other.type();
    }

    private void remove(long id, List<Long> removed) {
        Container gone = containers.remove(id);
        if (gone == null) {
            return;
        }
        List.copyOf(children.getOrDefault(id, new TreeSet<>())).forEach(child -> remove(child, removed));
        children.remove(id);
        children.get(gone.parent()).remove(id);
        bySource.remove(new Key(gone.source(), gone.record()), id);
        relations.removeIf(each -> each.from() == id || each.to() == id);
        removed.add(id);
    }

    @Override
    public synchronized long sequence() {
        return commits.size();
    }

    @Override
    public ChangePage changesAfter(long after, int limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<float[]> embedding(long id, String model) {
        return Optional.empty();
    }

    @Override
    public void putEmbeddings(String model, Map<Long, float[]> vectors) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized void scan(Consumer<Container> consumer) {
        containers.values().forEach(consumer);
    }

    @Override
    public synchronized void scanRelations(Consumer<Relation> consumer) {
        relations.forEach(consumer);
    }

    @Override
    public synchronized Stats stats() {
        Map<ContainerType, Long> counts = new LinkedHashMap<>();
        containers.values().forEach(each -> counts.merge(each.type(), 1L, Long::sum));
        return new Stats(counts, relations.size(), 0);
    }

    synchronized List<Container> all(ContainerType type) {
        return containers.values().stream().filter(each -> each.type() == type).toList();
    }
}
