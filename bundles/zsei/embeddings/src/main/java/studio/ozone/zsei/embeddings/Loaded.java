package studio.ozone.zsei.embeddings;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

/**
 * A model in memory. One text is one run on the calling thread: weights in 8 bits give a text another vector in a batch than
 * alone. May be used by several threads at once, but not while it is closed.
 */
final class Loaded implements AutoCloseable {

    /** Tokens; what sentence-transformers gives all-MiniLM-L6-v2. */
    static final int WINDOW = 256;

    private final WordPiece tokenizer;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final int dimension;

    Loaded(Model model) throws IOException, OrtException {
        tokenizer = WordPiece.read(model.tokenizer());
        environment = OrtEnvironment.getEnvironment();
        dimension = model.dimension();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            // Lengths differ from text to text, so an arena only keeps what the longest one took.
            options.setCPUArenaAllocator(false);
            options.setMemoryPatternOptimization(false);
            session = environment.createSession(model.weights().toString(), options);
        }
        try {
            float[] probe = embed("a");
            if (probe.length != dimension) {
                throw new IOException(model.weights() + " gives " + probe.length + " numbers, but zsei.embeddings.dimension is " + dimension);
            }
        } catch (IOException | OrtException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** The mean of the last layer over all tokens, brought to length 1 (Reimers and Gurevych 2019). */
    float[] embed(String text) throws OrtException {
        long[] ids = tokenizer.encode(text, WINDOW);
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
                return mean(((OnnxTensor) result.get(0)).getFloatBuffer(), ids.length);
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
