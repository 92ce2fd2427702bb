package studio.ozone.pipeline.prompt;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import studio.ozone.api.capability.Capabilities;
import studio.ozone.api.pipeline.Ingest;
import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.SourceException;
import studio.ozone.api.zsei.Sources;
import studio.ozone.api.zsei.ZseiException;

/** Everything around the pipeline, small and in memory: real files, one chunk a paragraph, found by shared words. */
final class World implements ContainerStore, Index, Sources, Ingest, Workers, Capabilities {

    final Map<Long, Container> containers = new TreeMap<>();
    final List<Relation> relations = new ArrayList<>();
    final List<Query> queries = new ArrayList<>();
    boolean full;
    int ingests;
    String indexNote;
    ExecutorService pool;
    private long last;
    private long commits;

    // --- store

    @Override
    public synchronized long newId() {
        return ++last;
    }

    @Override
    public synchronized Optional<Container> get(long id) {
        return Optional.ofNullable(containers.get(id));
    }

    @Override
    public synchronized Optional<Container> find(String source, String record) {
        return containers.values().stream().filter(one -> one.type() != ContainerType.CHUNK && source.equals(one.source())
                && Objects.equals(record, one.record())).findFirst();
    }

    @Override
    public synchronized List<Container> children(long id) {
        return containers.values().stream().filter(one -> one.parent() == id && one.id() != id).toList();
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
    public synchronized List<Relation> relations(long id) {
        return relations.stream().filter(one -> one.from() == id).toList();
    }

    @Override
    public synchronized Commit apply(Changes changes) throws ZseiException {
        if (full) {
            throw new ZseiException(ZseiException.Code.DISK_FULL, "No space left on the disk of the store.");
        }
        changes.removals().forEach(id -> containers.values().removeIf(one -> one.id() == id || one.parent() == id));
        changes.puts().forEach(one -> containers.put(one.id(), one));
        relations.addAll(changes.relations());
        return new Commit(++commits, changes.puts(), changes.removals(), changes.relations(), List.of(), Map.of());
    }

    @Override
    public long sequence() {
        return commits;
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
    public void scan(Consumer<Container> consumer) {
        containers.values().forEach(consumer);
    }

    @Override
    public void scanRelations(Consumer<Relation> consumer) {
        relations.forEach(consumer);
    }

    @Override
    public synchronized Stats stats() {
        Map<ContainerType, Long> counts = new TreeMap<>();
        containers.values().forEach(one -> counts.merge(one.type(), 1L, Long::sum));
        return new Stats(counts, relations.size(), 0);
    }

    // --- index

    @Override
    public synchronized Matches query(Query query) {
        queries.add(query);
        List<Match> matches = new ArrayList<>();
        for (Container chunk : containers.values()) {
            if (chunk.type() == ContainerType.CHUNK && (query.within().isEmpty() || ancestors(chunk.id()).stream().anyMatch(query.within()::contains))) {
                String text = chunk.attributes().get("text").toLowerCase(Locale.ROOT);
                long shared = List.of(query.text().toLowerCase(Locale.ROOT).split("\\W+")).stream().filter(word -> word.length() > 3 && text.contains(word)).count();
                if (shared > 0) {
                    matches.add(new Match(chunk.id(), shared, Math.min(1, shared / 10f), shared));
                }
            }
        }
        matches.sort(Comparator.comparingDouble(Match::score).reversed());
        return new Matches(matches.subList(0, Math.min(query.limit(), matches.size())), query.mode(), indexNote);
    }

    @Override
    public long pending() {
        return 0;
    }

    @Override
    public boolean await(long sequence, Duration atMost) {
        return true;
    }

    // --- sources

    @Override
    public boolean readable(Path file) {
        return true;
    }

    @Override
    public boolean read(Path file, Visitor visitor) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Text text(Container document) throws SourceException {
        String text;
        try {
            text = Files.readString(Path.of(document.source()));
        } catch (IOException e) {
            throw new SourceException(SourceException.Code.GONE, document.source() + " is gone.", e);
        }
        return new Text() {
            @Override
            public String string() {
                return text;
            }

            @Override
            public int length() {
                return text.codePointCount(0, text.length());
            }

            @Override
            public String slice(int start, int end) {
                return text.substring(text.offsetByCodePoints(0, start), text.offsetByCodePoints(0, end));
            }

            @Override
            public int line(int codePoint) {
                return 1 + (int) slice(0, codePoint).chars().filter(c -> c == '\n').count();
            }

            @Override
            public String hash() {
                return sha(text);
            }
        };
    }

    @Override
    public String chunk(Container chunk) throws SourceException {
        Text text = text(chunk);
        if (chunk.end() > text.length() || !sha(text.slice(chunk.start(), chunk.end())).equals(chunk.contentHash())) {
            throw new SourceException(SourceException.Code.CHANGED, chunk.source() + " has changed.");
        }
        return text.slice(chunk.start(), chunk.end());
    }

    @Override
    public List<String> kinds() {
        return List.of("md");
    }

    // --- ingest: a document a file, a chunk a paragraph

    @Override
    public synchronized Report ingest(Request request, Progress progress) throws PipelineException {
        ingests++;
        List<Failure> failed = new ArrayList<>();
        List<Long> roots = new ArrayList<>();
        try {
            for (Path path : request.paths()) {
                if (path.toString().endsWith(".broken")) {
                    failed.add(new Failure(path.toString(), "not text"));
                    continue;
                }
                progress.report("reading", 1, 1, path.toString());
                Changes changes = new Changes();
                Optional<Container> old = find(path.toString(), null);
                long document = old.map(Container::id).orElseGet(this::newId);
                if (old.isPresent()) {
                    changes.remove(document);
                }
                String text = Files.readString(path);
                changes.put(Container.of(document, 0, ContainerType.DOCUMENT, path.getFileName().toString(), path.toString(), null, 0,
                        text.codePointCount(0, text.length()), sha(text), Map.of()));
                int start = 0;
                for (String part : text.split("(?<=\n\n)")) {
                    int length = part.codePointCount(0, part.length());
                    changes.put(Container.of(newId(), document, ContainerType.CHUNK, "chunk", path.toString(), null, start, start + length, sha(part),
                            Map.of("text", part)));
                    start += length;
                }
                apply(changes);
                roots.add(document);
            }
        } catch (IOException | ZseiException e) {
            throw new PipelineException(PipelineException.Code.FAILED, e.getMessage(), e);
        }
        return new Report(roots.size(), 0, 0, 0, failed, 0, roots);
    }

    // --- runtime

    @Override
    public synchronized ExecutorService pool(String name, int threads) {
        if (pool == null) {
            pool = Executors.newFixedThreadPool(threads);
        }
        return pool;
    }

    @Override
    public ScheduledExecutorService timer() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Working working() {
        return () -> { };
    }

    @Override
    public boolean close(String name, Duration within) {
        pool.shutdownNow();
        try {
            return pool.awaitTermination(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public List<Capability> list() {
        return List.of();
    }

    @Override
    public Optional<Capability> find(String name) {
        return Optional.empty();
    }

    @Override
    public String whyAbsent(String name) {
        return "why-absent:" + name;
    }

    static String sha(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    Set<Long> documents() {
        return Set.copyOf(containers.values().stream().filter(one -> one.type() == ContainerType.DOCUMENT).map(Container::id).toList());
    }
}
