package studio.ozone.zsei.index;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.Lock;
import org.apache.lucene.util.VectorUtil;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.care.Chore;
import studio.ozone.api.runtime.HealthCheck;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.Index.Mode;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

public class RebuildTest {

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    private final ChunkStore store = new ChunkStore();
    private final TopicEmbedder embedder = new TopicEmbedder("topics");

    @Test
    public void anotherShapeIsBuiltFromTheIndexItselfWithoutTextsOrTheModel() throws Exception {
        try (Fixture on = open()) {
            fill(2_000, 20);
            on.level();
            List<Long> before = on.ids("topic7 text 507", Mode.HYBRID);
            int read = store.textsRead;
            embedder.broken = true;
            on.reconfigure(Map.of("m", 8, "quantization", "int8"), Map.of());
            on.rebuilt(manifest -> manifest.shape().text().equals("m=8 ef_construction=200 quantization=int8"));
            embedder.broken = false;
            assertEquals(before, on.ids("topic7 text 507", Mode.HYBRID));
            assertEquals(read, store.textsRead);
            assertEquals("only the new one is left", Set.of("current", on.index.follower().index().manifest().shards().getFirst().folder()), names());
        }
        try (Fixture on = new Fixture(folder.getRoot().toPath(), store, embedder, Fixture.config(LuceneIndex.HnswConfig.class, Map.of("m", 8,
                "quantization", "int8")), Fixture.config(LuceneIndex.ShardingConfig.class, Map.of()))) {
            on.level();
            assertFalse(on.ids("topic7 text 507", Mode.SEMANTIC).isEmpty());
            assertEquals(null, on.index.follower().rebuilding());
        }
    }

    /** The one before is asked by the model that it was made with, until the new one is there. */
    @Test
    public void underAnotherModelTheOneBeforeAnswersAndFollowsTheStore() throws Exception {
        TopicEmbedder other = new TopicEmbedder("other");
        other.gate = new CountDownLatch(1);
        try (Fixture on = open()) {
            fill(300, 20);
            on.level();
            List<Long> before = on.ids("topic7 text 107", Mode.SEMANTIC);
            on.index.bindEmbedder(other);
            on.index.unbindEmbedder(embedder);
            eventually("building", () -> on.index.follower().rebuilding() != null);
            assertEquals(before, on.ids("topic7 text 107", Mode.SEMANTIC));
            long document = store.document(0, "late", "topic7 late comer");
            on.level();
            assertEquals(document + 1, (long) on.ids("late comer", Mode.KEYWORD).getFirst());
            assertEquals(document + 1, (long) on.ids("topic7 late comer", Mode.SEMANTIC).getFirst());
            assertTrue(on.index.check().message(), on.index.check().message().contains("model other"));
            other.gate.countDown();
            on.rebuilt(manifest -> "other".equals(manifest.model()));
            assertEquals("other", on.index.follower().index().model());
            assertEquals(document + 1, (long) on.ids("topic7 late comer", Mode.SEMANTIC).getFirst());
            on.index.unbindEmbedder(other);
            assertEquals("nothing is held of a model that is gone", Mode.KEYWORD,
                on.index.query(new Index.Query("late", Mode.HYBRID, 10, Set.of())).mode());
        }
    }

    @Test
    public void aModelThatIsMissingChangesNothing() throws Exception {
        TopicEmbedder other = new TopicEmbedder("other");
        other.broken = true;
        try (Fixture on = open()) {
            fill(100, 20);
            on.level();
            List<Long> before = on.ids("topic7 text 47", Mode.SEMANTIC);
            on.index.bindEmbedder(other);
            on.index.unbindEmbedder(embedder);
            eventually("told", () -> on.index.check().message().contains("model.onnx is missing"));
            assertEquals(HealthCheck.Status.WARN, on.index.check().status());
            assertEquals(before, on.ids("topic7 text 47", Mode.SEMANTIC));
            on.index.bindEmbedder(embedder);
            eventually("all is well again", () -> on.index.check().status() == HealthCheck.Status.OK);
            assertEquals(before, on.ids("topic7 text 47", Mode.SEMANTIC));
        }
    }

    @Test
    public void whatIsNoLongerWantedIsCancelled() throws Exception {
        TopicEmbedder other = new TopicEmbedder("other");
        other.gate = new CountDownLatch(1);
        try (Fixture on = open()) {
            fill(200, 20);
            on.level();
            on.index.bindEmbedder(other);
            eventually("building", () -> on.index.follower().rebuilding() != null);
            on.index.bindEmbedder(embedder);
            other.gate.countDown();
            eventually("cancelled", () -> on.index.follower().rebuilding() == null);
            eventually("removed", () -> names().size() == 2);
            assertEquals("topics", on.index.follower().index().model());
        }
    }

    @Test
    public void aFullDiskLeavesTheOneBeforeAndSaysSo() throws Exception {
        AtomicBoolean full = new AtomicBoolean();
        Folder.Disk disk = path -> new FilterDirectory(FSDirectory.open(path)) {
            @Override
            public IndexOutput createOutput(String name, IOContext context) throws IOException {
                if (full.get() && !path.endsWith("1")) {
                    throw new IOException("No space left on device");
                }
                return super.createOutput(name, context);
            }
        };
        try (Fixture on = new Fixture(folder.getRoot().toPath(), store, embedder, disk, hnsw(Map.of()), sharding(Map.of()))) {
            fill(1_500, 20);
            on.level();
            List<Long> before = on.ids("topic7 text 507", Mode.SEMANTIC);
            full.set(true);
            on.reconfigure(Map.of("m", 4), Map.of());
            eventually("told", () -> on.index.check().message().contains("No space left on device"));
            assertEquals(HealthCheck.Status.WARN, on.index.check().status());
            assertEquals(before, on.ids("topic7 text 507", Mode.SEMANTIC));
            eventually("removed", () -> names().size() == 2);
            full.set(false);
            on.reconfigure(Map.of("m", 5), Map.of());
            on.rebuilt(manifest -> manifest.shape().m() == 5);
            eventually("it is well again", () -> on.index.check().status() == HealthCheck.Status.OK);
        }
    }

    @Test
    public void shardsFindTheSameAndAreMovedToAndFromInTheBackground() throws Exception {
        try (Fixture on = open()) {
            fill(4_500, 40);
            on.level();
            List<Double> words = scores(on);
            on.reconfigure(Map.of(), Map.of("enabled", true, "shard_size", 1_000, "max_shards_searched", 2));
            on.rebuilt(manifest -> manifest.shards().size() == 5);
            Index.Matches near = on.index.query(new Index.Query("topic7 text 507", Mode.SEMANTIC, 10, Set.of()));
            assertEquals(2, near.shardsSearched());
            assertEquals("words are weighed by all shards", words, scores(on));
            assertTrue("near what brute force finds", recall(on, 40, 0) > 0.95);

            long first = directories.getLast() + 1;
            // What is written and removed now reaches its shard.
            long document = store.document(0, "late", "topic7 late comer");
            store.apply(new Changes().remove(first));
            on.level();
            assertEquals(document + 1, (long) on.ids("topic7 late comer", Mode.SEMANTIC).getFirst());
            assertFalse(on.ids("topic0 text 0", Mode.HYBRID).contains(first + 1));
            store.apply(new Changes().put(store.get(document + 1).orElseThrow(), "topic9 another text"));
            on.level();
            assertEquals(document + 1, (long) on.ids("topic9 another text", Mode.SEMANTIC).getFirst());
            assertEquals(1, on.ids("another", Mode.KEYWORD).size());
            assertEquals(List.of(), on.ids("comer", Mode.KEYWORD));

            on.reconfigure(Map.of(), Map.of("enabled", true, "shard_size", 1_000, "max_shards_searched", 1, "parallel_search", false));
            assertEquals(1, on.index.query(new Index.Query("topic7", Mode.SEMANTIC, 10, Set.of())).shardsSearched());
            on.reconfigure(Map.of(), Map.of("enabled", false));
            on.rebuilt(manifest -> manifest.shards().size() == 1);
            assertEquals(4_500, on.index.follower().index().documents());
        }
    }

    /** A bundle that was stopped may still be letting go of what it built when the next one goes on. */
    @Test
    public void whatIsStillLockedIsBuiltElsewhere() throws Exception {
        Path root = folder.getRoot().toPath().resolve("zsei/global/index");
        Manifest plan;
        try (Fixture on = open()) {
            fill(1_500, 20);
            on.level();
            Manifest now = Manifest.read(root, Manifest.CURRENT);
            plan = new Manifest(new Settings.Shape(5, now.shape().efConstruction(), now.shape().quantization()), now.shardSize(), "topics",
                List.of(new Manifest.Shard("9", null)));
        }
        plan.write(root, Manifest.NEXT);
        try (FSDirectory before = FSDirectory.open(Files.createDirectories(root.resolve("9"))); Lock lock = before.obtainLock("write.lock");
                Fixture on = new Fixture(folder.getRoot().toPath(), store, embedder, hnsw(Map.of("m", 5)), sharding(Map.of()))) {
            on.rebuilt(manifest -> manifest.shape().m() == 5);
            assertEquals("10", Manifest.read(root, Manifest.CURRENT).shards().getFirst().folder());
        }
    }

    @Test
    public void filtersDoNotLoseWhatIsNear() throws Exception {
        for (String quantization : List.of("none", "int8", "int4", "binary")) {
            try (Fixture on = new Fixture(folder.newFolder().toPath(), store, embedder, hnsw(Map.of("quantization", quantization)), sharding(Map.of()))) {
                if (store.sequence() == 0) {
                    fill(6_000, 40);
                }
                on.level();
                on.index.run(Chore.Kind.OPTIMIZE, false, Progress.NONE);      // one segment, and so a graph
                for (int every : new int[] {1, 2, 20, 200}) {
                    double recall = recall(on, 40, every);
                    System.out.println(quantization + ", one in " + every + ": recall@10 " + recall);
                    assertTrue(quantization + ", one in " + every + ": " + recall, recall >= 0.95);
                }
            }
        }
    }

    /** Changes at random, shapes at random, restarts at random: in the end the index holds what the store holds. */
    @Test
    public void randomChangesAndShapesEndInTheStateOfTheStore() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Set<Long> documents = new HashSet<>();
        Map<String, Object> hnsw = Map.of();
        Map<String, Object> sharding = Map.of();
        Fixture on = open();
        for (int round = 0; round < 150; round++) {
            Changes changes = new Changes();
            for (int i = 0; i < 20; i++) {
                documents.add(store.document(0, "d", "topic" + random.nextInt(30) + " common " + round + " " + i));
            }
            for (long id : List.copyOf(documents)) {
                if (random.nextInt(200) == 0) {
                    changes.remove(id);
                    documents.remove(id);
                } else if (random.nextInt(200) == 0) {
                    changes.put(store.get(id + 1).orElseThrow(), "topic" + random.nextInt(30) + " common changed " + round);
                }
            }
            store.apply(changes);
            if (random.nextInt(12) == 0) {
                hnsw = Map.of("m", 4 + random.nextInt(3), "quantization", List.of("none", "int8", "int4", "binary").get(random.nextInt(4)));
                sharding = Map.of("enabled", random.nextBoolean(), "shard_size", 1_000);
                on.reconfigure(hnsw, sharding);
            }
            if (random.nextInt(20) == 0) {
                on.close();
                on = new Fixture(folder.getRoot().toPath(), store, embedder, hnsw(hnsw), sharding(sharding));
            }
        }
        on.level();
        String shape = new Settings.Shape((int) hnsw.getOrDefault("m", 16), 200, Quantization.of((String) hnsw.getOrDefault("quantization", "none"))).text();
        on.rebuilt(manifest -> manifest.shape().text().equals(shape));
        on.level();
        Set<Long> expected = new HashSet<>();
        documents.forEach(id -> expected.add(id + 1));
        List<Long> found = on.index.query(new Index.Query("common", Mode.KEYWORD, 10_000, Set.of())).matches().stream().map(Index.Match::id).toList();
        assertEquals("each once", found.size(), new HashSet<>(found).size());
        assertEquals(expected, new HashSet<>(found));
        on.close();
    }

    private static LuceneIndex.HnswConfig hnsw(Map<String, Object> values) {
        return Fixture.config(LuceneIndex.HnswConfig.class, values);
    }

    private static LuceneIndex.ShardingConfig sharding(Map<String, Object> values) {
        return Fixture.config(LuceneIndex.ShardingConfig.class, values);
    }

    private final List<Long> directories = new ArrayList<>();

    /** Document i lies below the directory 2 if i is even, 20 if it is a multiple of that, and so on. */
    private void fill(int documents, int topics) throws Exception {
        long top = directory(0);
        long one = directory(top);
        long two = directory(one);
        long twenty = directory(two);
        long hundred = directory(twenty);
        directories.addAll(List.of(one, two, twenty, hundred));
        for (int i = 0; i < documents; i++) {
            long parent = i % 200 == 0 ? hundred : i % 20 == 0 ? twenty : i % 2 == 0 ? two : one;
            store.document(parent, "d", "topic" + i % topics + " text " + i);
        }
    }

    private long directory(long parent) throws Exception {
        long id = store.newId();
        store.apply(new Changes().put(Container.of(id, parent, ContainerType.DIRECTORY, "d" + id, "/d" + id,
            null, 0, 0, null, Map.of())));
        return id;
    }

    /** @param every of how many documents one passes the filter; 0 and 1 for no filter */
    private double recall(Fixture on, int topics, int every) throws Exception {
        Set<Long> within = switch (every) {
            case 2 -> Set.of(directories.get(1));
            case 20 -> Set.of(directories.get(2));
            case 200 -> Set.of(directories.get(3));
            default -> Set.of();
        };
        Map<Long, float[]> vectors = new HashMap<>();
        store.scan(container -> {
            if (container.type() == ContainerType.CHUNK) {
                if (within.isEmpty() || store.ancestors(container.id()).containsAll(within)) {
                    store.embedding(container.id(), "topics").ifPresent(vector -> vectors.put(container.id(), vector));
                }
            }
        });
        double hits = 0;
        double all = 0;
        for (int q = 0; q < 50; q++) {
            String text = "topic" + q % topics + " question " + q;
            float[] vector = embedder.embed(text);
            Set<Long> nearest = new HashSet<>(vectors.entrySet().stream()
                .sorted(Comparator.comparingDouble(e -> -VectorUtil.dotProduct(vector, e.getValue()))).limit(10)
                .map(Map.Entry::getKey).toList());
            all += nearest.size();
            nearest.retainAll(on.index.query(new Index.Query(text, Mode.SEMANTIC, 10, within)).matches().stream().map(Index.Match::id).toList());
            hits += nearest.size();
        }
        return hits / all;
    }

    private static List<Double> scores(Fixture on) throws Exception {
        return on.index.query(new Index.Query("topic7 text 507", Mode.KEYWORD, 50, Set.of())).matches().stream().map(Index.Match::score).toList();
    }

    private Set<String> names() {
        try (Stream<Path> list = Files.list(folder.getRoot().toPath().resolve("zsei/global/index"))) {
            return new HashSet<>(list.map(path -> path.getFileName().toString()).toList());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Fixture open() {
        return new Fixture(folder.getRoot().toPath(), store, embedder, hnsw(Map.of()), sharding(Map.of()));
    }

    private static void eventually(String what, BooleanSupplier holds) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!holds.getAsBoolean()) {
            assertFalse("Not in time: " + what, System.nanoTime() > deadline);
            Thread.onSpinWait();
        }
    }
}
