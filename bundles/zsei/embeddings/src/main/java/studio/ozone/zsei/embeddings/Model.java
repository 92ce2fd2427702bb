package studio.ozone.zsei.embeddings;

import java.nio.file.Path;

/**
 * Which model, and where its files lie.
 *
 * @param name what is stored with every vector
 * @param folder holds {@code model.onnx} and {@code tokenizer.json}
 * @param builtIn whether the files come out of this bundle, and so can be written again
 * @param dimension numbers in a vector
 */
record Model(String name, Path folder, boolean builtIn, int dimension) {

    /** The model in this bundle: sentence-transformers/all-MiniLM-L6-v2, weights in 8 bits. */
    static final String BUILT_IN = "all-MiniLM-L6-v2";

    private static final int BUILT_IN_DIMENSION = 384;

    /** @param configured the built-in name, the name of a folder below {@code models} in the data home, or the path of a folder */
    static Model of(String configured, int dimension, Path home) {
        if (configured.equals(BUILT_IN)) {
            if (dimension != BUILT_IN_DIMENSION) {
                throw new IllegalArgumentException("zsei.embeddings.dimension is " + dimension + ", but " + BUILT_IN + " has "
                        + BUILT_IN_DIMENSION);
            }
            return new Model(configured, home.resolve("models").resolve(BUILT_IN + "-int8"), true, dimension);
        }
        Path folder = home.resolve("models").resolve(configured).normalize();
        return new Model(folder.getFileName().toString(), folder, false, dimension);
    }

    Path weights() {
        return folder.resolve("model.onnx");
    }

    Path tokenizer() {
        return folder.resolve("tokenizer.json");
    }
}
