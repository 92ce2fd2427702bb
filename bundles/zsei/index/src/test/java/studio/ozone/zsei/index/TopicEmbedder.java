package studio.ozone.zsei.index;

import java.util.Random;
import java.util.concurrent.CountDownLatch;

import studio.ozone.api.zsei.Embedder;
import studio.ozone.api.zsei.ZseiException;

/** The first word of a text decides about its topic, the rest where it lies in that: vectors in groups that overlap a little. */
final class TopicEmbedder implements Embedder {

    static final int DIMENSION = 64;
    volatile CountDownLatch gate = new CountDownLatch(0);
    volatile boolean broken;
    private final String model;

    TopicEmbedder(String model) {
        this.model = model;
    }

    @Override
    public String model() {
        return model;
    }

    @Override
    public int dimension() {
        return DIMENSION;
    }

    @Override
    public int parallelism() {
        return 2;
    }

    @Override
    public boolean loaded() {
        return true;
    }

    @Override
    public float[] embed(String text) throws ZseiException {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ZseiException(ZseiException.Code.EMBEDDER_UNAVAILABLE, "Interrupted", e);
        }
        if (broken) {
            throw new ZseiException(ZseiException.Code.EMBEDDER_UNAVAILABLE, "model.onnx is missing");
        }
        String body = text.substring(text.indexOf('\n') + 1);
        Random topic = new Random(body.split(" ", 2)[0].hashCode() * 31L + model.hashCode());
        Random place = new Random(body.hashCode());
        float[] vector = new float[DIMENSION];
        double square = 0;
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (float) (topic.nextGaussian() + 0.7 * place.nextGaussian());
            square += vector[i] * vector[i];
        }
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] /= (float) Math.sqrt(square);
        }
        return vector;
    }
}
