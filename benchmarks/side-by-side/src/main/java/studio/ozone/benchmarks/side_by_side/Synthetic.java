package studio.ozone.benchmarks.side_by_side;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Vectors that are made up, with 384 numbers of length 1 and an intrinsic dimension of 24: points of a normal distribution in 24 dimensions, bent
 * into 384 by a random network of two layers. (Numbers drawn one by one would have 384 intrinsic dimensions, in which everything is equally far.)
 */
final class Synthetic {

    private static final int DIMENSION = 384;
    private static final int INTRINSIC = 24;
    private static final int HIDDEN = 64;

    private Synthetic() {
    }

    /** @return texts that are numbers, so that each has a vector of its own */
    static Texts texts(int size, int questions, long seed) {
        Random random = new Random(seed);
        float[][] first = normal(random, HIDDEN, INTRINSIC);
        float[][] second = normal(random, DIMENSION, HIDDEN);
        long base = random.nextLong();
        float[][] vectors = IntStream.range(0, size + questions).parallel()
                .mapToObj(i -> vector(new Random(base + i * 0x9E3779B97F4A7C15L), first, second)).toArray(float[][]::new);
        List<Chunk> chunks = new ArrayList<>();
        for (int i = 0; i < size + questions; i++) {
            chunks.add(new Chunk("", "", Integer.toString(i)));
        }
        return new Texts(chunks.subList(0, size), Arrays.copyOf(vectors, size), chunks.subList(size, size + questions),
                Arrays.copyOfRange(vectors, size, size + questions));
    }

    private static float[][] normal(Random random, int rows, int columns) {
        float[][] matrix = new float[rows][columns];
        for (float[] row : matrix) {
            for (int i = 0; i < columns; i++) {
                row[i] = (float) (random.nextGaussian() / Math.sqrt(columns));
            }
        }
        return matrix;
    }

    private static float[] vector(Random random, float[][] first, float[][] second) {
        float[] point = new float[INTRINSIC];
        for (int i = 0; i < INTRINSIC; i++) {
            point[i] = (float) random.nextGaussian();
        }
        float[] bent = times(second, times(first, point, true), false);
        double square = 0;
        for (float value : bent) {
            square += value * value;
        }
        for (int i = 0; i < bent.length; i++) {
            bent[i] /= (float) Math.sqrt(square);
        }
        return bent;
    }

    private static float[] times(float[][] matrix, float[] vector, boolean bend) {
        float[] product = new float[matrix.length];
        for (int row = 0; row < product.length; row++) {
            float sum = 0;
            for (int i = 0; i < vector.length; i++) {
                sum += matrix[row][i] * vector[i];
            }
            product[row] = bend ? (float) Math.tanh(2 * sum) : sum;
        }
        return product;
    }
}
