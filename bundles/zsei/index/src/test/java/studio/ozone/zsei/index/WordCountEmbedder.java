package studio.ozone.zsei.index;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

import studio.ozone.api.zsei.Embedder;
import studio.ozone.api.zsei.ZseiException;

/** Texts with the same words are near each other: enough to see that vectors are used. */
final class WordCountEmbedder implements Embedder {

    final AtomicInteger texts = new AtomicInteger();
    volatile boolean broken;
    private final String model;
    private final int dimension;

    WordCountEmbedder(String model, int dimension) {
        this.model = model;
        this.dimension = dimension;
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
    public int parallelism() {
        return 2;
    }

    @Override
    public boolean loaded() {
        return true;
    }

    @Override
    public float[] embed(String text) throws ZseiException {
        if (broken) {
            throw new ZseiException(ZseiException.Code.EMBEDDER_UNAVAILABLE, "The model is broken");
        }
        texts.incrementAndGet();
        float[] vector = new float[dimension];
        vector[0] = 0.1f;
        for (String word : text.toLowerCase(Locale.ROOT).split("\\W+")) {
            vector[Math.floorMod(word.hashCode(), dimension)] += 1;
        }
        double square = 0;
        for (float value : vector) {
            square += value * value;
        }
        for (int i = 0; i < dimension; i++) {
            vector[i] /= (float) Math.sqrt(square);
        }
        return vector;
    }
}
