package studio.ozone.zsei.embeddings;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

import studio.ozone.runtime.json.Json;

/**
 * A model in memory. One text is one run on the calling thread: weights in 8 bits give a text another vector in a batch than
 * alone. May be used by several threads at once, but not while it is closed.
 */
final class Loaded implements AutoCloseable {

    /** Tokens; what sentence-transformers gives all-MiniLM-L6-v2. Another model's folder may say otherwise. */
    static final int WINDOW = 256;
    private static final Set<String> INPUTS = Set.of("input_ids", "attention_mask", "token_type_ids");

    private final WordPiece tokenizer;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final int dimension;
    private final int window;

    Loaded(Model model) throws IOException, OrtException {
        tokenizer = WordPiece.read(model.tokenizer());
        window = model.builtIn() ? WINDOW : window(model.folder());
        environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            // Lengths differ from text to text, so an arena only keeps what the longest one took.
            options.setCPUArenaAllocator(false);
            options.setMemoryPatternOptimization(false);
            session = environment.createSession(model.weights().toString(), options);
        }
        try {
            for (String name : session.getInputNames()) {
                if (!INPUTS.contains(name)) {
                    throw new IOException(model.weights() + " wants " + name + ", which is not supported; only " + INPUTS + " are");
                }
            }
            dimension = embed("a").length;
            if (model.dimension() != 0 && dimension != model.dimension()) {
                throw new IOException(model.weights() + " gives " + dimension + " numbers, but zsei.embeddings.dimension is " + model.dimension()
                    + "; 0 takes the model's");
            }
        } catch (IOException | OrtException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /**
     * How many tokens a model's folder says it reads, as sentence-transformers writes it down; else {@link #WINDOW}.
     *
     * @throws IOException if the folder says that vectors are made otherwise than as a mean: such a model would give wrong ones here
     */
    private static int window(Path folder) throws IOException {
        Path pooling = folder.resolve("1_Pooling/config.json");
        if (Files.isRegularFile(pooling) && Boolean.FALSE.equals(Json.readObject(Files.readString(pooling)).get("pooling_mode_mean_tokens"))) {
            throw new IOException(pooling + " asks for another pooling than the mean over all tokens, which is not supported");
        }
        Path length = folder.resolve("sentence_bert_config.json");
        if (Files.isRegularFile(length) && Json.readObject(Files.readString(length)).get("max_seq_length") instanceof Number n) {
            return Math.clamp(n.longValue(), 8, 8192);
        }
        return Json.readObject(Files.readString(folder.resolve("tokenizer.json"))).get("truncation") instanceof Map<?, ?> truncation
            && truncation.get("max_length") instanceof Number n ? Math.clamp(n.longValue(), 8, 8192) : WINDOW;
    }

    int dimension() {
        return dimension;
    }

    /**
     * The mean of the last layer over all tokens, brought to length 1 (Reimers and Gurevych 2019). A model that gives one vector for the
     * whole text has done the first part itself.
     */
    float[] embed(String text) throws OrtException {
        long[] ids = tokenizer.encode(text, window);
        long[] ones = new long[ids.length];
        Arrays.fill(ones, 1);
        long[] shape = {1, ids.length};
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try {
            for (String name : session.getInputNames()) {
                long[] values = switch (name) {
                    case "input_ids" -> ids;
                    case "attention_mask" -> ones;
                    default -> new long[ids.length];
                };
                inputs.put(name, OnnxTensor.createTensor(environment, LongBuffer.wrap(values), shape));
            }
            try (OrtSession.Result result = session.run(inputs)) {
                OnnxTensor layer = (OnnxTensor) result.get(0);
                return mean(layer.getFloatBuffer(), layer.getInfo().getShape().length == 3 ? ids.length : 1);
            }
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private static float[] mean(FloatBuffer layer, int tokens) {
        float[] mean = new float[layer.remaining() / tokens];
        float[] row = new float[mean.length];
        for (int token = 0; token < tokens; token++) {
            layer.get(row);
            for (int i = 0; i < mean.length; i++) {
                mean[i] += row[i];
            }
        }
        double square = 0;
        for (float value : mean) {
            square += (double) value * value;
        }
        float scale = square > 0 ? (float) (1 / Math.sqrt(square)) : 0;
        for (int i = 0; i < mean.length; i++) {
            mean[i] *= scale;
        }
        return mean;
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
