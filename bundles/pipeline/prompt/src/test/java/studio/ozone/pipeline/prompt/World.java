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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import studio.ozone.api.capability.Capabilities;
import studio.ozone.api.pipeline.Ingest;
import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.SourceException;
import studio.ozone.api.zsei.Sources;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.zsei.store.kit.MemoryStore;

/** Everything around the pipeline, small and in memory: real files, one chunk a paragraph, found by shared words. */
final class World extends MemoryStore implements Index, Sources, Ingest, Workers, Capabilities {

    final List<Relation> relations = new ArrayList<>();
    final List<Query> queries = new ArrayList<>();
    boolean full;
    int ingests;
    String indexNote;
    ExecutorService pool;

    // --- store

    @Override
    protected void writing() throws ZseiException {
        if (full) {
            throw new ZseiException(ZseiException.Code.DISK_FULL, "No space left on the disk of the store.");
        }
    }

    @Override
    protected void committed(Commit commit) {
        relations.addAll(commit.related());
    }

    // --- index

    @Override
    public synchronized Matches query(Query query) {
        queries.add(query);
        List<Match> matches = new ArrayList<>();
        for (Container chunk : all(ContainerType.CHUNK)) {
            if (query.within().isEmpty() || ancestors(chunk.id()).stream().anyMatch(query.within()::contains)) {
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
        return Set.copyOf(all(ContainerType.DOCUMENT).stream().map(Container::id).toList());
    }
}
