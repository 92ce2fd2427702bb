package studio.ozone.zsei.sources.internal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.annotation.Annotation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.ComponentServiceObjects;

import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.SourceException;
import studio.ozone.api.zsei.SourceException.Code;
import studio.ozone.api.zsei.Sources.Document;
import studio.ozone.api.zsei.Sources.Heading;
import studio.ozone.api.zsei.Sources.Text;
import studio.ozone.api.zsei.Sources.Visitor;
import studio.ozone.zsei.sources.Extractor;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

public class FileSourcesTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final List<Path> extracted = new ArrayList<>();
    private Path root;
    private FileSources sources;

    @Before
    public void start() throws IOException {
        root = folder.getRoot().toPath().toRealPath();
        sources = sources();
    }

    /** Its extractor upper-cases what it reads, and notes that it did. */
    private FileSources sources() {
        Extractor extractor = new Extractor() {
            @Override
            public String version() {
                return "upper-1";
            }

            @Override
            public Extraction extract(Path file, String kind, int maxChars, Duration atMost) throws SourceException {
                extracted.add(file);
                try {
                    return new Extraction(null, Files.readString(file).replace("%PDF-", "").toUpperCase(), List.of(new Heading(1, "H", 0)));
                } catch (IOException e) {
                    throw new SourceException(Code.BROKEN, e.getMessage(), e);
                }
            }
        };
        ComponentServiceObjects<Extractor> services = new ComponentServiceObjects<>() {
            @Override
            public Extractor getService() {
                return extractor;
            }

            @Override
            public void ungetService(Extractor service) {
                assertSame(extractor, service);
            }

            @Override
            public ServiceReference<Extractor> getServiceReference() {
                return null;
            }
        };
        return new FileSources(root.resolve("data"), services, config(1, 1));
    }

    private static FileSources.Config config(int maxFileMb, int cacheMb) {
        return new FileSources.Config() {
            @Override
            public Class<? extends Annotation> annotationType() {
                return FileSources.Config.class;
            }

            @Override
            public int max__file__mb() {
                return maxFileMb;
            }

            @Override
            public int extract__timeout__seconds() {
                return 10;
            }

            @Override
            public int cache__mb() {
                return cacheMb;
            }

            @Override
            public int text__cache__mb() {
                return 4;
            }
        };
    }

    private Path write(String name, byte[] content) throws IOException {
        return Files.write(root.resolve(name), content);
    }

    private Path write(String name, String content) throws IOException {
        return write(name, content.getBytes(StandardCharsets.UTF_8));
    }

    private Document one(Path file) throws Exception {
        List<Document> documents = new ArrayList<>();
        assertFalse(sources.read(file, documents::add));
        assertEquals(1, documents.size());
        return documents.getFirst();
    }

    private static Container container(Path file, String record, int start, int end, String hash, Map<String, String> attributes) {
        return Container.of(1, 0, ContainerType.CHUNK, "c", file.toString(), record, start, end, hash, attributes);
    }

    private static Container document(Path file) {
        return container(file, null, 0, 0, null, Map.of());
    }

    private SourceException refused(Path file) {
        return assertThrows(SourceException.class, () -> sources.read(file, ignored -> { }));
    }

    @Test
    public void textStandsAsItIs() throws Exception {
        String content = "\ufeffa\r\nb\rc\n\ud83d\ude00 d";
        Path file = write("t.txt", content);
        assertEquals(content, one(file).text());
        Text text = sources.text(document(file));
        assertEquals("a byte order mark is a code point, as in Python", 11, text.length());
        assertEquals("\ud83d\ude00 d", text.slice(8, 11));
        assertEquals(List.of(1, 2, 3, 4), List.of(text.line(1), text.line(4), text.line(6), text.line(8)));
        assertThrows(IndexOutOfBoundsException.class, () -> text.slice(0, 12));
        assertThrows(IndexOutOfBoundsException.class, () -> text.line(12));
    }

    @Test
    public void utf16IsReadWithItsMarkOnly() throws Exception {
        assertEquals("h\u00e9", one(write("le.txt", new byte[] {(byte) 0xff, (byte) 0xfe, 'h', 0, (byte) 0xe9, 0})).text());
        assertEquals("h\u00e9", one(write("be", new byte[] {(byte) 0xfe, (byte) 0xff, 0, 'h', 0, (byte) 0xe9})).text());
        assertEquals(Code.NOT_TEXT, refused(write("bare.txt", new byte[] {'h', 0, 'i', 0})).code());
    }

    @Test
    public void whatIsNoTextIsNamed() throws Exception {
        Path latin = write("latin.txt", new byte[] {'a', 'b', (byte) 0xe9, 'c'});
        assertTrue("a text's name is enough to be asked for, so that a folder's list names it", sources.readable(latin));
        SourceException invalid = refused(latin);
        assertEquals(Code.NOT_TEXT, invalid.code());
        assertTrue(invalid.getMessage(), invalid.getMessage().contains("position 2"));
        assertTrue(invalid.getMessage(), refused(write("cut.md", new byte[] {'a', (byte) 0xe2, (byte) 0x82})).getMessage().contains("position 1"));
        Path film = write("film.ts", new byte[] {'G', 0, 1, 2});
        assertFalse(sources.readable(film));
        assertEquals(Code.UNSUPPORTED, refused(film).code());
        assertEquals(Code.UNSUPPORTED, refused(root).code());
        assertEquals(Code.GONE, refused(root.resolve("nothing")).code());
        assertFalse(sources.readable(write("picture", new byte[] {(byte) 0x89, 'P', 'N', 'G', 0})));
        assertTrue(sources.readable(write("Makefile", "all:\n\ttrue\n")));
    }

    @Test
    public void aCharacterAcrossTheProbedPartIsNoError() throws Exception {
        for (int before = 8188; before <= 8192; before++) {
            Path file = write("probe", "x".repeat(before) + "\ud83d\ude00");
            assertTrue(sources.readable(file));
            assertEquals(before + 1, sources.text(document(file)).length());
        }
    }

    @Test
    public void aLargeFileIsRefusedUnread() throws Exception {
        Path file = root.resolve("large.txt");
        try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
            large.setLength(2L << 30);
        }
        assertEquals(Code.TOO_LARGE, assertThrows(SourceException.class, () -> sources.readable(file)).code());
        long began = System.nanoTime();
        SourceException refused = refused(file);
        assertTrue(System.nanoTime() - began < 1_000_000_000L);
        assertEquals(Code.TOO_LARGE, refused.code());
        assertTrue(refused.getMessage(), refused.getMessage().contains("2048 MB") && refused.getMessage().contains("zsei.sources.max_file_mb"));
        Files.delete(file);
    }

    @Test
    public void markdownHasHeadings() throws Exception {
        Document document = one(write("m.md", """
                ---
                title: front matter
                ---
                # The *first* `one` #

                ```
                # not this
                ```
                Second
                ======
                Text
                - item
                ---
                ### [Third](x.md) \ud83d\ude00
                <!--
                # nor this
                -->
                #nor this
                Fourth
                ---
                """));
        assertEquals("The first one", document.title());
        assertEquals(List.of("1 The first one", "1 Second", "3 Third \ud83d\ude00", "2 Fourth"),
                document.headings().stream().map(each -> each.level() + " " + each.text()).toList());
        Text text = PlacedText.whole(document.text());
        for (Heading heading : document.headings()) {
            assertTrue(text.slice(heading.start(), heading.start() + 10).startsWith("#")
                    || text.slice(heading.start(), heading.start() + 6).equals(heading.text()));
        }
    }

    @Test
    public void aChunkIsCheckedAgainstItsFile() throws Exception {
        Path file = write("c.txt", "one \ud83d\ude00 two three");
        Container chunk = container(file, null, 4, 9, Hashes.of("\ud83d\ude00 two"), Map.of("kind", "text"));
        assertEquals("\ud83d\ude00 two", sources.chunk(chunk));
        FileTime time = Files.getLastModifiedTime(file);
        write("c.txt", "one \ud83d\ude00 TWO three");
        Files.setLastModifiedTime(file, time);
        SourceException changed = assertThrows("same size, same time, other content", SourceException.class, () -> sources.chunk(chunk));
        assertEquals(Code.CHANGED, changed.code());
        write("c.txt", "one");
        assertEquals(Code.CHANGED, assertThrows(SourceException.class, () -> sources.chunk(chunk)).code());
        Files.delete(file);
        assertEquals(Code.GONE, assertThrows(SourceException.class, () -> sources.chunk(chunk)).code());
    }

    @Test
    public void aTextIsHeldWhileItsFileStays() throws Exception {
        Path file = write("c.txt", "one");
        Text first = sources.text(document(file));
        assertSame(first, sources.text(document(file)));
        Path large = write("large.txt", "x".repeat(900_000));
        assertNotNull(sources.text(document(large)));
        assertSame("what alone is more than the cache does not push others out", first, sources.text(document(file)));
    }

    @Test
    public void aRecordIsFoundWhereItHasMoved() throws Exception {
        Path file = write("r.jsonl", "\ufeff{\"id\":1,\"text\":\"one\"}\n{\"id\":2,\"title\":\" Two \",\"text\":\"two\"}\r\n");
        List<Document> documents = new ArrayList<>();
        assertTrue(sources.read(file, documents::add));
        assertEquals(List.of("1", "Two"), documents.stream().map(Document::title).toList());
        Container second = container(file, "2", 0, 3, Hashes.of("two"), documents.get(1).locator());
        assertEquals(2, sources.text(second).line(1));
        assertEquals("two", sources.chunk(second));
        write("r.jsonl", "{\"id\":0,\"text\":\"a longer line than before\"}\nbroken\n{\"id\":2,\"text\":\"two\"}");
        assertEquals("two", sources.chunk(second));
        assertEquals(3, sources.text(second).line(0));
        write("r.jsonl", "{\"id\":0,\"text\":\"two is gone\"}");
        assertEquals(Code.GONE, assertThrows(SourceException.class, () -> sources.chunk(second)).code());
    }

    @Test
    public void hostileLinesAreReportedAndTheRestIsRead() throws Exception {
        Path file = write("h.jsonl", "{\"id\":1,\"text\":\"one\"}\n" + "[".repeat(100_000) + "\n{\"id\":2,\"text\":\"" + "x".repeat(2 << 20)
                + "\"}\n{\"id\":true,\"text\":\"\"}\n{\"id\":\"\",\"text\":\"x\"}\n{\"id\":3,\"text\":\"three\"}");
        List<String> failed = new ArrayList<>();
        List<String> read = new ArrayList<>();
        sources.read(file, new Visitor() {
            @Override
            public void document(Document document) {
                read.add(document.record());
            }

            @Override
            public void unreadable(long line, String reason) {
                failed.add(line + " " + reason);
            }
        });
        assertEquals(List.of("1", "3"), read);
        assertEquals(failed.toString(), List.of("2", "3", "4", "5"), failed.stream().map(each -> each.substring(0, 1)).toList());
        assertTrue(failed.toString(), failed.get(1).contains("longer than 1 MB"));
    }

    @Test
    public void extractedTextsAreKeptByContent() throws Exception {
        Path file = write("p.pdf", "%PDF-one two");
        Document document = one(file);
        assertEquals("ONE TWO", document.text());
        assertEquals("pdf", document.kind());
        sources = sources(); // as after a restart
        Path copy = write("other-name", "%PDF-one two");
        assertEquals("ONE TWO", one(copy).text());
        assertEquals("TWO", sources.chunk(container(file, null, 4, 7, Hashes.of("TWO"), document.locator())));
        assertEquals("taken out once", List.of(file), extracted);
        write("p.pdf", "%PDF-one three");
        assertEquals(Code.CHANGED, assertThrows(SourceException.class,
                () -> sources.chunk(container(file, null, 4, 7, Hashes.of("TWO"), document.locator()))).code());
        try (var kept = Files.walk(root.resolve("data"))) {
            for (Path each : kept.filter(Files::isRegularFile).toList()) {
                Files.write(each, new byte[] {1, 2, 3});
            }
        }
        sources = sources();
        assertEquals("a broken copy is made again", "ONE TWO", one(copy).text());
    }

    @Test
    public void aDocumentWithoutTextSaysSo() throws Exception {
        SourceException refused = refused(write("scan.pdf", "%PDF-  "));
        assertEquals(Code.UNSUPPORTED, refused.code());
        assertTrue(refused.getMessage(), refused.getMessage().contains("holds no text"));
    }

    @Test
    public void placesAgreeWithCountingByHand() {
        long seed = System.nanoTime();
        System.out.println("FileSourcesTest seed " + seed);
        Random random = new Random(seed);
        String[] bits = {"a", "\ud83d\ude00", "\n", "\r\n", "\r", "\u00e9", " "};
        for (int round = 0; round < 200; round++) {
            StringBuilder built = new StringBuilder();
            for (int i = random.nextInt(3000); i > 0; i--) {
                built.append(bits[random.nextInt(bits.length)]);
            }
            String string = built.toString();
            Text text = PlacedText.whole(string);
            int[] points = string.codePoints().toArray();
            assertEquals(points.length, text.length());
            int start = random.nextInt(points.length + 1);
            int end = start + random.nextInt(points.length - start + 1);
            assertEquals("seed " + seed, new String(points, start, end - start), text.slice(start, end));
            int line = 1;
            for (int i = 0; i < start; i++) {
                line += points[i] == '\n' || points[i] == '\r' && (i + 1 == points.length || points[i + 1] != '\n') ? 1 : 0;
            }
            assertEquals("seed " + seed, line, text.line(start));
        }
    }

    @Test
    public void aValueOutOfRangeIsNamed() {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> sources.reconfigure(config(0, 1)));
        assertTrue(refused.getMessage(), refused.getMessage().contains("zsei.sources.max_file_mb is 0; it must be 1..512"));
    }
}
