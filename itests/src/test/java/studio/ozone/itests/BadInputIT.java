package studio.ozone.itests;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.junit.After;
import org.junit.AfterClass;
import org.junit.Assume;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.Timeout;

import studio.ozone.runtime.json.Json;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;

/** What is wrong gets a message that says what, and an exit code, and nothing that was there before is lost. */
public class BadInputIT {

    @ClassRule
    public static final TemporaryFolder FOLDER = new TemporaryFolder();

    private static final String GOOD = "The ferry to Islay sails at dawn.";

    private static Distribution distribution;
    private static ServerSocket taken;

    @Rule
    public final Timeout timeout = Timeout.seconds(240);

    @BeforeClass
    public static void start() throws IOException {
        distribution = new Distribution(FOLDER.newFolder("it").toPath());
        taken = new ServerSocket(distribution.port(), 1, InetAddress.getLoopbackAddress());
        distribution.start();
        Path good = FOLDER.newFile("good.txt").toPath();
        Files.writeString(good, GOOD);
        assertEquals(0, distribution.run("ingest", good.toString()).exit());
    }

    @AfterClass
    public static void stop() throws Exception {
        taken.close();
        distribution.close();
    }

    @After
    public void nothingIsLost() throws IOException {
        assertTrue(distribution.run("search", "ferry to Islay", "--mode", "keyword").out().contains("good.txt"));
    }

    @Test
    public void aPortThatIsTaken() throws IOException {
        Distribution.Answer console = distribution.run("console");
        assertEquals(console.toString(), 1, console.exit());
        assertTrue(console.error(), console.error().contains(String.valueOf(distribution.port())) && console.error().contains("web.http.port"));
        assertTrue(distribution.run("health").toString(), distribution.run("health", "--json").out().contains("web.http.port"));
    }

    @Test
    public void aDataHomeThatCannotBeWritten() throws Exception {
        Path file = FOLDER.newFile("file").toPath().toRealPath();
        ProcessBuilder builder = new ProcessBuilder(System.getProperty("ozone.home") + "/ozone-core", "start").redirectErrorStream(true);
        builder.environment().put("OZONE_DATA_DIR", file + "/data");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(said, 1, process.waitFor());
        assertTrue(said, said.contains(file + "/data cannot be written") && said.contains("OZONE_DATA_DIR"));
    }

    @Test
    public void aSecondInstanceOnOneDataHome() throws Exception {
        Distribution second = new Distribution(FOLDER.newFolder("second").toPath(), distribution.data());
        Process process = second.launch();
        assertTrue("it ends by itself", process.waitFor(120, TimeUnit.SECONDS));
        assertEquals(1, process.exitValue());
        String said = Files.readString(distribution.data().resolve("log/console.log"));
        assertTrue(said, said.contains("is held by the instance in " + distribution.home() + " (process " + distribution.process().pid() + ")"));
    }

    @Test
    public void questionsThatAreNone() throws IOException {
        refused(2, "question", "prompt", "");
        refused(2, "question", "prompt", " \n ");
        refused(2, "characters", "prompt", "why ".repeat(1 << 18));
    }

    @Test
    public void keysAndValuesThatAreWrong() throws IOException {
        Path file = distribution.home().resolve("etc/ozone.toml");
        String before = Files.readString(file);
        refused(2, "pipeline.built_in.prompt_enabled", "config", "--set", "pipeline.built_in.promt_enabled=false");
        refused(3, "pipeline.built_in.prompt_enabled", "config", "--set", "pipeline.built_in.prompt_enabled=perhaps");
        assertEquals(before, Files.readString(file));
        assertEquals("true", distribution.run("config", "--get", "pipeline.built_in.prompt_enabled").out().strip());
    }

    @Test
    public void filesThatCannotBeReadAreNamedAndTheOthersAreRead() throws Exception {
        Path folder = FOLDER.newFolder("bad").toPath().toRealPath();
        Path secret = FOLDER.newFolder("elsewhere").toPath().toRealPath().resolve("secret.txt");
        Files.writeString(secret, "The password of the vault is quicksilver.");
        Files.createSymbolicLink(folder.resolve("link.txt"), secret);
        Files.write(folder.resolve("latin1.txt"), "Grüße aus München, sagt der Bär.".getBytes(StandardCharsets.ISO_8859_1));
        try (RandomAccessFile huge = new RandomAccessFile(folder.resolve("huge.txt").toFile(), "rw")) {
            huge.setLength(2L << 30);
        }
        try (PDDocument document = new PDDocument()) {
            document.addPage(new PDPage());
            document.protect(new StandardProtectionPolicy("locked", "locked", new AccessPermission()));
            document.save(folder.resolve("locked.pdf").toFile());
        }
        bomb(folder.resolve("bomb.docx"));
        Files.writeString(folder.resolve("fine.md"), "# Fine\n\nThe harbour master is called Tormod.\n");

        Distribution.Answer answer = distribution.run("ingest", folder.toString(), "--json");
        assertEquals(answer.toString(), 1, answer.exit());
        Map<String, Object> report = Json.readObject(answer.out());
        assertEquals(report.toString(), 1, ((Number) report.get("documents")).intValue());
        Map<String, String> reasons = new TreeMap<>();
        for (Object failure : (List<?>) report.get("failed")) {
            reasons.put(Path.of((String) ((Map<?, ?>) failure).get("source")).getFileName().toString(), (String) ((Map<?, ?>) failure).get("reason"));
        }
        Map.of("latin1.txt", "UTF-8", "huge.txt", "2", "locked.pdf", "password", "bomb.docx", "memory", "link.txt", "outside").forEach((name, word) ->
                assertTrue(name + " " + reasons, reasons.containsKey(name) && reasons.get(name).contains(word)));
        assertFalse(distribution.run("search", "quicksilver", "--mode", "keyword").out().contains("secret.txt"));
        assertTrue(distribution.run("search", "Tormod", "--mode", "keyword").out().contains("fine.md"));
    }

    @Test
    public void aDiskThatIsFull() throws Exception {
        Path disk = FOLDER.newFolder("disk").toPath().toRealPath();
        Assume.assumeTrue("a small file system can be mounted", done("mount", "-t", "tmpfs", "-o", "size=48m", "none", disk.toString()));
        Path folder = FOLDER.newFolder("many").toPath().toRealPath();
        try (Distribution small = new Distribution(disk)) {
            Files.writeString(small.home().resolve("etc/words.toml"), "[zsei.embeddings]\nenabled = false\n");
            small.start();
            Acknowledged acknowledged = new Acknowledged(small, folder);
            Random random = new Random(7);
            acknowledged.ingest(50, random);
            Path filler = disk.resolve("filler");
            long room = Files.getFileStore(disk).getUsableSpace();
            Files.write(filler, new byte[(int) Math.max(0, room - (1 << 20))]);
            String said = null;
            for (int file = 0; file < 40 && said == null; file++) {
                try {
                    acknowledged.ingest(400, random);
                } catch (IOException e) {
                    said = e.getMessage();
                }
            }
            assertTrue(String.valueOf(said), said != null && said.contains("exit=1") && (said.contains("full") || said.contains("No space left")));
            Distribution.Answer answer = small.run("search", "the mark of this record", "--mode", "keyword", "--json");
            assertTrue("what was read before is still found: " + answer, answer.exit() == 0 && answer.out().contains("\"source\""));
            Files.delete(filler);
            Distribution.await("the index has caught up", () -> acknowledged.missing().isEmpty());
            acknowledged.ingest(50, random);
            small.stop();
            small.start();
            Distribution.await("all are found", () -> acknowledged.missing().isEmpty());
        } finally {
            assertTrue("unmounted", done("umount", "-l", disk.toString()));
        }
    }

    private static void refused(int exit, String word, String... command) throws IOException {
        Distribution.Answer answer = distribution.run(command);
        assertEquals(answer.toString(), exit, answer.exit());
        assertTrue(answer.toString(), answer.error().contains(word));
        assertNotEquals("", answer.error());
    }

    private static boolean done(String... command) throws Exception {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** 400 MB of spaces in a document of half a megabyte. */
    private static void bomb(Path file) throws IOException {
        byte[] spaces = new byte[1 << 20];
        Arrays.fill(spaces, (byte) ' ');
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            entry(zip, "[Content_Types].xml", "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
                    + "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName="
                    + "\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>");
            entry(zip, "_rels/.rels", "<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
                    + "<Relationship Id=\"r\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" "
                    + "Target=\"word/document.xml\"/></Relationships>");
            zip.putNextEntry(new ZipEntry("word/document.xml"));
            zip.write(("<?xml version=\"1.0\"?><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">"
                    + "<w:body><w:p><w:r><w:t>").getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < 400; i++) {
                zip.write(spaces);
            }
            zip.write("</w:t></w:r></w:p></w:body></w:document>".getBytes(StandardCharsets.UTF_8));
            zip.closeEntry();
        }
    }

    private static void entry(ZipOutputStream zip, String name, String content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }
}
