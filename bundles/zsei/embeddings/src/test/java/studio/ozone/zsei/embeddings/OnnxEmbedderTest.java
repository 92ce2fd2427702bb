package studio.ozone.zsei.embeddings;

import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import com.codahale.metrics.MetricRegistry;
import org.junit.After;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

import studio.ozone.api.kit.TestWorkers;
import studio.ozone.api.runtime.HealthCheck;
import studio.ozone.api.zsei.Embedder;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.runtime.json.Json;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

public class OnnxEmbedderTest {

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    private final TestWorkers workers = TestWorkers.withoutPools();
    private final MetricRegistry metrics = new MetricRegistry();
    private OnnxEmbedder embedder;

    @After
    public void close() {
        if (embedder != null) {
            embedder.close();
        }
        workers.close();
    }

    /** {@code vectors.json}: the same weights run by the Python package onnxruntime. */
    @Test
    public void agreesWithTheReference() throws Exception {
        embedder = open(Model.BUILT_IN, 384, 600);
        assertFalse(embedder.loaded());
        for (Object entry : (List<?>) Json.read(WordPieceTest.text("vectors.json"))) {
            Map<?, ?> golden = (Map<?, ?>) entry;
            float[] vector = embedder.embed((String) golden.get("text"));
            double cosine = 0;
            double square = 0;
            for (int i = 0; i < vector.length; i++) {
                cosine += vector[i] * ((Number) ((List<?>) golden.get("vector")).get(i)).doubleValue();
                square += (double) vector[i] * vector[i];
            }
            assertEquals(1, square, 1e-5);
            // Kernels for 8 bits differ a little between builds of ONNX Runtime.
            assertEquals(1, cosine, 5e-3);
        }
        assertTrue(embedder.loaded());
        assertEquals(HealthCheck.Status.OK, embedder.check().status());
    }

    @Test
    public void severalThreadsGetTheSameVectorsAsOne() throws Exception {
        embedder = open(Model.BUILT_IN, 384, 600);
        List<float[]> alone = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            alone.add(embedder.embed("sentence number " + i));
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<float[]>> together = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                String text = "sentence number " + i;
                together.add(threads.submit(() -> embedder.embed(text)));
            }
            for (int i = 0; i < 12; i++) {
                assertArrayEquals(alone.get(i), together.get(i).get(), 0f);
            }
        }
    }

    @Test
    public void letsTheModelGoWhenIdleAndLoadsItAgain() throws Exception {
        embedder = open(Model.BUILT_IN, 384, 1);
        float[] before = embedder.embed("again");
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (embedder.loaded() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertFalse(embedder.loaded());
        assertArrayEquals(before, embedder.embed("again"), 0f);
    }

    @Test
    public void writesADamagedModelAgain() throws Exception {
        embedder = open(Model.BUILT_IN, 384, 600);
        float[] before = embedder.embed("damage");
        embedder.close();
        Path weights = folder.getRoot().toPath().resolve("models/all-MiniLM-L6-v2-int8/model.onnx");
        Files.writeString(weights, "not a model");
        embedder = open(Model.BUILT_IN, 384, 600);
        assertArrayEquals(before, embedder.embed("damage"), 0f);
    }

    @Test
    public void aMissingOrBrokenModelIsNamedWithItsRemedy() throws IOException {
        embedder = open("mine", 384, 600);
        ZseiException missing = assertThrows(ZseiException.class, () -> embedder.embed("x"));
        assertEquals(ZseiException.Code.EMBEDDER_UNAVAILABLE, missing.code());
        assertTrue(missing.getMessage(), missing.getMessage().contains("models/mine") && missing.getMessage().contains("zsei.embeddings.model"));
        assertEquals(HealthCheck.Status.FAIL, embedder.check().status());

        Path mine = folder.newFolder("models", "mine").toPath();
        copy("tokenizer.json", mine);
        Files.write(mine.resolve("model.onnx"), "garbage".getBytes(StandardCharsets.US_ASCII));
        assertEquals(ZseiException.Code.EMBEDDER_UNAVAILABLE, assertThrows(ZseiException.class, () -> embedder.embed("x")).code());
    }

    @Test
    public void theDimensionMustBeTheModels() throws Exception {
        assertThrows(IllegalArgumentException.class, () -> open(Model.BUILT_IN, 768, 600));
        Path mine = folder.newFolder("models", "mine").toPath();
        copy("tokenizer.json", mine);
        copy("model.onnx", mine);
        embedder = open("mine", 768, 600);
        assertTrue(assertThrows(ZseiException.class, () -> embedder.embed("x")).getMessage().contains("zsei.embeddings.dimension"));
        embedder.close();
        embedder = open("mine", 384, 600);
        assertEquals(384, embedder.embed("x").length);
        assertTrue(embedder.model(), embedder.model().startsWith("mine-"));
    }

    @Test
    public void aFolderSaysItsDimensionAndWhatItIs() throws Exception {
        Path tiny = folder.getRoot().toPath().resolve("models/tiny");
        TinyModel.write(tiny, 24, 1);
        embedder = open("tiny", 0, 600);
        assertEquals("not known before it is loaded", 0, embedder.dimension());
        float[] heron = embedder.embed("heron in the reeds");
        assertEquals(24, heron.length);
        assertEquals(24, embedder.dimension());
        String name = embedder.model();
        embedder.close();

        embedder = open(tiny.toString(), 0, 600);
        assertEquals("by its path it is the same model", name, embedder.model());
        assertArrayEquals(heron, embedder.embed("heron in the reeds"), 0f);
        embedder.close();

        TinyModel.write(tiny, 24, 2);
        embedder = open("tiny", 0, 600);
        assertFalse("other weights under the same name are another model", name.equals(embedder.model()));
        embedder.close();
        embedder = null;
    }

    /** What would give wrong vectors is refused, and the message says why. */
    @Test
    public void whatIsNotSupportedIsNamed() throws Exception {
        Path tiny = folder.getRoot().toPath().resolve("models/tiny");
        TinyModel.write(tiny, 8, 1);
        String good = Files.readString(tiny.resolve("tokenizer.json"));
        Files.writeString(tiny.resolve("tokenizer.json"), good.replace("WordPiece", "BPE"));
        embedder = open("tiny", 0, 600);
        String message = assertThrows(ZseiException.class, () -> embedder.embed("x")).getMessage();
        assertTrue(message, message.contains("type BPE") && message.contains("WordPiece"));
        Files.writeString(tiny.resolve("tokenizer.json"), good);
        Files.createDirectories(tiny.resolve("1_Pooling"));
        Files.writeString(tiny.resolve("1_Pooling/config.json"), "{\"pooling_mode_cls_token\":true,\"pooling_mode_mean_tokens\":false}");
        message = assertThrows(ZseiException.class, () -> embedder.embed("x")).getMessage();
        assertTrue(message, message.contains("pooling"));
        Files.writeString(tiny.resolve("1_Pooling/config.json"), "{\"pooling_mode_mean_tokens\":true}");
        assertEquals(8, embedder.embed("x").length);
    }

    @Test
    public void idleTimeAndParallelismChangeWhileItWorks() throws Exception {
        embedder = open(Model.BUILT_IN, 384, 0);
        float[] before = embedder.embed("live");
        assertTrue(embedder.reconfigure(config(Model.BUILT_IN, 384, 0, 7)));
        assertEquals(7, embedder.parallelism());
        assertTrue("0 keeps it", embedder.loaded());
        assertTrue(embedder.reconfigure(config(Model.BUILT_IN, 384, 1, 7)));
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (embedder.loaded() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertFalse("the new idle time counts for a model that is loaded", embedder.loaded());
        assertArrayEquals(before, embedder.embed("live"), 0f);
        assertFalse("another model is another embedder", embedder.reconfigure(config("mine", 384, 1, 9)));
        assertEquals(7, embedder.parallelism());
    }

    /** Those that hold the old one while the model changes are served to the end, and there is an embedder at every moment. */
    @Test
    public void anotherModelComesBeforeTheOldOneGoes() throws Exception {
        Path mine = folder.newFolder("models", "mine").toPath();
        copy("tokenizer.json", mine);
        copy("model.onnx", mine);
        List<Embedder> there = new ArrayList<>();
        List<Integer> counts = new ArrayList<>();
        Embedding embedding = new Embedding(workers, metrics, registry(there, counts), config(Model.BUILT_IN, 384, 600, 0));
        Embedder old = there.getFirst();
        float[] before = old.embed("switched");
        embedding.reconfigure(config(Model.BUILT_IN, 384, 300, 3));
        assertEquals(List.of(old), there);
        assertEquals(3, old.parallelism());
        embedding.reconfigure(config("mine", 384, 600, 0));
        assertEquals("the new one is registered before the old one is not", List.of(1, 2, 1), counts);
        assertTrue(there.getFirst().model().startsWith("mine-"));
        assertArrayEquals("who holds the old one is still served", before, old.embed("switched"), 0f);
        assertEquals(Model.BUILT_IN, old.model());
        assertEquals(384, there.getFirst().embed("switched").length);
        assertFalse(metrics.getNames().isEmpty());
        embedding.close();
        assertEquals(List.of(), there);
        assertThrows(ZseiException.class, () -> old.embed("switched"));
        assertTrue(metrics.getNames().isEmpty());
    }

    /** A registry that holds embedders, and how many there were after each change. */
    private BundleContext registry(List<Embedder> there, List<Integer> counts) {
        return (BundleContext) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {BundleContext.class}, (context, method, arguments) -> {
            if (method.getName().equals("getProperty")) {
                return folder.getRoot().toString();
            }
            assertEquals("registerService", method.getName());
            there.add((Embedder) arguments[1]);
            counts.add(there.size());
            return Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {ServiceRegistration.class}, (registration, call, none) -> {
                assertEquals("unregister", call.getName());
                there.remove(arguments[1]);
                counts.add(there.size());
                return null;
            });
        });
    }

    @Test
    public void closedItRefusesAndLeavesNoMetric() {
        OnnxEmbedder one = open(Model.BUILT_IN, 384, 600);
        one.close();
        assertEquals(ZseiException.Code.EMBEDDER_UNAVAILABLE, assertThrows(ZseiException.class, () -> one.embed("x")).code());
        assertTrue(metrics.getNames().isEmpty());
    }

    private static void copy(String file, Path to) throws IOException {
        try (InputStream in = OnnxEmbedder.class.getResourceAsStream("/models/all-MiniLM-L6-v2/" + file)) {
            Files.copy(in, to.resolve(file));
        }
    }

    private OnnxEmbedder open(String model, int dimension, int idle) {
        return new OnnxEmbedder(workers, metrics, folder.getRoot().toPath(), config(model, dimension, idle, 0));
    }

    private static OnnxEmbedder.Config config(String model, int dimension, int idle, int parallelism) {
        return new OnnxEmbedder.Config() {
            @Override
            public boolean enabled() {
                return true;
            }

            @Override
            public String model() {
                return model;
            }

            @Override
            public int dimension() {
                return dimension;
            }

            @Override
            public int idle__seconds() {
                return idle;
            }

            @Override
            public int parallelism() {
                return parallelism;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return OnnxEmbedder.Config.class;
            }
        };
    }
}
