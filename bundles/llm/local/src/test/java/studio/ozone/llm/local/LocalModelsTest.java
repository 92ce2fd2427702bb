package studio.ozone.llm.local;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.config.Edit;
import studio.ozone.api.config.Origin;
import studio.ozone.api.config.Settings;
import studio.ozone.api.llm.Models;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.runtime.Progress;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** Files of models: taken in whole or not at all, checked before they count, fetched to the end however often it breaks off. */
public class LocalModelsTest {

    private static final String REFERENCE = "hf:owner/repo/Small-Q4.gguf";

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private final byte[] model = GgufFile.small();
    private final List<String> ranges = new ArrayList<>();
    private Path folder;
    private Home home;
    private HttpServer hub;
    private LocalModels models;
    private Edit.Keys applied;
    private byte[] served = model;
    private String told;
    private String etag = "\"one\"";
    private int most = Integer.MAX_VALUE;
    /** What the server says a file is long; 0 for the truth. */
    private long claimed;

    @Before
    public void start() throws Exception {
        folder = temporary.getRoot().toPath();
        hub = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        hub.createContext("/", this::serve);
        hub.start();
        String place = "http://127.0.0.1:" + hub.getAddress().getPort();
        home = new Home(folder, new PlainEgress(uri -> URI.create(uri.toString().replace("https://huggingface.co", place))));
        Settings settings = (Settings) Proxy.newProxyInstance(Settings.class.getClassLoader(), new Class<?>[] {Settings.class}, (proxy, method, arguments) -> {
            applied = (Edit.Keys) arguments[0];
            return null;
        });
        models = new LocalModels(home.engine(), settings, home.workers);
        told = sha256(model);
    }

    @After
    public void stop() {
        home.close();
        hub.stop(0);
    }

    private void serve(HttpExchange exchange) throws IOException {
        byte[] whole = served;
        if (exchange.getRequestURI().getPath().startsWith("/owner/repo/raw/")) {
            whole = ("version https://git-lfs.github.com/spec/v1\n" + (told == null ? "" : "oid sha256:" + told + "\n") + "size " + model.length + "\n")
                .getBytes(StandardCharsets.UTF_8);
        } else if (!exchange.getRequestURI().getPath().equals("/owner/repo/resolve/main/Small-Q4.gguf")) {
            exchange.sendResponseHeaders(404, -1);
            return;
        } else {
            ranges.add(exchange.getRequestHeaders().getFirst("Range"));
        }
        String range = exchange.getRequestHeaders().getFirst("Range");
        int from = 0;
        if (range != null && etag.equals(exchange.getRequestHeaders().getFirst("If-Range"))) {
            from = Integer.parseInt(range.replaceAll("\\D", ""));
            exchange.getResponseHeaders().set("Content-Range", from == whole.length ? "bytes */" + from : "bytes " + from + "-" + (whole.length - 1) + "/" + whole.length);
        }
        exchange.getResponseHeaders().set("ETag", etag);
        if (claimed > 0 && whole == served) {
            exchange.sendResponseHeaders(200, claimed);
            exchange.getResponseBody().write("GGUF".getBytes(StandardCharsets.US_ASCII));
            exchange.getResponseBody().flush();
            exchange.close();
            return;
        }
        if (from == whole.length) {
            exchange.sendResponseHeaders(416, -1);
            return;
        }
        exchange.sendResponseHeaders(from == 0 ? 200 : 206, whole.length - from);
        OutputStream out = exchange.getResponseBody();
        out.write(whole, from, Math.min(most, whole.length - from));
        out.flush();
        exchange.close();     // cut off where not all of it was written
    }

    @Test
    public void aFileIsTakenInWithWhatIsKnownOfIt() throws Exception {
        Path file = Files.write(folder.resolve("My Model (v1).gguf"), model);
        Models.Model added = models.add(file, false, Progress.NONE);
        assertEquals("My-Model-v1-", added.name());
        assertEquals(sha256(model), added.sha256());
        assertTrue(added.chosen());
        assertArrayEquals(model, Files.readAllBytes(added.file()));
        assertEquals(true, models.show(added.name(), true, Progress.NONE).verified());
        assertNull(models.show(added.name(), false, Progress.NONE).verified());
        assertRefused("already", () -> models.add(file, false, Progress.NONE));
        models.add(file, true, Progress.NONE);
        Files.write(added.file(), new byte[] {0}, java.nio.file.StandardOpenOption.APPEND);
        assertRefused("not what was recorded", () -> models.show(added.name(), true, Progress.NONE));
        models.remove(added.name());
        assertEquals(List.of(), models.list());
        assertEquals(List.of(), left());
    }

    @Test
    public void whatIsNoModelIsNotTakenIn() throws Exception {
        for (byte[] bad : List.of("<html>".repeat(20).getBytes(StandardCharsets.UTF_8), Arrays.copyOf(model, model.length / 2), new byte[0])) {
            Path file = Files.write(folder.resolve("bad.gguf"), bad);
            assertRefused(bad.length == 0 ? "GGUF" : file.toString(), () -> models.add(file, false, Progress.NONE));
        }
        Path part = Files.write(folder.resolve("big-00001-of-00003.gguf"), model);
        assertRefused("one of several parts", () -> models.add(part, false, Progress.NONE));
        Path other = Files.write(folder.resolve("model.bin"), model);
        assertRefused("ends in .gguf", () -> models.add(other, false, Progress.NONE));
        assertRefused("There is no file", () -> models.add(folder.resolve("nowhere.gguf"), false, Progress.NONE));
        assertEquals(List.of(), left());
    }

    @Test
    public void aNameIsNoPath() {
        for (String name : List.of("../x", "..", "/etc/passwd", "a/b", "a\\b", "", ".hidden", "a\0b", "x".repeat(200))) {
            assertRefused("There is no model", () -> models.show(name, false, Progress.NONE));
            assertRefused("There is no model", () -> models.remove(name));
            assertRefused("There is no model", () -> models.use(name, false, new Origin("command", "me")));
        }
    }

    @Test
    public void whatCannotBeAskedForIsListedWithTheReasonAndStandsInNobodysWay() throws Exception {
        home.model("small", model).model("<img src=x onerror=alert(1)>", model).model("Mein M\u00f6del", model);
        Files.createDirectories(folder.resolve("models/folder.gguf"));
        Files.createSymbolicLink(folder.resolve("models/nowhere.gguf"), folder.resolve("nowhere"));
        List<Models.Model> all = models.list();
        assertEquals(List.of("small", "<img src=x onerror=alert(1)>", "Mein M\u00f6del"), all.stream().map(Models.Model::name).toList());
        assertTrue(all.getFirst().chosen());
        assertTrue(all.getLast().problem(), all.getLast().problem().contains("Rename the file"));
        assertEquals("small", models.show("small", false, Progress.NONE).model().name());
        assertRefused("There is no model", () -> models.show("Mein M\u00f6del", false, Progress.NONE));
    }

    @Test
    public void aModelTooLargeForTheMemoryIsRefusedUnlessForced() throws Exception {
        home.model("small", withCache(8_192));
        home.set("context__length", 10_000_000);
        String message = assertRefused("needs", () -> models.use("small", false, new Origin("command", "me")));
        assertTrue(message, message.contains("free are") && message.contains("--force"));
        models.use("small", true, new Origin("command", "me"));
        assertEquals("small", applied.set().get("llm.local.default_model"));
        assertEquals("false", applied.set().get("llm.local.memory_check"));
    }

    @Test
    public void aModelIsPulledAndCompared() throws Exception {
        Models.Model pulled = models.pull(REFERENCE, null, false, Progress.NONE);
        assertEquals("Small-Q4", pulled.name());
        assertEquals(REFERENCE, pulled.source());
        assertEquals(told, pulled.sha256());
        assertArrayEquals(model, Files.readAllBytes(pulled.file()));
        assertRefused("already", () -> models.pull(REFERENCE, null, false, Progress.NONE));
        told = "0".repeat(64);
        assertRefused("the server says", () -> models.pull(REFERENCE, null, true, Progress.NONE));
        assertRefused("you gave", () -> models.pull(REFERENCE, "f".repeat(64), true, Progress.NONE));
        assertRefused("64 hexadecimal", () -> models.pull(REFERENCE, "xyz", true, Progress.NONE));
        assertArrayEquals("What was there stays", model, Files.readAllBytes(pulled.file()));
        assertEquals(List.of("Small-Q4.gguf", "Small-Q4.gguf.json"), left());
    }

    @Test
    public void whatBrokeOffGoesOn() throws Exception {
        most = model.length / 2;
        assertRefused("goes on from there", () -> models.pull(REFERENCE, null, false, Progress.NONE));
        most = Integer.MAX_VALUE;
        assertArrayEquals(model, Files.readAllBytes(models.pull(REFERENCE, null, false, Progress.NONE).file()));
        assertEquals(2, ranges.size());
        assertEquals("bytes=" + model.length / 2 + "-", ranges.getLast());
        assertEquals(List.of("Small-Q4.gguf", "Small-Q4.gguf.json"), left());
    }

    @Test
    public void whatTheDiskHasNoRoomForIsNotBegun() throws Exception {
        told = null;
        claimed = 100_000_000_000_000_000L;
        String message = assertRefused("on the disk of", () -> models.pull("hf:owner/repo/Small-Q4.gguf", null, false, Progress.NONE));
        assertTrue(message, message.contains("100000000.00 GB") && message.contains("llm.local.model_directory"));
        assertEquals(List.of(), left());
    }

    @Test
    public void aFileThatChangedMeanwhileComesAnew() throws Exception {
        most = model.length / 2;
        assertRefused("goes on from there", () -> models.pull(REFERENCE, null, false, Progress.NONE));
        most = Integer.MAX_VALUE;
        etag = "\"two\"";
        assertArrayEquals(model, Files.readAllBytes(models.pull(REFERENCE, null, false, Progress.NONE).file()));
    }

    @Test
    public void aPageIsNoModel() throws Exception {
        served = "<!doctype html> sign in".getBytes(StandardCharsets.UTF_8);
        told = null;
        assertRefused("does not begin with GGUF", () -> models.pull(REFERENCE, null, false, Progress.NONE));
        assertEquals(List.of(), models.list());
        assertRefused("no such file", () -> models.pull("hf:owner/repo/other/Thing.gguf", null, false, Progress.NONE));
        for (String wrong : List.of("http://example.org/a.gguf", "hf:owner/a.gguf", "hf:o/r/../../a.gguf", "file:///a.gguf", "https://user@example.org/a.gguf", "a b",
                "https:///a.gguf")) {
            assertRefused("no reference to a model", () -> models.pull(wrong, null, false, Progress.NONE));
        }
        assertRefused("ends in .gguf", () -> models.pull("https://example.org/model", null, false, Progress.NONE));
    }

    @Test
    public void whatFitsFollowsTheGuide() {
        List<Models.Fit> fits = Needs.fits(5L << 30);
        assertEquals(12, fits.size());
        assertEquals(List.of("1B Q4_K_M", "1B Q5_K_M", "1B Q8_0", "3B Q4_K_M", "3B Q5_K_M"),
            fits.stream().filter(Models.Fit::fits).map(fit -> fit.size() + " " + fit.quantisation()).toList());
        assertEquals(8L << 30, Needs.guide(7_200_000_000L));
        assertEquals(2L << 30, Needs.guide(135_000_000));
        assertTrue(models.recommend().freeBytes() > 0);
    }

    /** A head that claims many heads of keys and values. */
    private static byte[] withCache(int embedding) {
        GgufFile file = new GgufFile().head(3, 1, 5);
        file.text("general.architecture").i32(8).text("llama");
        file.text("llama.block_count").i32(4).i32(200);
        file.text("llama.embedding_length").i32(4).i32(embedding);
        file.text("llama.attention.head_count").i32(4).i32(64);
        file.text("llama.context_length").i32(4).i32(10_000_000);
        return file.tensor("norm.weight", 0, 0, 8).pad(32).bytes(32).bytes();
    }

    private interface Call {
        Object run() throws Exception;
    }

    private static String assertRefused(String part, Call call) {
        ProviderException failure = assertThrows(ProviderException.class, call::run);
        assertTrue(failure.getMessage(), failure.getMessage().contains(part));
        assertFalse(failure.getMessage(), failure.getMessage().matches("(?s).*[\\x00-\\x09].*"));
        return failure.getMessage();
    }

    /** What lies in the folder. */
    private List<String> left() throws IOException {
        if (!Files.exists(folder.resolve("models"))) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder.resolve("models"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
