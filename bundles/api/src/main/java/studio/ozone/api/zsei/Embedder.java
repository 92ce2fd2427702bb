package studio.ozone.api.zsei;

import org.osgi.annotation.versioning.ProviderType;

/** Turns texts into vectors. The model is loaded at the first call and let go after an idle time. Thread-safe. */
@ProviderType
public interface Embedder {

    /**
     * The model's name, stored with every vector, for instance {@code all-MiniLM-L6-v2}. Two models never have the same, so it may end in a
     * few digits that tell its files from others.
     */
    String model();

    /** Numbers in a vector; 0 while that is not known, since the model says it and has not been loaded yet. */
    int dimension();

    /** How many texts are embedded at once without waiting for each other, 1 or more. */
    int parallelism();

    /** Whether the next call need not load the model. */
    boolean loaded();

    /**
     * @param text any length; what is beyond the model's window does not count
     * @return a vector of length {@link #dimension()} and Euclidean length 1
     * @throws ZseiException EMBEDDER_UNAVAILABLE if the model is missing or broken; names the file and the remedy
     */
    float[] embed(String text) throws ZseiException;
}
