package studio.ozone.zsei.store.kit;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.ZseiException;

/**
 * A store in plain maps, by the letter of the contract and without a thought of speed: what real stores are compared with, and what
 * tests of other parts use in place of one. Nothing is durable.
 */
public class MemoryStore implements ContainerStore {

    private final Consumer<Commit> follower;
    private final AtomicLong lastId = new AtomicLong();
    private final Instant created = now();
    private Map<Long, Container> containers = new TreeMap<>();
    private Map<List<Object>, Relation> edges = new LinkedHashMap<>();
    private Map<Long, Map<String, float[]>> vectors = new HashMap<>();
    private Map<Long, Long> writtenAt = new HashMap<>();
    private final Map<Long, Long> removedAt = new HashMap<>();
    private final Map<Long, TreeMap<Integer, Version>> versions = new HashMap<>();
    private int versionsKept = 10;
    private long sequence;

    /** @param follower told of each commit as a {@link studio.ozone.api.zsei.StoreListener} is */
    public MemoryStore(Consumer<Commit> follower) {
        this.follower = follower;
    }

    /** A store that nobody follows. */
    public MemoryStore() {
        this(commit -> { });
    }

    /** How many versions of a container are kept beside the present one, at its next write. */
    public final synchronized void keepVersions(int most) {
        versionsKept = most;
    }

    /** Called before changes are looked at, for a test that has to be refused, by a full disk for instance. */
    protected void writing() throws ZseiException {
        // Nothing is in the way.
    }

    /** Called with each commit, once it can be read. */
    protected void committed(Commit commit) {
        follower.accept(commit);
    }

    /** All containers of a type, by their ids. */
    public final synchronized List<Container> all(ContainerType type) {
        return containers.values().stream().filter(each -> each.type() == type).toList();
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    @Override
    public long newId() {
        return lastId.incrementAndGet();
    }

    @Override
    public synchronized Optional<Container> get(long id) {
        return id == 0 ? Optional.of(new Container(0, 0, 1, ContainerType.SYSTEM, "root", null, null, 0, 0, null, created, created, Map.of()))
                : Optional.ofNullable(containers.get(id));
    }

    private static boolean hasPlace(Container container) {
        return container.source() != null && (container.type() == ContainerType.DIRECTORY || container.type() == ContainerType.DATASET
                || container.type() == ContainerType.DOCUMENT);
    }

    @Override
    public synchronized Optional<Container> find(String source, String record) {
        return containers.values().stream()
                .filter(each -> hasPlace(each) && each.source().equals(source) && Objects.equals(each.record(), record)).findFirst();
    }

    @Override
    public synchronized List<Container> children(long id) {
        return containers.values().stream().filter(each -> each.parent() == id).toList();
    }

    @Override
    public synchronized List<Long> ancestors(long id) {
        List<Long> ids = new ArrayList<>();
        for (Container at = containers.get(id); at != null && at.parent() != 0; at = containers.get(at.parent())) {
            ids.add(at.parent());
        }
        return ids;
    }

    @Override
    public synchronized List<Relation> relations(long id) {
        return sorted(edges.values().stream().filter(edge -> edge.from() == id).toList());
    }

    private static List<Relation> sorted(Collection<Relation> some) {
        return some.stream().sorted((a, b) -> {
            int order = Long.compare(a.from(), b.from());
            order = order != 0 ? order : Integer.compare(a.type().code(), b.type().code());
            return order != 0 ? order : Long.compare(a.to(), b.to());
        }).toList();
    }

    @Override
    public synchronized Commit apply(Changes changes) throws ZseiException {
        writing();
        Map<Long, Container> before = containers;
        Map<List<Object>, Relation> edgesBefore = edges;
        Map<Long, Map<String, float[]>> vectorsBefore = vectors;
        containers = new TreeMap<>(before);
        edges = new LinkedHashMap<>(edgesBefore);
        vectors = new HashMap<>(vectorsBefore);
        try {
            Commit commit = write(changes, before);
            if (!commit.written().isEmpty() || !commit.removed().isEmpty() || !commit.related().isEmpty() || !commit.unrelated().isEmpty()) {
                sequence = commit.sequence();
                keepVersions(commit, before, edgesBefore);
                commit.written().forEach(each -> writtenAt.put(each.id(), sequence));
                commit.written().forEach(each -> lastId.accumulateAndGet(each.id(), Math::max));
                commit.removed().forEach(each -> removedAt.put(each, sequence));
                committed(commit);
                return commit;
            }
            return new Commit(sequence, List.of(), List.of(), List.of(), List.of(), Map.of());
        } catch (ZseiException e) {
            containers = before;
            edges = edgesBefore;
            vectors = vectorsBefore;
            throw e;
        }
    }

    private void keepVersions(Commit commit, Map<Long, Container> before, Map<List<Object>, Relation> edgesBefore) {
        commit.removed().forEach(versions::remove);
        for (Container written : commit.written()) {
            Container old = before.get(written.id());
            if (written.version() == 1 || old == null) {
                versions.remove(written.id());
                continue;
            }
            TreeMap<Integer, Version> kept = versions.computeIfAbsent(written.id(), id -> new TreeMap<>());
            kept.put(old.version(), new Version(old, sorted(edgesBefore.values().stream().filter(edge -> edge.from() == old.id()).toList()), true));
            kept.headMap(written.version() - versionsKept).clear();
        }
    }

    @Override
    public synchronized List<Version> history(long id) {
        if (!containers.containsKey(id)) {
            return List.of();
        }
        List<Version> all = new ArrayList<>();
        all.add(new Version(containers.get(id), relations(id), true));
        all.addAll(versions.getOrDefault(id, new TreeMap<>()).descendingMap().values());
        return List.copyOf(all);
    }

    @Override
    public synchronized Rollback rollback(long id, int version, boolean dryRun) throws ZseiException {
        Container now = containers.get(id);
        Version to = versions.getOrDefault(id, new TreeMap<>()).get(version);
        if (now != null && now.version() == version) {
            throw new ZseiException(ZseiException.Code.INVALID, "Version " + version + " of container " + id + " is the present one");
        }
        if (now == null || to == null) {
            throw new ZseiException(ZseiException.Code.NOT_FOUND, "Container " + id + " has no version " + version);
        }
        Version before = history(id).getFirst();
        Container then = to.container();
        Changes changes = new Changes().put(Container.of(id, then.parent(), then.type(), then.name(), then.source(), then.record(), then.start(),
                then.end(), then.contentHash(), then.attributes()));
        before.relations().stream().filter(edge -> to.relations().stream().noneMatch(old -> key(old).equals(key(edge)))).forEach(changes::unrelate);
        Set<Relation> lost = new LinkedHashSet<>();
        for (Relation edge : to.relations()) {
            if (edge.to() != 0 && !containers.containsKey(edge.to())) {
                lost.add(edge);
            } else if (!before.relations().contains(edge)) {
                changes.relate(edge);
            }
        }
        List<Relation> edgesAfter = to.relations().stream().filter(edge -> !lost.contains(edge)).toList();
        if (!dryRun) {
            Commit commit = apply(changes);
            return new Rollback(before, new Version(commit.written().getFirst(), edgesAfter, true), List.copyOf(lost), commit);
        }
        Map<Long, Container> all = containers;
        Map<List<Object>, Relation> edgesNow = edges;
        Map<Long, Map<String, float[]>> vectorsNow = vectors;
        containers = new TreeMap<>(all);
        edges = new LinkedHashMap<>(edgesNow);
        vectors = new HashMap<>(vectorsNow);
        try {
            Commit commit = write(changes, all);
            return new Rollback(before, new Version(commit.written().getFirst(), edgesAfter, true), List.copyOf(lost), null);
        } finally {
            containers = all;
            edges = edgesNow;
            vectors = vectorsNow;
        }
    }

    private Commit write(Changes changes, Map<Long, Container> before) throws ZseiException {
        Set<Long> removed = new TreeSet<>();
        List<Relation> unrelated = new ArrayList<>();
        for (long id : changes.removals()) {
            check(id != 0, "The root cannot be removed");
            remove(id, removed, unrelated);
        }
        Map<Long, Container> puts = new LinkedHashMap<>();
        changes.puts().forEach(each -> puts.put(each.id(), each));
        Instant now = now();
        for (Container put : puts.values()) {
            Container old = removed.contains(put.id()) ? null : before.get(put.id());
            boolean asItIs = old == null && changes.asTheyAre().contains(put.id());
            containers.put(put.id(), new Container(put.id(), put.parent(), asItIs ? put.version() : old == null ? 1 : old.version() + 1, put.type(),
                    put.name(), put.source(), put.record(), put.start(), put.end(), put.contentHash(), asItIs ? put.created()
                    : old == null ? now : old.created(), asItIs ? put.updated() : now, put.attributes()));
            if (old == null || put.contentHash() == null || !put.contentHash().equals(old.contentHash())) {
                vectors.remove(put.id());
            }
        }
        for (Container put : puts.values()) {
            check(put.id() != 0, "The root cannot be written");
            Set<Long> above = new HashSet<>(Set.of(put.id()));
            for (long parent = put.parent(); parent != 0; parent = containers.get(parent).parent()) {
                check(containers.containsKey(parent), "A parent of " + put.id() + " does not exist: " + parent);
                check(above.add(parent), put.id() + " cannot lie below itself");
            }
            check(!hasPlace(put) || containers.values().stream().filter(each -> hasPlace(each) && each.source().equals(put.source())
                    && Objects.equals(each.record(), put.record())).count() == 1, "There is a container of " + put.source() + " already");
        }
        for (Relation edge : changes.relations()) {
            for (long end : List.of(edge.from(), edge.to())) {
                check(end == 0 || containers.containsKey(end), "An edge ends at " + end + ", which does not exist");
            }
        }
        changes.unrelations().stream().filter(edge -> edges.containsKey(key(edge))).forEach(edge -> {
            unrelate(edge);
            unrelated.add(edge);
        });
        for (Relation edge : changes.relations()) {
            edges.put(key(edge), edge);
            edges.put(key(edge.inverse()), edge.inverse());
        }
        removed.removeAll(puts.keySet());
        return new Commit(sequence + 1, puts.keySet().stream().map(containers::get).toList(), List.copyOf(removed),
                List.copyOf(changes.relations()), List.copyOf(unrelated), Map.copyOf(changes.texts()));
    }

    private void remove(long id, Set<Long> removed, List<Relation> unrelated) {
        if (!containers.containsKey(id)) {
            return;
        }
        for (Container child : children(id)) {
            remove(child.id(), removed, unrelated);
        }
        for (Relation edge : relations(id)) {
            if (edges.containsKey(key(edge))) {
                unrelate(edge);
                unrelated.add(edge);
            }
        }
        containers.remove(id);
        vectors.remove(id);
        removed.add(id);
    }

    private void unrelate(Relation edge) {
        edges.remove(key(edge));
        edges.remove(key(edge.inverse()));
    }

    private static List<Object> key(Relation edge) {
        return List.of(edge.from(), edge.type(), edge.to());
    }

    private static void check(boolean holds, String otherwise) throws ZseiException {
        if (!holds) {
            throw new ZseiException(ZseiException.Code.INVALID, otherwise);
        }
    }

    @Override
    public synchronized long sequence() {
        return sequence;
    }

    @Override
    public synchronized ChangePage changesAfter(long after, int limit) {
        Set<Long> written = new LinkedHashSet<>();
        Set<Long> removed = new LinkedHashSet<>();
        for (long at = after + 1; at <= sequence; at++) {
            long now = at;
            List<Long> put = containers.keySet().stream().filter(id -> writtenAt.get(id) == now).toList();
            List<Long> gone = removedAt.keySet().stream().filter(id -> removedAt.get(id) == now && !containers.containsKey(id)).sorted().toList();
            int before = written.size() + removed.size();
            if (before > 0 && before + put.size() + gone.size() > limit) {
                return new ChangePage(List.copyOf(written), List.copyOf(removed), at - 1, true);
            }
            written.addAll(put);
            removed.addAll(gone);
        }
        return new ChangePage(List.copyOf(written), List.copyOf(removed), sequence, false);
    }

    @Override
    public synchronized Optional<float[]> embedding(long id, String model) {
        return Optional.ofNullable(vectors.getOrDefault(id, Map.of()).get(model)).map(float[]::clone);
    }

    @Override
    public synchronized void putEmbeddings(String model, Map<Long, float[]> more) {
        more.forEach((id, vector) -> {
            if (containers.containsKey(id)) {
                Map<String, float[]> ofOne = new HashMap<>(vectors.getOrDefault(id, Map.of()));
                ofOne.put(model, vector.clone());
                vectors.put(id, ofOne);
            }
        });
    }

    @Override
    public void scan(Consumer<Container> consumer) {
        List<Container> all;
        synchronized (this) {
            all = List.copyOf(containers.values());
        }
        all.forEach(consumer);
    }

    @Override
    public void scanRelations(Consumer<Relation> consumer) {
        List<Relation> all;
        synchronized (this) {
            all = sorted(edges.values());
        }
        all.forEach(consumer);
    }

    @Override
    public void scanLinks(Links links) {
        List<Container> all = new ArrayList<>();
        List<Relation> between;
        synchronized (this) {
            all.add(get(0).orElseThrow());
            all.addAll(containers.values());
            between = sorted(edges.values());
        }
        all.forEach(each -> links.container(each.id(), each.parent(), each.type().code(), each.updated().toEpochMilli()));
        between.forEach(edge -> links.edge(edge.from(), edge.type().code(), edge.to(), edge.confidence()));
    }

    @Override
    public synchronized Stats stats() {
        Map<ContainerType, Long> counts = new HashMap<>();
        containers.values().forEach(each -> counts.merge(each.type(), 1L, Long::sum));
        long pairs = edges.values().stream().filter(edge -> key(edge).equals(key(edge.inverse()))).count();
        return new Stats(Map.copyOf(counts), (edges.size() + pairs) / 2, 0);
    }
}
