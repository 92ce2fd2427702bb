package studio.ozone.pipeline.ingest.internal;

import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import com.codahale.metrics.MetricRegistry;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.ComponentServiceObjects;

import studio.ozone.api.pipeline.Ingest.Failure;
import studio.ozone.api.pipeline.Ingest.Report;
import studio.ozone.api.pipeline.Ingest.Request;
import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.SourceException;
import studio.ozone.api.zsei.Sources;
import studio.ozone.zsei.sources.Extractor;
import studio.ozone.zsei.sources.internal.FileSources;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** Real files, the real reader of files, a store in memory. */
public class IngestPipelineTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final WatchedStore store = new WatchedStore();
    private final AtomicLong pending = new AtomicLong();
    private final ExecutorService pool = Executors.newCachedThreadPool();
    private final MetricRegistry metrics = new MetricRegistry();
    private Sources sources;
    private IngestPipeline ingest;
    private Path root;

    @Before
    public void start() throws IOException {
        root = folder.newFolder("home").toPath().toRealPath();
        sources = sources(folder.newFolder("data").toPath());
        ingest = new IngestPipeline(store, index(), sources, workers(), metrics, config());
    }

    @After
    public void stop() {
        ingest.close();
        pool.shutdownNow();
        assertEquals(Set.of(), metrics.getNames());
    }

    private static Sources sources(Path data) {
        BundleContext context = (BundleContext) Proxy.newProxyInstance(IngestPipelineTest.class.getClassLoader(),
                new Class<?>[] {BundleContext.class}, (proxy, method, arguments) -> data.toString());
        ComponentServiceObjects<Extractor> none = new ComponentServiceObjects<>() {
            @Override
            public Extractor getService() {
                return null;
            }

            @Override
            public void ungetService(Extractor service) {
                throw new IllegalStateException();
            }

            @Override
            public ServiceReference<Extractor> getServiceReference() {
                return null;
            }
        };
        return new FileSources(context, none, new FileSources.Config() {
            @Override
            public Class<? extends Annotation> annotationType() {
                return FileSources.Config.class;
            }

            @Override
            public int max__file__mb() {
                return 1;
            }

            @Override
            public int extract__timeout__seconds() {
                return 10;
            }

            @Override
            public int cache__mb() {
                return 4;
            }

            @Override
            public int text__cache__mb() {
                return 4;
            }
        });
    }

    private Index index() {
        return new Index() {
            @Override
            public Matches query(Query query) {
                throw new UnsupportedOperationException();
            }

            @Override
            public long sequence() {
                return store.sequence();
            }

            @Override
            public long pending() {
                return pending.get();
            }

            @Override
            public boolean await(long sequence, Duration atMost) {
                pending.updateAndGet(now -> Math.max(0, now - 500));
                return sequence <= store.sequence();
            }
        };
    }

    private Workers workers() {
        return new Workers() {
            @Override
            public ExecutorService pool(String name, int threads) {
                return pool;
            }

            @Override
            public Working working() {
                return () -> { };
            }

            @Override
            public ScheduledExecutorService timer() {
                throw new UnsupportedOperationException();
            }

            @Override
            public boolean close(String name, Duration within) {
                return true;
            }
        };
    }

    private static IngestPipeline.Config config() {
        return config(2, 2000);
    }

    private static IngestPipeline.Config config(int threads, int maxPending) {
        return new IngestPipeline.Config() {
            @Override
            public Class<? extends Annotation> annotationType() {
                return IngestPipeline.Config.class;
            }

            @Override
            public int threads() {
                return threads;
            }

            @Override
            public int max__pending() {
                return maxPending;
            }
        };
    }

    private Path write(String name, String content) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    private Report read(Path... paths) throws Exception {
        return ingest.ingest(new Request(List.of(paths), List.of(), List.of(), false), Progress.NONE);
    }

    private Set<String> documents() {
        return store.all(ContainerType.DOCUMENT).stream().map(each -> root.relativize(Path.of(each.source())).toString())
                .collect(Collectors.toSet());
    }

    private void everyChunkIsWhatItsFileHolds() throws SourceException {
        for (Container chunk : store.all(ContainerType.CHUNK)) {
            String text = sources.chunk(chunk);
            assertEquals(text, sources.text(chunk).slice(chunk.start(), chunk.end()));
            assertFalse(text.isBlank());
        }
    }

    private static String prose(String about, int sentences) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < sentences; i++) {
            text.append("Sentence ").append(i).append(" says something useful about the ").append(about).append(" \ud83d\ude00. ");
        }
        return text.toString();
    }

    @Test
    public void buildsTheHierarchy() throws Exception {
        Path file = write("docs/guide.md", "# Guide\n\nIntro.\n\n## Install\n\n" + prose("boiler", 30) + "\n\n## Use\n\n" + prose("pump", 30));
        Report report = read(root);
        assertEquals(1, report.documents());
        assertEquals(0, report.failed().size());
        assertEquals(store.all(ContainerType.CHUNK).size(), report.chunks());
        Container document = store.find(file.toString(), null).orElseThrow();
        assertEquals("guide.md", document.name());
        assertEquals("Guide", document.attributes().get("title"));
        assertEquals(List.of(store.find(root.toString(), null).orElseThrow().id()), report.roots());
        Container chunk = store.all(ContainerType.CHUNK).getLast();
        assertEquals("Guide \u203a Use", chunk.attributes().get("heading"));
        assertEquals("Guide", chunk.attributes().get("title"));
        Container section = store.get(chunk.parent()).orElseThrow();
        assertEquals(ContainerType.SECTION, section.type());
        assertEquals("Use", section.name());
        Container above = store.get(section.parent()).orElseThrow();
        assertEquals("Guide", above.name());
        assertEquals(document.id(), above.parent());
        Container directory = store.get(document.parent()).orElseThrow();
        for (Path at = file.getParent(); at != null; at = at.getParent()) {
            assertEquals(ContainerType.DIRECTORY, directory.type());
            assertEquals(at.toString(), directory.source());
            directory = directory.parent() == 0 ? null : store.get(directory.parent()).orElseThrow();
        }
        assertEquals(null, directory);
        everyChunkIsWhatItsFileHolds();
    }

    @Test
    public void anUnchangedTreeWritesNothing() throws Exception {
        write("a.md", "# A\n\n" + prose("boiler", 50));
        write("sub/b.txt", "A note.");
        write("sub/empty.txt", "");
        write("d.jsonl", "{\"id\":1,\"title\":\"One\",\"text\":\"First.\"}\n{\"id\":2,\"text\":\"Second.\"}\n");
        read(root);
        long before = store.sequence();
        Files.setLastModifiedTime(root.resolve("a.md"), java.nio.file.attribute.FileTime.fromMillis(1));
        Report again = read(root);
        assertEquals(before, store.sequence());
        assertEquals(4, again.skipped());
        assertEquals(0, again.documents());
        Report forced = ingest.ingest(new Request(List.of(root), List.of(), List.of(), true), Progress.NONE);
        assertEquals(0, forced.skipped());
        assertEquals("what is the same is not written again", Set.of(), store.commits.stream().filter(each -> each.sequence() > before)
                .flatMap(each -> each.written().stream()).filter(each -> each.type() == ContainerType.CHUNK).collect(Collectors.toSet()));
    }

    @Test
    public void aChangedFileReplacesItsOwnChunksOnly() throws Exception {
        Path file = write("a.md", "# A\n\n" + prose("boiler", 60) + "\n\n# B\n\n" + prose("pump", 60));
        Path other = write("b.md", "# Other\n\n" + prose("valve", 60));
        read(root);
        Container first = store.find(file.toString(), null).orElseThrow();
        Container untouched = store.find(other.toString(), null).orElseThrow();
        Set<Long> old = ids(file);
        Relation said = new Relation(first.id(), untouched.id(), RelationType.HAS_KEYWORD, 1, Relation.Discovery.TEXT_ANALYSIS);
        store.apply(new studio.ozone.api.zsei.Changes().relate(said));
        long before = store.sequence();
        Files.writeString(file, Files.readString(file) + "A last sentence.");
        Report report = read(root);
        assertEquals(1, report.documents());
        assertEquals(1, report.skipped());
        assertEquals(before + 1, store.sequence());
        assertEquals("the document keeps its id", first.id(), store.find(file.toString(), null).orElseThrow().id());
        assertTrue("written in one commit, all of this file", store.commits.getLast().written().stream()
                .allMatch(each -> each.source().equals(file.toString())));
        Set<Long> now = ids(file);
        now.retainAll(old);
        assertTrue("the section that did not change keeps its chunks: " + now.size() + " of " + old.size(), now.size() >= old.size() / 2);
        assertTrue(report.chunks() <= old.size() / 2 + 1);
        assertEquals("what was said about the old text goes", List.of(), store.relations(first.id()));
        everyChunkIsWhatItsFileHolds();
    }

    private Set<Long> ids(Path file) {
        return store.all(ContainerType.CHUNK).stream().filter(each -> each.source().equals(file.toString())).map(Container::id)
                .collect(Collectors.toSet());
    }

    @Test
    public void randomEditsLeaveWhatAFreshReadWouldMake() throws Exception {
        long seed = System.nanoTime();
        System.out.println("IngestPipelineTest seed " + seed);
        java.util.Random random = new java.util.Random(seed);
        Path file = write("a.md", "");
        for (int round = 0; round < 60; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(8); i >= 0; i--) {
                text.append("#".repeat(1 + random.nextInt(3))).append(" H").append(random.nextInt(4)).append("\n\n")
                        .append(prose("thing " + random.nextInt(3), random.nextInt(30))).append("\n\n");
            }
            Files.writeString(file, text);
            read(file);
            everyChunkIsWhatItsFileHolds();
            Plan plan = Plan.of(document(file));
            String where = "seed " + seed + " round " + round;
            assertEquals(where, plan.chunks().stream().map(each -> each.start() + " " + each.hash() + " " + each.path()).sorted().toList(),
                    store.all(ContainerType.CHUNK).stream()
                            .map(each -> each.start() + " " + each.contentHash() + " " + each.attributes().getOrDefault("heading", ""))
                            .sorted().toList());
            assertEquals(where, plan.sections().size(), store.all(ContainerType.SECTION).size());
        }
    }

    private Sources.Document document(Path file) throws Exception {
        AtomicReference<Sources.Document> read = new AtomicReference<>();
        sources.read(file, read::set);
        return read.get();
    }

    @Test
    public void aDeletedFileGoesAndNothingBesideIt() throws Exception {
        write("keep/a.txt", "A.");
        write("gone/deep/b.txt", "B.");
        write("gone/c.txt", "C.");
        Path elsewhere = Files.writeString(folder.newFile("elsewhere.txt").toPath(), "E.");
        read(root, elsewhere.toRealPath());
        Files.delete(root.resolve("gone/deep/b.txt"));
        Files.delete(root.resolve("gone/deep"));
        Files.delete(root.resolve("gone/c.txt"));
        Files.delete(root.resolve("gone"));
        Files.delete(elsewhere);
        Report report = read(root);
        assertEquals(2, report.removed());
        assertEquals(2, store.all(ContainerType.DOCUMENT).size());
        assertTrue(store.find(root.resolve("gone").toString(), null).isEmpty());
        assertTrue("not below what was named", store.find(elsewhere.toString(), null).isPresent());
        assertEquals("named, it goes", 1, read(elsewhere).removed());
        assertTrue(store.find(elsewhere.toString(), null).isEmpty());
    }

    @Test
    public void leavesOutWhatNobodyWrote() throws Exception {
        write(".gitignore", "*.log\n/secret/\n!keep.log\n");
        for (String name : List.of("a.md", "x.log", "keep.log", "secret/s.md", ".hidden/h.md", "node_modules/n.md", "target/t.md",
                "build/sources.md", "app/package.json", "app/dist/d.md", "app/src/i.js", "venv/pyvenv.cfg", "venv/v.py", ".env")) {
            write(name, "text of " + name);
        }
        Files.write(root.resolve("picture.png"), new byte[] {(byte) 0x89, 'P', 'N', 'G', 0, 1});
        Files.write(root.resolve("film.ts"), new byte[] {'G', 0, 1, 2});
        read(root);
        assertEquals(Set.of("a.md", "keep.log", "build/sources.md", "app/package.json", "app/src/i.js"), documents());
        Report named = read(root.resolve("secret"), root.resolve("x.log"), root.resolve("picture.png"));
        assertTrue(documents().containsAll(Set.of("secret/s.md", "x.log")));
        assertEquals(1, named.failed().size());
        assertTrue(named.failed().toString(), named.failed().getFirst().source().endsWith("picture.png"));
    }

    @Test
    public void includeAndExclude() throws Exception {
        for (String name : List.of("a.md", "b.txt", "docs/c.md", "docs/d.txt", "docs/old/e.md", ".github/w.md")) {
            write(name, "text of " + name);
        }
        ingest.ingest(new Request(List.of(root), List.of("*.md"), List.of("docs/old"), false), Progress.NONE);
        assertEquals(Set.of("a.md", "docs/c.md"), documents());
        ingest.ingest(new Request(List.of(root), List.of("docs/**", ".github/*"), List.of("*.md"), false), Progress.NONE);
        assertEquals(Set.of("a.md", "docs/c.md", "docs/d.txt"), documents());
        ingest.ingest(new Request(List.of(root), List.of(".github/*"), List.of(), false), Progress.NONE);
        assertTrue(documents().contains(".github/w.md"));
    }

    @Test
    public void aBrokenFileDoesNotStopTheRest() throws Exception {
        write("a.txt", "A.");
        Files.write(root.resolve("latin.txt"), new byte[] {'c', 'a', 'f', (byte) 0xe9, ' ', 'x'});
        Files.write(root.resolve("large.txt"), new byte[(1 << 20) + 1]);
        try (var large = new java.io.RandomAccessFile(root.resolve("huge.md").toFile(), "rw")) {
            large.write("# Huge\n".repeat(2000).getBytes(java.nio.charset.StandardCharsets.UTF_8));
            large.setLength(2L << 30);
        }
        write("z.txt", "Z.");
        long began = System.nanoTime();
        Report report = read(root, root.resolve("latin.txt"), root.resolve("large.txt"), root.resolve("huge.md"));
        assertTrue("2 GB are not read through", System.nanoTime() - began < 2_000_000_000L);
        assertEquals(2, report.documents());
        Map<String, String> reasons = report.failed().stream()
                .collect(Collectors.toMap(each -> Path.of(each.source()).getFileName().toString(), Failure::reason));
        assertEquals(Set.of("latin.txt", "large.txt", "huge.md"), reasons.keySet());
        assertTrue(reasons.toString(), reasons.get("latin.txt").contains("not valid UTF-8: the byte at position 3"));
        assertTrue(reasons.toString(), reasons.get("huge.md").startsWith("has 2048 MB; at most 1 MB"));
    }

    @Test
    public void recordsAreDocuments() throws Exception {
        Path file = write("d.jsonl", """
                {"id": 7, "title": "Seven", "text": "The boiler \ud83d\ude00 is old.", "more": [1, {}]}
                {"id": "x", "text": "Untitled."}
                not json

                {"id": "y"}
                {"text": "no id"}
                {"id": "x", "text": "again"}
                {"id": "long", "title": "Long", "text": "%s"}
                """.formatted(prose("pump", 60)));
        Report report = read(file);
        assertEquals(3, report.documents());
        assertEquals(List.of(3, 5, 6, 7), report.failed().stream().map(each -> Integer.parseInt(each.source().split(":")[1])).toList());
        assertTrue(report.failed().toString(), report.failed().getLast().reason().contains("stands in line 2 already"));
        Container seven = store.find(file.toString(), "7").orElseThrow();
        assertEquals("Seven", seven.name());
        Container dataset = store.get(seven.parent()).orElseThrow();
        assertEquals(ContainerType.DATASET, dataset.type());
        assertEquals(1, sources.text(seven).line(3));
        assertEquals(8, sources.text(store.find(file.toString(), "long").orElseThrow()).line(100));
        everyChunkIsWhatItsFileHolds();

        Files.writeString(file, Files.readString(file).replace("{\"id\": \"x\", \"text\": \"Untitled.\"}\n", "").replace("old", "new"));
        Report changed = read(file);
        assertEquals("the one that changed, and the one that was second before", 2, changed.documents());
        assertEquals("again", sources.text(store.find(file.toString(), "x").orElseThrow()).string());
        Files.writeString(file, "{\"id\":7,\"title\":\"Seven\",\"text\":\"The boiler \ud83d\ude00 is new.\"}\n");
        assertEquals(0, read(file).documents());
        assertEquals(1, store.all(ContainerType.DOCUMENT).size());
        everyChunkIsWhatItsFileHolds();
        Files.delete(file);
        assertEquals(1, read(root).removed());
        assertEquals(List.of(), store.all(ContainerType.DATASET));
        assertEquals(List.of(), store.all(ContainerType.CHUNK));
    }

    @Test
    public void linksStayWithinWhatWasNamed() throws Exception {
        write("in/a.md", "A.");
        write(".store/b.md", "B.");
        Path outside = Files.writeString(folder.newFile("outside.md").toPath(), "Secret.");
        Files.createSymbolicLink(root.resolve("out.md"), outside);
        Files.createSymbolicLink(root.resolve("loop"), root);
        Files.createSymbolicLink(root.resolve("in/self"), Path.of("../in"));
        Files.createSymbolicLink(root.resolve("alias.md"), root.resolve("in/a.md"));
        Files.createSymbolicLink(root.resolve("b.md"), root.resolve(".store/b.md"));
        Files.createSymbolicLink(root.resolve("nowhere.md"), root.resolve("not there"));
        Report report = read(root);
        assertEquals(Set.of("in/a.md", "b.md"), documents());
        Map<String, String> reasons = report.failed().stream()
                .collect(Collectors.toMap(each -> Path.of(each.source()).getFileName().toString(), Failure::reason));
        assertEquals(Set.of("out.md", "nowhere.md"), reasons.keySet());
        assertTrue(reasons.get("out.md"), reasons.get("out.md").contains("outside of " + root));
        assertEquals("named, it is followed", 1, read(root.resolve("out.md")).documents());
    }

    @Test
    public void aPipeIsNotOpened() throws Exception {
        Path fifo = root.resolve("fifo.txt");
        org.junit.Assume.assumeTrue(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor() == 0);
        assertEquals(0, read(root).failed().size());
        Report report = read(fifo);
        assertTrue(report.failed().toString(), report.failed().getFirst().reason().contains("is not a file but a pipe"));
    }

    @Test
    public void aPathThatIsNotThereIsNamed() {
        PipelineException refused = assertThrows(PipelineException.class, () -> read(root.resolve("nothing.md")));
        assertEquals(PipelineException.Code.NOT_FOUND, refused.code());
        assertTrue(refused.getMessage(), refused.getMessage().contains(root.resolve("nothing.md").toString()));
    }

    @Test
    public void aFullDiskIsSaid() throws Exception {
        write("a.md", prose("boiler", 40));
        store.roomForCommits = 0;
        PipelineException refused = assertThrows(PipelineException.class, () -> read(root));
        assertEquals(PipelineException.Code.DISK_FULL, refused.code());
        store.roomForCommits = Integer.MAX_VALUE;
        assertEquals(1, read(root).documents());
    }

    @Test
    public void twoAtOnceDoNotDouble() throws Exception {
        for (int i = 0; i < 200; i++) {
            write("d" + i % 10 + "/f" + i + ".md", "# F" + i + "\n\n" + prose("boiler", i % 40));
        }
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            lines.append("{\"id\":").append(i).append(",\"text\":\"Record ").append(i).append(".\"}\n");
        }
        write("d.jsonl", lines.toString());
        List<Future<Report>> reports = List.of(pool.submit(() -> read(root)), pool.submit(() -> read(root)), pool.submit(() -> read(root)));
        for (Future<Report> report : reports) {
            assertEquals(List.of(), report.get().failed());
        }
        assertEquals(200 + 500, store.all(ContainerType.DOCUMENT).size());
        Set<String> places = store.all(ContainerType.CHUNK).stream().map(each -> each.source() + each.record() + each.start())
                .collect(Collectors.toSet());
        assertEquals(places.size(), store.all(ContainerType.CHUNK).size());
        everyChunkIsWhatItsFileHolds();
    }

    @Test
    public void anInterruptCancelsBetweenDocumentsAndTheRestCanFollow() throws Exception {
        for (int i = 0; i < 300; i++) {
            write("f" + i + ".md", "# F" + i + "\n\n" + prose("boiler", 40));
        }
        Throwable ended = ended(Thread::interrupt);
        assertTrue(String.valueOf(ended), ended instanceof InterruptedException);
        int kept = store.all(ContainerType.DOCUMENT).size();
        assertTrue("kept " + kept, kept < 300);
        for (Container document : store.all(ContainerType.DOCUMENT)) {
            assertNotEquals("whole documents only", 0, store.children(document.id()).size());
        }
        Report rest = read(root);
        assertEquals(300, rest.documents() + rest.skipped());
        assertEquals(300, store.all(ContainerType.DOCUMENT).size());
    }

    @Test
    public void whoWaitsWhenIngestIsSwitchedOffIsToldSo() throws Exception {
        for (int i = 0; i < 300; i++) {
            write("f" + i + ".md", "# F" + i + "\n\n" + prose("boiler", 40));
        }
        Throwable ended = ended(caller -> ingest.close());
        assertTrue(String.valueOf(ended), ended instanceof PipelineException e && e.code() == PipelineException.Code.UNAVAILABLE
                && e.getMessage().contains("pipeline.built_in.ingest_enabled"));
    }

    /** How an ingest of the root ends when something is done to it after 100 steps. */
    private Throwable ended(Consumer<Thread> by) throws InterruptedException {
        CountDownLatch some = new CountDownLatch(100);
        AtomicReference<Throwable> ended = new AtomicReference<>();
        Thread caller = new Thread(() -> {
            try {
                ingest.ingest(new Request(List.of(root), List.of(), List.of(), false), (stage, done, total, detail) -> {
                    if (stage.equals("reading")) {
                        some.countDown();
                        pauseUnless(some.getCount() > 0);
                    }
                });
            } catch (Throwable e) {
                ended.set(e);
            }
        });
        caller.start();
        some.await();
        by.accept(caller);
        caller.join(10_000);
        return ended.get();
    }

    /** Gives the interrupt time to arrive while the run is not yet through. */
    private static void pauseUnless(boolean free) {
        if (!free) {
            java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
        }
    }

    @Test
    public void anotherShapeOfJsonLinesIsText() throws Exception {
        Path file = write("log.jsonl", "{\"level\":\"info\",\"msg\":\"started\"}\n".repeat(5));
        Report report = read(file);
        assertEquals(List.of(), report.failed());
        assertEquals(1, report.documents());
        assertEquals("text", store.find(file.toString(), null).orElseThrow().attributes().get("kind"));
    }

    @Test
    public void aFileMayBecomeAFolderAndBack() throws Exception {
        Path path = write("thing.md", "A file.");
        read(root);
        Files.delete(path);
        write("thing.md/inside.md", "Inside.");
        read(root);
        assertEquals(Set.of("thing.md/inside.md"), documents());
        Files.delete(root.resolve("thing.md/inside.md"));
        Files.delete(path);
        write("thing.md", "{\"id\":1}");
        read(root);
        assertEquals(Set.of("thing.md"), documents());
    }

    @Test
    public void newLimitsCountForWhatRunsAndEndNothing() throws Exception {
        pending.set(900);
        write("a.md", "# A\n\n" + prose("boiler", 5));
        write("b.md", "# B\n\n" + prose("pump", 5));
        write("c.md", "# C\n\n" + prose("valve", 5));
        List<String> waited = new ArrayList<>();
        Report report = ingest.ingest(new Request(List.of(root), List.of(), List.of(), false), (stage, done, all, detail) -> {
            if (detail.endsWith("wait for the index")) {
                waited.add(detail);
            }
            ingest.reconfigure(config(1, 100));
        });
        assertEquals("the run went on to its end", 3, report.documents());
        assertFalse("it paused for the new limit, which is below the 900 that wait", waited.isEmpty());
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> ingest.reconfigure(config(0, 100)));
        assertTrue(refused.getMessage(), refused.getMessage().contains("pipeline.ingest.threads is 0"));
        assertEquals(3, read(root).skipped());
    }

    @Test
    public void readingWaitsForTheIndex() throws Exception {
        write("a.md", prose("boiler", 2000));
        pending.set(10_000);
        assertEquals(1, read(root).documents());
        assertTrue("it has waited", pending.get() < 10_000);
    }

    @Test(timeout = 60_000)
    public void tenThousandFiles() throws Exception {
        for (int i = 0; i < 10_000; i++) {
            write("d" + i / 1000 + "/f" + i + ".txt", "File number " + i + " has one short sentence.");
        }
        long began = System.nanoTime();
        assertEquals(10_000, read(root).documents());
        long middle = System.nanoTime();
        assertEquals(10_000, read(root).skipped());
        System.out.printf("10,000 files: read in %d ms, left alone in %d ms%n", (middle - began) / 1_000_000,
                (System.nanoTime() - middle) / 1_000_000);
    }
}
