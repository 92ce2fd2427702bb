package studio.ozone.zsei.index;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.runtime.HealthCheck;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.Index.Mode;
import studio.ozone.api.zsei.ZseiException;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

public class LuceneIndexTest {

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    private final ChunkStore store = new ChunkStore();
    private final WordCountEmbedder embedder = new WordCountEmbedder("counts", 64);

    @Test
    public void findsByWordsByMeaningAndByBoth() throws Exception {
        try (Fixture on = open(embedder)) {
            long first = store.document(0, "birds", "The heron waits in the reeds", "A sparrow nests under the roof");
            store.document(0, "fish", "The pike waits in the weeds");
            on.level();
            for (Mode mode : Mode.values()) {
                Index.Matches found = on.index.query(new Index.Query("where does the sparrow nest", mode, 10, Set.of()));
                assertEquals(mode + "", first + 2, found.matches().getFirst().id());
                assertNull(found.note());
            }
            Index.Match both = on.index.query(new Index.Query("pike", Mode.HYBRID, 10, Set.of())).matches().getFirst();
            assertTrue(both.cosine() > 0 && both.bm25() > 0);
            assertEquals(0, on.index.pending());
            assertEquals(HealthCheck.Status.OK, on.index.check().status());
        }
    }

    @Test
    public void countsOnlyWhatLiesBelow() throws Exception {
        try (Fixture on = open(embedder)) {
            long directory = store.newId();
            store.apply(new Changes().put(Container.of(directory, 0, ContainerType.DIRECTORY, "d", "/d", null, 0, 0, null, Map.of())));
            long inside = store.document(directory, "inside", "the green door");
            long outside = store.document(0, "outside", "the green door");
            on.level();
            for (Mode mode : Mode.values()) {
                assertEquals(List.of(inside + 1), on.ids("green door", mode, directory));
                assertEquals(List.of(outside + 1), on.ids("green door", mode, outside));
                assertEquals(2, on.ids("green door", mode).size());
                assertEquals(List.of(), on.ids("green door", mode, 999_999L));
            }
        }
    }

    @Test
    public void aDirectoryThatComesLaterCountsToo() throws Exception {
        try (Fixture on = open(embedder)) {
            long document = store.document(0, "readme", "how to begin");
            on.level();
            long directory = store.newId();
            store.apply(new Changes().put(Container.of(directory, 0, ContainerType.DIRECTORY, "d", "/d", null, 0, 0, null, Map.of()))
                    .put(Container.of(document, directory, ContainerType.DOCUMENT, "readme", "/readme", null, 0, 0, null, Map.of())));
            on.level();
            assertEquals(List.of(document + 1), on.ids("begin", Mode.HYBRID, directory));
        }
    }

    @Test
    public void removedAndReplacedChunksAreNotFound() throws Exception {
        try (Fixture on = open(embedder)) {
            long document = store.document(0, "notes", "alpha particle", "beta decay");
            on.level();
            Container chunk = store.get(document + 1).orElseThrow();
            store.apply(new Changes().put(chunk, "gamma ray"));
            on.level();
            assertEquals(List.of(), on.ids("alpha", Mode.KEYWORD));
            assertEquals(List.of(document + 1), on.ids("gamma", Mode.KEYWORD));
            store.apply(new Changes().remove(document));
            on.level();
            assertEquals(List.of(), on.ids("gamma beta", Mode.HYBRID));
        }
    }

    @Test
    public void afterAStartItCatchesUpWithWhatItMissed() throws Exception {
        long document;
        try (Fixture on = open(embedder)) {
            document = store.document(0, "one", "first words");
            on.level();
        }
        long later = store.document(0, "two", "second words");
        store.apply(new Changes().remove(document));
        try (Fixture on = open(embedder)) {
            on.level();
            assertEquals(List.of(later + 1), on.ids("words", Mode.KEYWORD));
            assertEquals(List.of(later + 1), on.ids("second words", Mode.SEMANTIC));
        }
    }

    @Test
    public void aCleanStopLeavesNothingToDo() throws Exception {
        try (Fixture on = open(embedder)) {
            store.document(0, "one", "first words");
            on.level();
        }
        int read = store.textsRead;
        int embedded = embedder.texts.get();
        try (Fixture on = open(embedder)) {
            on.level();
            assertEquals(1, on.ids("first", Mode.KEYWORD).size());
        }
        assertEquals(read, store.textsRead);
        assertEquals(embedded, embedder.texts.get());
    }

    @Test
    public void aLostOrBrokenIndexIsBuiltAgainWithoutEmbeddingAgain() throws Exception {
        long document;
        try (Fixture on = open(embedder)) {
            document = store.document(0, "one", "first words", "other matters");
            on.level();
        }
        int embedded = embedder.texts.get();
        Path files = folder.getRoot().toPath().resolve("zsei/global/index");
        for (String damage : List.of("lost", "garbled", "cut")) {
            try (Stream<Path> list = Files.walk(files)) {
                for (Path file : list.filter(Files::isRegularFile).toList()) {
                    switch (damage) {
                        case "lost" -> Files.delete(file);
                        case "garbled" -> Files.writeString(file, "garbage");
                        default -> Files.write(file, Arrays.copyOf(Files.readAllBytes(file), (int) (Files.size(file) / 2)));
                    }
                }
            }
            try (Fixture on = open(embedder)) {
                on.level();
                assertEquals(damage, List.of(document + 1), on.ids("first", Mode.KEYWORD));
                eventually("vectors are back", () -> on.index.check().status() == HealthCheck.Status.OK);
                assertEquals(damage, embedded, embedder.texts.get());
                assertEquals(damage, document + 1, (long) on.ids("first words", Mode.SEMANTIC).getFirst());
                embedded++;                      // for the question
            }
        }
    }

    /** As all indexes lay before there were manifests. */
    @Test
    public void anIndexThatLiesInTheRootIsTakenOver() throws Exception {
        long document;
        try (Fixture on = open(embedder)) {
            document = store.document(0, "one", "first words");
            on.level();
        }
        int read = store.textsRead;
        Path root = folder.getRoot().toPath().resolve("zsei/global/index");
        Files.delete(root.resolve("current"));
        try (Stream<Path> list = Files.list(root.resolve("1"))) {
            for (Path file : list.toList()) {
                Files.move(file, root.resolve(file.getFileName()));
            }
        }
        Files.delete(root.resolve("1"));
        try (Fixture on = open(embedder)) {
            on.level();
            assertEquals(List.of(document + 1), on.ids("first words", Mode.SEMANTIC));
        }
        assertEquals(read, store.textsRead);
    }

    @Test
    public void anotherGraphOrModelBuildsItAgain() throws Exception {
        long document;
        try (Fixture on = open(embedder)) {
            document = store.document(0, "one", "first words");
            on.level();
        }
        try (Fixture on = new Fixture(folder.getRoot().toPath(), store, embedder, 8)) {
            on.level();
            assertEquals(List.of(document + 1), on.ids("first", Mode.HYBRID));
            on.rebuilt(manifest -> manifest.shape().m() == 8);
            assertEquals(List.of(document + 1), on.ids("first", Mode.HYBRID));
        }
        WordCountEmbedder other = new WordCountEmbedder("other", 32);
        try (Fixture on = new Fixture(folder.getRoot().toPath(), store, other, 8)) {
            on.rebuilt(manifest -> "other".equals(manifest.model()));
            assertTrue(store.embedding(document + 1, "other").isPresent());
            on.level();
            assertEquals(List.of(document + 1), on.ids("first words", Mode.SEMANTIC));
        }
    }

    @Test
    public void withoutAnEmbedderWordsAreFoundAndVectorsFollowWhenItComes() throws Exception {
        try (Fixture on = open(null)) {
            long document = store.document(0, "one", "first words");
            on.level();
            Index.Matches found = on.index.query(new Index.Query("first", Mode.HYBRID, 10, Set.of()));
            assertEquals(document + 1, found.matches().getFirst().id());
            assertEquals(Mode.KEYWORD, found.mode());
            assertTrue(found.note(), found.note().contains("zsei.embeddings.enabled"));
            assertEquals(ZseiException.Code.EMBEDDER_UNAVAILABLE,
                    assertThrows(ZseiException.class, () -> on.ids("first", Mode.SEMANTIC)).code());
            assertEquals(HealthCheck.Status.WARN, on.index.check().status());

            on.index.bindEmbedder(embedder);
            eventually("vectors made", () -> on.index.check().status() == HealthCheck.Status.OK);
            assertEquals(List.of(document + 1), on.ids("first words", Mode.SEMANTIC));
            assertEquals(1, store.embeddings());

            on.index.unbindEmbedder(embedder);
            assertEquals(Mode.KEYWORD, on.index.query(new Index.Query("first", Mode.HYBRID, 10, Set.of())).mode());
        }
    }

    @Test
    public void aBrokenEmbedderDoesNotStopTheWords() throws Exception {
        embedder.broken = true;
        try (Fixture on = open(embedder)) {
            long document = store.document(0, "one", "first words");
            on.level();
            assertEquals(List.of(document + 1), on.ids("first", Mode.HYBRID));
            assertEquals("The model is broken", on.index.query(new Index.Query("first", Mode.HYBRID, 10, Set.of())).note());
        }
    }

    @Test
    public void aChunkWhoseSourceIsGoneIsCountedUntilItCanBeRead() throws Exception {
        long document = store.document(0, "one", "first words", "second words");
        String text = store.lose(document + 1);
        try (Fixture on = open(embedder)) {
            on.level();
            assertEquals(List.of(document + 2), on.ids("words", Mode.HYBRID));
            eventually("counted", () -> on.index.check().message().contains("1 chunks are left out"));
        }
        store.restore(document + 1, text);
        try (Fixture on = open(embedder)) {
            on.level();
            eventually("mended", () -> on.index.check().status() == HealthCheck.Status.OK);
            assertEquals(2, on.ids("words", Mode.HYBRID).size());
        }
    }

    @Test
    public void moreCommitsThanItHoldsAreReadBack() throws Exception {
        String text = "word ".repeat(100_000);
        try (Fixture on = open(null)) {
            for (int i = 0; i < 40; i++) {
                store.document(0, "doc" + i, text + " number" + i);
            }
            on.level();
            for (int i = 0; i < 40; i++) {
                assertEquals(1, on.ids("number" + i, Mode.KEYWORD).size());
            }
        }
    }

    /** Kills are played by closing without a commit: the sequence must then be that of the last commit. */
    @Test
    public void randomWritesAndRestartsEndInTheStateOfTheStore() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<Long> documents = new ArrayList<>();
        Fixture on = open(embedder);
        for (int round = 0; round < 120; round++) {
            if (!documents.isEmpty() && random.nextInt(4) == 0) {
                store.apply(new Changes().remove(documents.remove(random.nextInt(documents.size()))));
            } else {
                documents.add(store.document(0, "doc" + round, "common word" + round));
            }
            if (random.nextInt(15) == 0) {
                on.close();
                on = open(embedder);
            }
        }
        on.level();
        assertEquals(documents.stream().map(id -> id + 1).toList(), on.index.query(new Index.Query("common", Mode.KEYWORD, 1000, Set.of()))
                .matches().stream().map(Index.Match::id).sorted().toList());
        on.close();
    }

    @Test
    public void anyTextIsAQuestion() throws Exception {
        try (Fixture on = open(embedder)) {
            store.document(0, "one", "first words");
            on.level();
            for (String text : List.of("+-&&||!(){}[]^\"~*?:\\/", "a AND (b OR", "\ud800", "\u0000", "first ".repeat(170_000), "x".repeat(1_000_000))) {
                for (Mode mode : Mode.values()) {
                    assertTrue(on.index.query(new Index.Query(text, mode, 10, Set.of())).matches().size() <= 1);
                }
            }
            assertEquals(ZseiException.Code.INVALID, assertThrows(ZseiException.class, () -> on.ids(" ", Mode.KEYWORD)).code());
            StringBuilder varied = new StringBuilder("first ");
            for (int i = 0; i < 100_000; i++) {
                varied.append("term").append(i).append(' ');
            }
            assertEquals(1, on.ids(varied.toString(), Mode.KEYWORD).size());
        }
    }

    @Test
    public void equalScoresComeInTheOrderOfIds() throws Exception {
        try (Fixture on = open(embedder)) {
            for (int i = 0; i < 30; i++) {
                store.document(0, "same", "the same words");
            }
            on.level();
            for (Mode mode : Mode.values()) {
                List<Long> ids = on.index.query(new Index.Query("same words", mode, 30, Set.of())).matches().stream().map(Index.Match::id).toList();
                assertEquals(ids.stream().sorted().toList(), ids);
                assertEquals(30, ids.size());
            }
        }
    }

    @Test
    public void stopsWithinTwoSecondsAndLeavesNothing() throws Exception {
        Fixture on = open(embedder);
        for (int i = 0; i < 500; i++) {
            store.document(0, "doc" + i, "words of document " + i);
        }
        long begun = System.nanoTime();
        on.close();
        assertTrue(Duration.ofNanos(System.nanoTime() - begun).toMillis() < 2_000);
        assertTrue(on.metrics.getNames().isEmpty());
        assertThrows(ZseiException.class, () -> on.index.await(store.sequence(), Duration.ofSeconds(1)));
        try (Fixture again = open(embedder)) {
            again.level();
            assertEquals(500, again.index.query(new Index.Query("words", Mode.KEYWORD, 1000, Set.of())).matches().size());
        }
    }

    @Test
    public void searchShowsPlaceTitleAndSnippet() throws Exception {
        try (Fixture on = open(embedder)) {
            long document = store.document(0, "long", "filler words here. ".repeat(60) + "The needle is in this sentence. " + "more filler. ".repeat(60));
            on.level();
            ChunkSearch search = new ChunkSearch(on.index, store, store, on.workers);
            var hit = search.search("Where is the needle?", 5, Mode.HYBRID, Set.of()).hits().getFirst();
            assertEquals(document + 1, hit.id());
            assertEquals("/1/long", hit.source());
            assertEquals("long", hit.title());
            assertTrue(hit.snippet(), hit.snippet().contains("needle is in this sentence"));
            assertTrue(hit.snippet().length() <= Snippet.LENGTH + 4);
            store.lose(document + 1);
            assertEquals("", search.search("needle", 5, Mode.KEYWORD, Set.of()).hits().getFirst().snippet());
            search.close();
        }
    }

    private Fixture open(WordCountEmbedder by) {
        return new Fixture(folder.getRoot().toPath(), store, by);
    }

    private static void eventually(String what, BooleanSupplier holds) throws IOException {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!holds.getAsBoolean()) {
            assertFalse("Not in time: " + what, System.nanoTime() > deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    public void theDataHomeMayBeNamedAsTheGuideNamesIt() {
        Path home = Path.of("/srv/ozone");
        assertEquals(home.resolve("zsei/global"), LuceneIndex.folder(LuceneIndex.IN_THE_DATA_HOME, home));
        assertEquals(home.resolve("zsei/global"), LuceneIndex.folder("", home));
        assertEquals(Path.of("/ssd/zsei"), LuceneIndex.folder("/ssd/zsei", home));
        assertEquals(Path.of(System.getProperty("user.home"), "zsei"), LuceneIndex.folder("~/zsei", home));
        assertEquals(Path.of(System.getenv("HOME"), "zsei"), LuceneIndex.folder("${HOME}/zsei", home));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> LuceneIndex.folder("${NOT_SET_AT_ALL}/zsei", home)).getMessage()
            .contains("NOT_SET_AT_ALL, which is not set"));
    }

    @Test
    public void theBeamOfABuildStaysWithinWhatTheEngineTakes() {
        assertEquals(200, new Settings.Shape(16, 200, Quantization.NONE).efConstruction());
        assertEquals(64, new Settings.Shape(64, 2, Quantization.NONE).efConstruction());
        assertEquals(3200, new Settings.Shape(16, 4096, Quantization.NONE).efConstruction());
    }
}
