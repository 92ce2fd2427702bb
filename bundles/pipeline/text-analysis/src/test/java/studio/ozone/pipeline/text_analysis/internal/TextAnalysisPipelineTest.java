package studio.ozone.pipeline.text_analysis.internal;

import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
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

import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.pipeline.TextAnalysis.Analysis;
import studio.ozone.api.pipeline.TextAnalysis.Entity;
import studio.ozone.api.pipeline.TextAnalysis.Heading;
import studio.ozone.api.pipeline.TextAnalysis.Keyword;
import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.Relation.Discovery;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.Sources;
import studio.ozone.zsei.sources.Extractor;
import studio.ozone.zsei.sources.internal.FileSources;
import studio.ozone.zsei.store.kit.MemoryStore;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** Real texts, the real reader of files and the real models; a store in memory. */
public class TextAnalysisPipelineTest {

    private static final String README = """
            # Harbour Watch

            Harbour Watch is a monitoring service for small sailing harbours. It reads the tide gauges of a harbour,
            keeps their history in a time series database, and warns the harbour master by e-mail when the water level
            is too high. The tide gauges are read once a minute.

            ## Installing

            ```
            curl https://downloads.example.org/forbidden-keyword.sh | sh forbidden-keyword
            ```

            The time series database needs `PostgreSQL 16` and about 2 GB of memory. Write to support@example.org, or
            read [the manual](https://example.org/manual/index.html). Version 2 was released on March 12, 2024, the first
            one on 2019-06-30, and it uses 40% less memory. A licence for commercial harbours costs $1,200 a year.

            ## Who made it
            ### People

            The tide gauges were built by Maria Lopez and Peter Hansen at the University of Bergen. The HTTP interface was
            designed by Dr. Ingrid Solheim. The HTTP interface gives the water level of each tide gauge as JSON.
            Maria Lopez maintains the time series database.
            """;
    private static final String GERMAN = """
            Die Gezeiten werden von der Anziehungskraft des Mondes verursacht. Der Wasserstand an der Küste steigt und fällt
            zweimal am Tag, und der Hafenmeister liest den Wasserstand an einem Pegel ab. Seit dem 3. Oktober 1990 wird der
            Wasserstand automatisch gemessen. Ein Pegel kostet etwa 4.500 Euro, und der Hafenmeister muss ihn jedes Jahr prüfen.
            Die Messwerte der Pegel werden nachts gespeichert, damit der Hafenmeister am Morgen gewarnt werden kann.
            """;

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final List<Commit> commits = new ArrayList<>();
    private final MemoryStore store = new MemoryStore(commits::add);
    private final MetricRegistry metrics = new MetricRegistry();
    private final TestWorkers workers = new TestWorkers();
    private Instant now = Instant.EPOCH;
    private Sources sources;
    private TextAnalysisPipeline pipeline;

    @Before
    public void start() throws IOException {
        sources = sources(folder.newFolder("data").toPath());
        pipeline = new TextAnalysisPipeline(store, sources, workers, metrics, config(1_000_000), () -> now);
    }

    @After
    public void stop() {
        pipeline.close();
        assertEquals(Set.of(), metrics.getNames());
        assertFalse(pipeline.loaded());
        workers.end();
    }

    @Test
    public void saysWhatAnEnglishReadmeIsAbout() throws Exception {
        Analysis analysis = pipeline.analyze(file("README.md", README));

        assertEquals("eng", analysis.language());
        assertTrue("confidence " + analysis.languageConfidence(), analysis.languageConfidence() > 0.5);
        assertTrue("words " + analysis.words(), analysis.words() > 120 && analysis.words() < 180);
        assertTrue("sentences " + analysis.sentences(), analysis.sentences() >= 12 && analysis.sentences() <= 18);
        List<String> words = analysis.keywords().stream().map(Keyword::text).toList();
        assertTrue(words.toString(), words.subList(0, 5).containsAll(List.of("tide gauges", "time series database", "water level")));
        assertFalse("code is no prose: " + words, words.toString().contains("forbidden"));
        Keyword first = analysis.keywords().getFirst();
        assertEquals(1, first.weight(), 0);
        assertEquals("tide gauges", first.text());
        assertEquals(4, first.count());
        assertTrue(analysis.keywords().stream().allMatch(each -> each.weight() > 0 && each.weight() <= 1));
        assertEquals(0, analysis.container());
        assertEquals(List.of(), analysis.notes());
    }

    @Test
    public void findsEntitiesByTheirRules() throws Exception {
        List<Entity> entities = pipeline.analyze(file("README.md", README)).entities();

        Map<String, Set<String>> byKind = entities.stream()
                .collect(Collectors.groupingBy(Entity::kind, Collectors.mapping(Entity::text, Collectors.toSet())));
        assertEquals(Set.of("March 12, 2024", "2019-06-30"), byKind.get("date"));
        assertEquals(Set.of("$1,200"), byKind.get("money"));
        assertEquals(Set.of("40%"), byKind.get("percentage"));
        assertEquals(Set.of("support@example.org"), byKind.get("email"));
        assertEquals(Set.of("https://example.org/manual/index.html", "https://downloads.example.org/forbidden-keyword.sh"), byKind.get("url"));
        assertEquals(Set.of("Ingrid Solheim"), byKind.get("person"));
        assertTrue(byKind.toString(), byKind.get("name").containsAll(Set.of("Maria Lopez", "Peter Hansen")));
        assertTrue(byKind.toString(), byKind.get("acronym").containsAll(Set.of("HTTP", "JSON")));
        assertEquals(2, entities.stream().filter(each -> each.text().equals("Maria Lopez")).findFirst().orElseThrow().count());
    }

    @Test
    public void theOutlineHasTheHeadingsWithTheirLines() throws Exception {
        Analysis analysis = pipeline.analyze(file("README.md", README));

        assertEquals(List.of(new Heading(1, "Harbour Watch", 1), new Heading(2, "Installing", 7), new Heading(2, "Who made it", 17),
                new Heading(3, "People", 18)), analysis.outline());
    }

    @Test
    public void tellsGerman() throws Exception {
        Analysis analysis = pipeline.analyze(file("gezeiten.txt", GERMAN));

        assertEquals("deu", analysis.language());
        assertEquals(Set.of("Hafenmeister", "Wasserstand", "Pegel"),
                analysis.keywords().subList(0, 3).stream().map(Keyword::text).collect(Collectors.toSet()));
        assertTrue(analysis.entities().contains(new Entity("3. Oktober 1990", "date", 1, 0.95)));
        assertTrue(analysis.entities().contains(new Entity("4.500 Euro", "money", 1, 0.95)));
        assertTrue(analysis.notes().toString(), analysis.notes().getFirst().contains("for English only"));
    }

    @Test
    public void saysThatATextIsTooShortToTell() throws Exception {
        Analysis analysis = pipeline.analyze(file("short.txt", "Hello there.\n"));

        assertEquals("und", analysis.language());
        assertEquals(2, analysis.words());
        assertEquals("und", pipeline.analyze(file("empty.txt", "")).language());
    }

    @Test
    public void ofCodeOnlyTheCommentsCount() throws Exception {
        Analysis analysis = pipeline.analyze(file("Tide.java", """
                /** Reads the tide gauge of a harbour and keeps the water level of the harbour in a database. */
                class UnspeakableName { // the tide gauge is read once a minute, and the water level is kept for ever
                    int unspeakable;
                    // A tide gauge that does not answer is asked again after a minute.
                }
                """));

        assertEquals("eng", analysis.language());
        assertTrue(analysis.keywords().toString(), analysis.keywords().stream().anyMatch(each -> each.text().equals("tide gauge")));
        assertFalse(analysis.keywords().toString(), analysis.keywords().toString().contains("npeakable"));
    }

    @Test
    public void aLongTextIsAnalysedUpToTheLimitAndSaysSo() throws Exception {
        pipeline.reconfigure(config(1_000));
        Analysis analysis = pipeline.analyze(file("long.md", README.repeat(20)));

        assertTrue("words " + analysis.words(), analysis.words() < 200);
        assertTrue(analysis.notes().toString(), analysis.notes().getFirst().startsWith("Only the first 1000 of " + 20 * README.length()));
        assertEquals(80, analysis.outline().size());
    }

    @Test
    public void aWordWithoutAnEndAndALineOfMarkupTakeNoTime() throws Exception {
        pipeline.analyze(file("README.md", README));
        String text = README + "\n" + "x".repeat(300_000) + "\n" + "- | ".repeat(50_000) + "\n" + "[".repeat(100_000) + "\n" + "`".repeat(10_000) + "\n";

        long start = System.nanoTime();
        assertEquals("eng", pipeline.analyze(file("odd.md", text)).language());
        assertTrue("took " + Duration.ofNanos(System.nanoTime() - start), System.nanoTime() - start < 30_000_000_000L);
    }

    @Test
    public void keepsWhatItFoundAsRelationsOfTheDocument() throws Exception {
        Path file = file("README.md", README);
        long document = ingested(file);

        Analysis analysis = pipeline.analyze(file);

        assertEquals(document, analysis.container());
        assertEquals(1, commits.size());
        List<Relation> keywords = edges(document, RelationType.HAS_KEYWORD);
        assertEquals(analysis.keywords().stream().map(Keyword::text).collect(Collectors.toSet()), names(keywords));
        assertEquals(analysis.entities().stream().map(Entity::text).collect(Collectors.toSet()), names(edges(document, RelationType.MENTIONS)));
        assertTrue(keywords.stream().allMatch(each -> each.discovery() == Discovery.TEXT_ANALYSIS));
        Container term = store.get(keywords.getFirst().to()).orElseThrow();
        Container category = store.get(term.parent()).orElseThrow();
        assertEquals(ContainerType.TERM, term.type());
        assertEquals(ContainerType.CATEGORY, category.type());
        assertEquals(0, category.parent());
        assertEquals(RelationType.KEYWORD_OF, store.relations(term.id()).getFirst().type());
    }

    @Test
    public void analysedAgainItWritesNothing() throws Exception {
        Path file = file("README.md", README);
        ingested(file);
        pipeline.analyze(file);
        commits.clear();

        pipeline.analyze(file);

        assertEquals(List.of(), commits);
    }

    @Test
    public void aChangedTextReplacesItsRelationsInOneCommit() throws Exception {
        Path file = file("README.md", README);
        long document = ingested(file);
        long manual = store.newId();
        store.apply(new Changes().put(Container.of(manual, 0, ContainerType.TERM, "by hand", null, null, 0, 0, null, Map.of()))
                .relate(new Relation(document, manual, RelationType.HAS_KEYWORD, 1, Discovery.MANUAL)));
        pipeline.analyze(file);
        commits.clear();
        file("README.md", README.replace("Maria Lopez", "Laura Bianchi"));

        Analysis analysis = pipeline.analyze(file);

        assertEquals(1, commits.size());
        Set<String> mentioned = names(edges(document, RelationType.MENTIONS));
        assertTrue(mentioned.toString(), mentioned.contains("Laura Bianchi"));
        assertFalse(mentioned.toString(), mentioned.contains("Maria Lopez"));
        assertTrue("edges of others stay", names(edges(document, RelationType.HAS_KEYWORD)).contains("by hand"));
        assertTrue(analysis.notes().toString(), analysis.notes().getLast().contains("has changed since"));
    }

    @Test
    public void documentsShareTermsAndEntities() throws Exception {
        Path one = file("one.md", README);
        Path two = file("two.md", README + "\nThe tide gauges are painted yellow.\n");
        long first = ingested(one);
        long second = ingested(two);

        pipeline.analyze(one);
        pipeline.analyze(two);

        Set<Long> shared = edges(first, RelationType.MENTIONS).stream().map(Relation::to).collect(Collectors.toSet());
        assertEquals(shared, edges(second, RelationType.MENTIONS).stream().map(Relation::to).collect(Collectors.toSet()));
        assertEquals(2, store.children(0).stream().filter(each -> each.type() == ContainerType.CATEGORY).count());
    }

    @Test
    public void refusesWhatIsNoDocument() throws Exception {
        Path missing = folder.getRoot().toPath().resolve("missing.md");
        PipelineException gone = assertThrows(PipelineException.class, () -> pipeline.analyze(missing));
        assertEquals(PipelineException.Code.NOT_FOUND, gone.code());
        assertTrue(gone.getMessage(), gone.getMessage().contains(missing.toString()));

        Path set = file("set.jsonl", "{\"id\":\"a\",\"text\":\"One.\"}\n{\"id\":\"b\",\"text\":\"Two.\"}\n");
        PipelineException records = assertThrows(PipelineException.class, () -> pipeline.analyze(set));
        assertEquals(PipelineException.Code.FAILED, records.code());
        assertTrue(records.getMessage(), records.getMessage().contains("data set"));

        PipelineException directory = assertThrows(PipelineException.class, () -> pipeline.analyze(folder.getRoot().toPath()));
        assertEquals(PipelineException.Code.FAILED, directory.code());
    }

    @Test
    public void letsTheModelsGoWhenIdle() throws Exception {
        pipeline.analyze(file("README.md", README));
        assertTrue(pipeline.loaded());
        now = now.plus(Duration.ofMinutes(9));
        pipeline.analyze(file("README.md", README));

        now = now.plus(Duration.ofMinutes(1));
        workers.scheduled.removeFirst().run();
        assertTrue("used a minute ago", pipeline.loaded());

        now = now.plus(Duration.ofMinutes(9));
        workers.scheduled.removeFirst().run();
        assertFalse(pipeline.loaded());
        assertEquals(List.of(), workers.scheduled);
        assertEquals("eng", pipeline.analyze(file("README.md", README)).language());
    }

    @Test
    public void anInterruptCancels() throws Exception {
        Path file = file("long.md", README.repeat(600));
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        Thread caller = Thread.ofPlatform().start(() -> {
            try {
                outcome.complete(new AssertionError("was not cancelled: " + pipeline.analyze(file).words()));
            } catch (PipelineException | InterruptedException e) {
                outcome.complete(e);
            }
        });
        caller.interrupt();

        assertEquals(InterruptedException.class, outcome.get(20, TimeUnit.SECONDS).getClass());
        assertEquals("eng", pipeline.analyze(file("README.md", README)).language());
    }

    private long ingested(Path file) throws Exception {
        long id = store.newId();
        store.apply(new Changes().put(Container.of(id, 0, ContainerType.DOCUMENT, file.getFileName().toString(), file.toString(), null, 0,
                README.length(), "unknown", Map.of())));
        commits.clear();
        return id;
    }

    private List<Relation> edges(long document, RelationType type) {
        return store.relations(document).stream().filter(each -> each.type() == type).toList();
    }

    private Set<String> names(List<Relation> relations) {
        return relations.stream().map(each -> store.get(each.to()).orElseThrow().name()).collect(Collectors.toSet());
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.getRoot().toPath().resolve(name), text);
    }

    private static TextAnalysisPipeline.Config config(int characters) {
        return new TextAnalysisPipeline.Config() {
            @Override
            public Class<? extends Annotation> annotationType() {
                return TextAnalysisPipeline.Config.class;
            }

            @Override
            public int max__characters() {
                return characters;
            }

            @Override
            public int model__idle__minutes() {
                return 10;
            }
        };
    }

    /** Pools as a bundle has them; what the timer is given is kept for the test to run. */
    private static final class TestWorkers implements Workers {
        private final Map<String, ExecutorService> pools = new HashMap<>();
        private final List<Runnable> scheduled = new ArrayList<>();
        private final ScheduledExecutorService timer = new ScheduledThreadPoolExecutor(0) {
            @Override
            public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
                scheduled.add(command);
                return null;
            }
        };

        @Override
        public ExecutorService pool(String name, int threads) {
            return pools.computeIfAbsent(name, none -> Executors.newFixedThreadPool(threads));
        }

        @Override
        public ScheduledExecutorService timer() {
            return timer;
        }

        @Override
        public boolean close(String name, Duration within) {
            ExecutorService pool = pools.remove(name);
            pool.shutdownNow();
            try {
                return pool.awaitTermination(within.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Working working() {
            return () -> { };
        }

        private void end() {
            timer.shutdownNow();
            assertEquals("pools that were left open", Map.of(), pools);
        }
    }

    private static Sources sources(Path data) {
        BundleContext context = (BundleContext) Proxy.newProxyInstance(TextAnalysisPipelineTest.class.getClassLoader(),
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
                return 16;
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
}
