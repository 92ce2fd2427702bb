package studio.ozone.zsei.backup;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

import org.junit.After;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.care.CareException;
import studio.ozone.api.care.Transfer;
import studio.ozone.api.kit.TestWorkers;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.Snapshots.Embedding;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.zsei.store.OpenStore;
import studio.ozone.zsei.store.kit.MemoryStore;
import studio.ozone.zsei.store.kit.RandomChanges;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

public class LocalTransferTest {

    private static final Transfer.What ALL = new Transfer.What(Set.of(), true);

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private final List<OpenStore> stores = new ArrayList<>();

    @After
    public void close() {
        stores.forEach(OpenStore::close);
    }

    private OpenStore open() throws Exception {
        OpenStore store = new OpenStore(temporary.newFolder().toPath());
        stores.add(store);
        return store;
    }

    private static LocalTransfer transfer(OpenStore open) {
        return new LocalTransfer(open.store(), open.snapshots(), TestWorkers.withoutPools());
    }

    private static String exported(OpenStore open) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        transfer(open).export(out, ALL, Progress.NONE);
        return out.toString(StandardCharsets.UTF_8);
    }

    private Path file(String content) throws Exception {
        return Files.writeString(temporary.newFile().toPath(), content);
    }

    /** The lines with the numbers of containers given anew from 1 on, which is all that an import may change. */
    private static String renumbered(String export) throws Exception {
        Map<Long, Long> numbers = new HashMap<>(Map.of(0L, 0L));
        StringBuilder all = new StringBuilder();
        for (String text : export.split("\n")) {
            Read line = Read.of(text);
            switch (line.kind()) {
                case 1 -> numbers.put(line.container().id(), (long) numbers.size());
                default -> { }
            }
        }
        for (String text : export.split("\n")) {
            Read line = Read.of(text);
            all.append(switch (line.kind()) {
                case 1 -> {
                    Container c = line.container();
                    yield Line.of(new Container(numbers.get(c.id()), numbers.get(c.parent()), c.version(), c.type(), c.name(), c.source(), c.record(), c.start(),
                            c.end(), c.contentHash(), c.created(), c.updated(), c.attributes()));
                }
                case 2 -> {
                    Relation r = line.relation();
                    yield Line.of(new Relation(numbers.get(r.from()), numbers.get(r.to()), r.type(), r.confidence(), r.discovery()));
                }
                case 3 -> Line.of(new Embedding(numbers.get(line.embedding().id()), line.embedding().model(), line.embedding().vector()));
                case 4 -> text.replaceAll("\"sha256\":\"\\w+\"", "");
                default -> text;
            }).append('\n');
        }
        return all.toString();
    }

    private static void fill(OpenStore open, long seed, int steps) throws Exception {
        Random random = new Random(seed);
        MemoryStore model = new MemoryStore();
        RandomChanges changes = new RandomChanges(seed);
        for (int step = 0; step < steps; step++) {
            Changes next = changes.next(model);
            try {
                model.apply(next);
                open.store().apply(next);
            } catch (ZseiException e) {
                assertEquals(ZseiException.Code.INVALID, e.code());
            }
            long id = changes.ids().get(random.nextInt(changes.ids().size()));
            open.store().putEmbeddings(random.nextBoolean() ? "m" : "ü", Map.of(id, new float[] { random.nextFloat(), -random.nextFloat(), 0 }));
        }
    }

    @Test
    public void whatIsExportedAndImportedIsExportedAsTheSameLines() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        for (int round = 0; round < 4; round++) {
            OpenStore from = open();
            fill(from, seed + round, 120);
            String export = exported(from);
            assertEquals("the same state is the same text", export, exported(from));
            OpenStore to = open();

            Transfer.Imported dry = transfer(to).take(file(export), true, Progress.NONE);
            assertEquals(0, to.store().sequence());
            Transfer.Imported imported = transfer(to).take(file(export), false, Progress.NONE);

            String again = exported(to);
            assertEquals("seed " + (seed + round), renumbered(export), renumbered(again));
            assertEquals(dry.containers(), imported.containers());
            assertEquals(dry.relations(), imported.relations());
            assertEquals(dry.embeddings(), imported.embeddings());
            assertEquals(0, imported.known() + imported.left());

            Transfer.Imported second = transfer(to).take(file(export), false, Progress.NONE);
            assertEquals("twice is as good as once", again, exported(to));
            assertEquals(0, second.containers() + second.relations() + second.embeddings() + second.left());
            assertEquals(imported.containers(), second.known());
        }
    }

    private static long document(OpenStore open, String name, String hash, ContainerType below) throws Exception {
        long document = open.store().newId();
        long chunk = open.store().newId();
        open.store().apply(new Changes()
                .put(Container.of(document, 0, ContainerType.DOCUMENT, name, "/f/" + name, null, 0, 9, hash, Map.of()))
                .put(Container.of(chunk, document, below, "", "/f/" + name, null, 0, 9, hash, Map.of()))
                .relate(new Relation(document, chunk, RelationType.REFERENCES, 1, Relation.Discovery.MANUAL)));
        return document;
    }

    @Test
    public void whatIsHereStaysAndOnlyTheRestIsNew() throws Exception {
        OpenStore from = open();
        document(from, "same", "1", ContainerType.CHUNK);
        document(from, "changed", "1", ContainerType.CHUNK);
        document(from, "new", "1", ContainerType.CHUNK);
        OpenStore to = open();
        document(to, "changed", "2", ContainerType.CHUNK);
        document(to, "same", "1", ContainerType.CHUNK);
        document(to, "mine", "1", ContainerType.CHUNK);
        String before = exported(to);

        Transfer.Imported imported = transfer(to).take(file(exported(from)), false, Progress.NONE);

        assertEquals(2, imported.containers());
        assertEquals(2, imported.known());
        assertEquals(2, imported.left());
        assertEquals(1, imported.relations());
        List<String> after = exported(to).lines().toList();
        before.lines().filter(line -> !line.startsWith("{\"end\"")).forEach(line -> assertTrue(line, after.contains(line)));
        assertEquals(before.lines().count() + 3, after.size());
    }

    @Test
    public void aPartComesWithWhatItLiesBelowAndCanBeImported() throws Exception {
        OpenStore from = open();
        document(from, "a", "1", ContainerType.CHUNK);
        document(from, "b", "1", ContainerType.SECTION);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Transfer.Exported exported = transfer(from).export(out, new Transfer.What(Set.of(ContainerType.SECTION), false), Progress.NONE);
        assertEquals(2, exported.containers());
        assertEquals(1, exported.relations());
        OpenStore to = open();
        assertEquals(2, transfer(to).take(file(out.toString(StandardCharsets.UTF_8)), false, Progress.NONE).containers());
    }

    @Test
    public void aFileIsWrittenAsAWholeOrNotAtAllAndPackedWhereItsNameSaysSo() throws Exception {
        OpenStore from = open();
        document(from, "a", "1", ContainerType.CHUNK);
        Path folder = temporary.newFolder().toPath();
        Path packed = folder.resolve("x.jsonl.gz");
        transfer(from).export(packed, ALL, Progress.NONE);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(packed)));
        OpenStore to = open();
        assertEquals(2, transfer(to).take(packed, false, Progress.NONE).containers());

        byte[] content = Files.readAllBytes(packed);
        for (int i = 0; i < 500; i++) {
            document(from, "b" + i, "1", ContainerType.CHUNK);
        }
        assertThrows(InterruptedException.class, () -> transfer(from).export(packed, ALL, (stage, done, total, detail) -> Thread.currentThread().interrupt()));
        assertEquals(Arrays.toString(content), Arrays.toString(Files.readAllBytes(packed)));
        assertEquals(1, folder.toFile().list().length);
        CareException nowhere = assertThrows(CareException.class, () -> transfer(from).export(folder.resolve("none/x"), ALL, Progress.NONE));
        assertTrue(nowhere.getMessage(), nowhere.getMessage().contains("there is no folder " + folder.resolve("none")));
        for (Path noFile : List.of(folder, Path.of("/"))) {
            CareException refused = assertThrows(CareException.class, () -> transfer(from).export(noFile, ALL, Progress.NONE));
            assertTrue(refused.getMessage(), refused.getMessage().contains("that is a folder"));
        }
    }

    private void refused(OpenStore to, String content, String... words) throws Exception {
        Path file = file(content);
        CareException e = assertThrows(content.substring(0, Math.min(300, content.length())), CareException.class, () -> transfer(to).take(file, false, Progress.NONE));
        for (String word : words) {
            assertTrue(e.getMessage() + " lacks " + word, e.getMessage().contains(word));
        }
        assertTrue(e.getMessage(), e.getMessage().contains(file.toString()) && e.getMessage().length() < 1000);
        assertEquals("nothing was written", 0, to.store().sequence());
    }

    @Test
    public void everythingThatIsWrongIsRefusedWithItsLineAndNothingIsWritten() throws Exception {
        OpenStore from = open();
        document(from, "a", "1", ContainerType.CHUNK);
        from.store().putEmbeddings("m", Map.of(2L, new float[] { 1, 2 }));
        List<String> good = exported(from).lines().toList();
        OpenStore to = open();
        assertEquals(6, good.size());
        String head = good.get(0) + "\n";
        String document = good.get(1) + "\n";
        String chunk = good.get(2) + "\n";
        String edge = good.get(3) + "\n";
        String vector = good.get(4) + "\n";
        String end = "{\"end\":1,\"containers\":2,\"relations\":1,\"embeddings\":1}\n";
        String whole = head + document + chunk + edge + vector + end;
        refused(to, "", "empty");
        refused(to, "PK\u0003\u0004", "line 1");
        refused(to, "[]\n", "line 1", "no JSON object");
        refused(to, "{}\n", "line 1");
        refused(to, head.replace("1", "2") + end, "line 1", "format 2", "newer");
        refused(to, whole.replace("\"parent\":1", "\"parent\":7"), "line 3", "container 7");
        refused(to, whole.replace("\"parent\":0", "\"parent\":2"), "lies below itself");
        refused(to, whole.replace("\"parent\":0", "\"parent\":1"), "line 2", "lies below itself");
        refused(to, whole.replace("\"type\":\"chunk\"", "\"type\":\"lump\""), "line 3", "'lump'");
        refused(to, whole.replace("\"end\":9", "\"end\":-1"), "line 2", "end", "-1");
        refused(to, whole.replace("\"end\":9", "\"end\":99999999999999999999999"), "line 2", "end");
        refused(to, whole.replace("\"end\":9", "\"end\":1e9"), "line 2", "end");
        refused(to, whole.replace("\"version\":1", "\"version\":0"), "line 2", "version");
        refused(to, whole.replaceAll("\"created\":\"[^\"]*\"", "\"created\":\"yesterday\""), "line 2", "yesterday");
        refused(to, whole.replaceAll("\"created\":\"[^\"]*\"", "\"created\":\"+1000000000-12-31T23:59:59.999999999Z\""), "line 2", "created");
        refused(to, whole.replace("\"hash\":\"1\"", "\"hash\":[1]"), "line 2", "hash");
        refused(to, whole.replace("\"hash\":\"1\"", "\"hush\":\"1\""), "line 2", "'hush'");
        refused(to, whole.replace("\"name\":\"a\"", "\"name\":\"" + "x".repeat(250_001) + "\""), "line 2", "characters");
        refused(to, whole.replace("\"name\":\"a\"", "\"name\":\"" + "x".repeat(5 << 20) + "\""), "line 2", "longer");
        refused(to, whole.replace("\"source\":\"/f/a\"", "\"source\":\"/f\\u0000a\""), "line 2", "source");
        refused(to, head + document + document + edge + end, "line 3", "sorted");
        refused(to, head + chunk + document + edge + vector + end, "line 3", "sorted");
        refused(to, head + document + document.replace("\"container\":1", "\"container\":2") + end, "line 3", "/f/a already");
        refused(to, whole.replace("\"confidence\":1.0", "\"confidence\":1.5"), "line 4", "1.5");
        refused(to, whole.replace("\"confidence\":1.0", "\"confidence\":null"), "line 4", "confidence");
        refused(to, whole.replace("\"to\":2", "\"to\":3"), "line 4", "container 3");
        refused(to, whole.replace("references\",\"from\":1,\"to\":2", "referenced_by\",\"from\":2,\"to\":1"), "line 4", "{\"relation\":\"references\"");
        refused(to, head + document + chunk + edge + edge + vector + end, "line 5", "sorted");
        refused(to, head + document + chunk + vector + edge + end, "line 5");
        refused(to, head + document + chunk + edge + vector + vector + end, "line 6", "sorted");
        refused(to, whole.replace("AACAPwAAAEA=", "!"), "line 5", "Base64");
        refused(to, whole.replace("AACAPwAAAEA=", "AACA"), "line 5", "3 bytes");
        refused(to, whole.replace("AACAPwAAAEA=", "AADAfwAAwH8="), "line 5", "NaN");
        refused(to, head + document + chunk + edge + vector, "line 6", "cut off");
        refused(to, whole.substring(0, whole.length() - 1), "line 6", "middle");
        refused(to, whole + "{}\n", "line 7", "after the end");
        refused(to, whole.replace("\"containers\":2", "\"containers\":3"), "line 6", "3");
        refused(to, exported(from).replace("\"name\":\"a\"", "\"name\":\"b\""), "line 6", "sha256");
        refused(to, head + "[".repeat(100_000) + "\n", "line 2");
        refused(to, head + "{\"container\":" + "[".repeat(5000) + "\n", "line 2");
        assertEquals(2, transfer(to).take(file(whole), false, Progress.NONE).containers());
    }

    @Test
    public void aPackedFileThatIsCutOffOrNoTextIsRefused() throws Exception {
        OpenStore from = open();
        for (int i = 0; i < 50; i++) {
            document(from, "a" + i, "1", ContainerType.CHUNK);
        }
        OpenStore to = open();
        Path file = temporary.newFile().toPath();
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(exported(from).getBytes(StandardCharsets.UTF_8));
        }
        byte[] packed = Files.readAllBytes(file);
        for (int end : new int[] { 1, 5, packed.length / 2, packed.length - 1 }) {
            Files.write(file, Arrays.copyOf(packed, end));
            CareException e = assertThrows(CareException.class, () -> transfer(to).take(file, false, Progress.NONE));
            assertTrue(e.getMessage(), e.getMessage().contains(file.toString()));
        }
        Files.write(file, new byte[] { '{', (byte) 0xff, '}', '\n' });
        assertTrue(assertThrows(CareException.class, () -> transfer(to).take(file, false, Progress.NONE)).getMessage().contains("UTF-8"));
        assertThrows(CareException.class, () -> transfer(to).take(temporary.getRoot().toPath(), false, Progress.NONE));
        assertThrows(CareException.class, () -> transfer(to).take(Path.of("/none"), false, Progress.NONE));
        assertEquals(0, to.store().sequence());
        assertFalse(Thread.interrupted());
    }
}
