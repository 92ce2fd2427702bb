package studio.ozone.zsei.tika.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;
import org.apache.poi.hssf.usermodel.HSSFWorkbook;
import org.apache.poi.xssf.usermodel.XSSFWorkbook;
import org.apache.poi.xwpf.usermodel.XWPFDocument;
import org.apache.poi.xwpf.usermodel.XWPFParagraph;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.SourceException;
import studio.ozone.api.zsei.SourceException.Code;
import studio.ozone.api.zsei.Sources.Heading;
import studio.ozone.zsei.sources.Extractor.Extraction;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** Real documents, made here, go through a real reading process. */
public class TikaExtractorTest {

    @ClassRule
    public static final TemporaryFolder FOLDER = new TemporaryFolder();

    private static final Duration TIME = Duration.ofSeconds(60);
    private static final int MANY = 1 << 26;
    private static ExecutorService pool;
    private static ScheduledExecutorService timer;
    private static TikaExtractor extractor;

    @BeforeClass
    public static void start() throws IOException {
        pool = Executors.newCachedThreadPool();
        timer = Executors.newSingleThreadScheduledExecutor();
        extractor = extractor(256, 60);
    }

    private static TikaExtractor extractor(int heapMb, int idleSeconds) throws IOException {
        Workers workers = new Workers() {
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
                return timer;
            }

            @Override
            public boolean close(String name, Duration within) {
                return true;
            }
        };
        TikaExtractor.Config config = new TikaExtractor.Config() {
            @Override
            public Class<? extends Annotation> annotationType() {
                return TikaExtractor.Config.class;
            }

            @Override
            public int heap__mb() {
                return heapMb;
            }

            @Override
            public int idle__seconds() {
                return idleSeconds;
            }
        };
        return new TikaExtractor(() -> System.getProperty("java.class.path"), FOLDER.newFolder().toPath(), workers, config);
    }

    @AfterClass
    public static void stop() {
        extractor.close();
        pool.shutdownNow();
        timer.shutdownNow();
    }

    private static Extraction read(Path file, String kind) throws Exception {
        return extractor.extract(file, kind, MANY, TIME);
    }

    private static Path file(String name, String content) throws IOException {
        return Files.writeString(FOLDER.getRoot().toPath().resolve(name), content);
    }

    private static Path pdf(String name, String password, String... lines) throws IOException {
        Path file = FOLDER.getRoot().toPath().resolve(name);
        try (PDDocument document = new PDDocument()) {
            PDPage page = new PDPage();
            document.addPage(page);
            try (PDPageContentStream content = new PDPageContentStream(document, page)) {
                content.beginText();
                content.setFont(new PDType1Font(Standard14Fonts.FontName.HELVETICA), 12);
                content.newLineAtOffset(50, 700);
                content.setLeading(14);
                for (String line : lines) {
                    content.showText(line);
                    content.newLine();
                }
                content.endText();
            }
            if (password != null) {
                document.protect(new StandardProtectionPolicy(password, password, new AccessPermission()));
            }
            document.save(file.toFile());
        }
        return file;
    }

    @Test
    public void readsPdf() throws Exception {
        Extraction extraction = read(pdf("boiler.pdf", null, "The boiler is serviced in March.", "Call Mrs Ode before."), "pdf");
        assertTrue(extraction.text(), extraction.text().contains("The boiler is serviced in March."));
        assertTrue(extraction.text(), extraction.text().contains("Call Mrs Ode before."));
    }

    @Test
    public void saysThatAPdfHasAPassword() throws Exception {
        Path file = pdf("secret.pdf", "sesame", "Nobody reads this.");
        SourceException refused = assertThrows(SourceException.class, () -> read(file, "pdf"));
        assertEquals(Code.ENCRYPTED, refused.code());
        assertTrue(refused.getMessage(), refused.getMessage().contains("secret.pdf is protected with a password"));
    }

    @Test
    public void readsHtmlAsABrowserShowsIt() throws Exception {
        Path file = file("page.html", """
                <!DOCTYPE html><html><head><title>The  page</title><script>var x = "hidden";</script><style>p {}</style></head>
                <body><h1>Top \ud83d\ude00 title</h1><p>First
                  line,   still <b>the same</b> sentence.</p><ul><li>one<li>two</ul>
                <h2>Below</h2><pre>a
                  b</pre><table><tr><td>1</td><td>2</td></tr></table></body></html>
                """);
        Extraction extraction = read(file, "html");
        assertEquals("The page", extraction.title());
        assertEquals("Top \ud83d\ude00 title\n\nFirst line, still the same sentence.\n\none\ntwo\n\nBelow\n\na\n  b\n\n1\t2", extraction.text());
        assertEquals(List.of(new Heading(1, "Top \ud83d\ude00 title", 0),
                new Heading(2, "Below", extraction.text().codePointCount(0, extraction.text().indexOf("Below")))), extraction.headings());
    }

    @Test
    public void readsWordWithHeadings() throws Exception {
        Path file = FOLDER.getRoot().toPath().resolve("letter.docx");
        try (XWPFDocument document = new XWPFDocument(); OutputStream out = Files.newOutputStream(file)) {
            document.createStyles();
            var style = org.openxmlformats.schemas.wordprocessingml.x2006.main.CTStyle.Factory.newInstance();
            style.setStyleId("Heading1");
            style.addNewName().setVal("heading 1");
            document.getStyles().addStyle(new org.apache.poi.xwpf.usermodel.XWPFStyle(style));
            XWPFParagraph heading = document.createParagraph();
            heading.setStyle("Heading1");
            heading.createRun().setText("Heating");
            document.createParagraph().createRun().setText("The pump hums at night.");
            document.write(out);
        }
        Extraction extraction = read(file, "office");
        assertEquals("Heating\n\nThe pump hums at night.", extraction.text());
        assertEquals(List.of(new Heading(1, "Heating", 0)), extraction.headings());
    }

    @Test
    public void readsOpenDocument() throws Exception {
        Path file = FOLDER.getRoot().toPath().resolve("note.odt");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            entry(zip, "mimetype", "application/vnd.oasis.opendocument.text");
            entry(zip, "content.xml", """
                    <?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
                    xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>
                    <text:h text:outline-level="1">Garden</text:h><text:p>Water the lemon tree.</text:p>
                    </office:text></office:body></office:document-content>""");
        }
        Extraction extraction = read(file, "office");
        assertTrue(extraction.text(), extraction.text().contains("Garden\n\nWater the lemon tree."));
        assertEquals("Garden", extraction.headings().getFirst().text());
    }

    @Test
    public void readsSheetsOldAndNew() throws Exception {
        Path old = FOLDER.getRoot().toPath().resolve("prices.xls");
        try (HSSFWorkbook book = new HSSFWorkbook(); OutputStream out = Files.newOutputStream(old)) {
            book.createSheet("Prices").createRow(0).createCell(0).setCellValue("lemons");
            book.write(out);
        }
        assertTrue(read(old, "office").text().contains("lemons"));
        Path recent = FOLDER.getRoot().toPath().resolve("prices.xlsx");
        try (XSSFWorkbook book = new XSSFWorkbook(); OutputStream out = Files.newOutputStream(recent)) {
            book.createSheet("Prices").createRow(0).createCell(0).setCellValue("oranges");
            book.write(out);
        }
        assertTrue(read(recent, "office").text().contains("oranges"));
    }

    @Test
    public void readsRtf() throws Exception {
        assertTrue(read(file("n.rtf", "{\\rtf1\\ansi The key is under the mat.\\par}"), "office").text().contains("under the mat."));
    }

    private static void entry(ZipOutputStream zip, String name, String content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }

    @Test
    public void refusesAZipBomb() throws Exception {
        Path file = FOLDER.getRoot().toPath().resolve("bomb.docx");
        byte[] spaces = new byte[1 << 20];
        Arrays.fill(spaces, (byte) ' ');
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            entry(zip, "[Content_Types].xml", "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/"
                    + "content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
                    + "<Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument."
                    + "wordprocessingml.document.main+xml\"/></Types>");
            entry(zip, "_rels/.rels", "<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/"
                    + "relationships\"><Relationship Id=\"r\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
                    + "officeDocument\" Target=\"word/document.xml\"/></Relationships>");
            zip.putNextEntry(new ZipEntry("word/document.xml"));
            zip.write(("<?xml version=\"1.0\"?><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">"
                    + "<w:body><w:p><w:r><w:t>").getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < 400; i++) {
                zip.write(spaces);
            }
            zip.write("</w:t></w:r></w:p></w:body></w:document>".getBytes(StandardCharsets.UTF_8));
            zip.closeEntry();
        }
        assertTrue(Files.size(file) < 1 << 20);
        SourceException refused = assertThrows(SourceException.class, () -> read(file, "office"));
        assertEquals(refused.getMessage(), Code.BOMB, refused.code());
        assertTrue("the next file is read all the same", read(file("after.html", "<p>still here"), "html").text().contains("still here"));
    }

    @Test
    public void survivesNestingWithoutEnd() throws Exception {
        Path file = file("deep.html", "<div>".repeat(200_000) + "bottom");
        try {
            read(file, "html");
        } catch (SourceException e) {
            assertFalse(e.getMessage().isBlank());
        }
        assertTrue(read(file("after2.html", "<p>still here"), "html").text().contains("still here"));
    }

    @Test
    public void namesWhatIsBroken() throws Exception {
        SourceException refused = assertThrows(SourceException.class, () -> read(file("cut.pdf", "%PDF-1.7\n1 0 obj\n<<"), "pdf"));
        assertEquals(Code.BROKEN, refused.code());
        assertTrue(refused.getMessage(), refused.getMessage().contains("cut.pdf is damaged"));
    }

    @Test
    public void limitsTheText() throws Exception {
        Path file = file("long.html", "<p>" + "word ".repeat(10_000));
        SourceException refused = assertThrows(SourceException.class, () -> extractor.extract(file, "html", 1000, TIME));
        assertEquals(Code.BOMB, refused.code());
    }

    @Test
    public void limitsTheTime() throws Exception {
        TikaExtractor other = extractor(128, 60);
        SourceException refused = assertThrows(SourceException.class,
                () -> other.extract(file("slow.html", "<p>x"), "html", MANY, Duration.ofMillis(1)));
        assertEquals(Code.BROKEN, refused.code());
        assertEquals("x", other.extract(file("slow2.html", "<p>x"), "html", MANY, TIME).text());
        other.close();
    }

    @Test
    public void endsTheProcessWhenIdle() throws Exception {
        TikaExtractor other = extractor(128, 1);
        other.extract(file("idle.html", "<p>x"), "html", MANY, TIME);
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (other.running() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertFalse(other.running());
    }

    @Test
    public void anInterruptCancels() throws Exception {
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> read(file("cancelled.html", "<p>x"), "html"));
        assertFalse(Thread.interrupted());
        assertSame("the next one works", "x".length(), read(file("next.html", "<p>x"), "html").text().length());
    }
}
