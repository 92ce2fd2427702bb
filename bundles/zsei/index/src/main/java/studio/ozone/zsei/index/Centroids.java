package studio.ozone.zsei.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.VectorUtil;

/**
 * Finds the middles of so many groups of vectors: all begin as one group, and the largest is split in two (2-means, Lloyd 1982) until
 * there are enough. That keeps the groups near one size, without sending vectors away from those they are like.
 */
final class Centroids {

    private static final int ROUNDS = 12;
    /** Vectors that are looked at for each group; more do not move the middles. */
    private static final int SAMPLE = 2_000;
    private static final int MOST = 100_000;

    private Centroids() {
    }

    /**
     * @param vectors of length 1
     * @param count groups, 1 or more
     * @return of length 1; fewer than asked for where there are fewer different vectors
     */
    static List<float[]> of(List<float[]> vectors, int count, Random random) {
        List<List<float[]>> groups = new ArrayList<>(List.of(vectors));
        List<List<float[]>> whole = new ArrayList<>();      // those that cannot be split
        while (groups.size() + whole.size() < count && !groups.isEmpty()) {
            List<float[]> largest = groups.stream().max(Comparator.comparingInt(List::size)).orElseThrow();
            groups.remove(largest);
            List<List<float[]>> halves = split(largest, random);
            (halves.size() == 1 ? whole : groups).addAll(halves);
        }
        groups.addAll(whole);
        return groups.stream().map(Centroids::middle).toList();
    }

    private static List<List<float[]>> split(List<float[]> vectors, Random random) {
        if (vectors.size() < 2) {
            return List.of(vectors);
        }
        float[] one = vectors.get(random.nextInt(vectors.size()));
        float[] other = vectors.stream().min(Comparator.comparingDouble(v -> VectorUtil.dotProduct(v, one))).orElseThrow();
        if (Arrays.equals(one, other)) {
            return List.of(vectors);
        }
        List<float[]> left = List.of();
        List<float[]> right = List.of();
        float[] first = one;
        for (int round = 0; round < ROUNDS; round++) {
            left = new ArrayList<>();
            right = new ArrayList<>();
            for (float[] vector : vectors) {
                (VectorUtil.dotProduct(vector, first) >= VectorUtil.dotProduct(vector, other) ? left : right).add(vector);
            }
            if (left.isEmpty() || right.isEmpty()) {
                return List.of(vectors);
            }
            first = middle(left);
            other = middle(right);
        }
        return List.of(left, right);
    }

    private static float[] middle(List<float[]> vectors) {
        double[] sum = new double[vectors.getFirst().length];
        for (float[] vector : vectors) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += vector[i];
            }
        }
        double square = 0;
        for (double value : sum) {
            square += value * value;
        }
        float[] middle = new float[sum.length];
        if (square == 0) {
            return vectors.getFirst().clone();
        }
        for (int i = 0; i < sum.length; i++) {
            middle[i] = (float) (sum[i] / Math.sqrt(square));
        }
        return middle;
    }

    /** Vectors of an index, drawn evenly, as many as so many groups need. */
    static List<float[]> sample(Snapshot seen, int groups) throws IOException {
        long all = 0;
        for (LeafReaderContext leaf : seen.leaves()) {
            FloatVectorValues values = leaf.reader().getFloatVectorValues(ChunkDocument.VECTOR);
            all += values == null ? 0 : values.size();
        }
        long step = Math.max(1, all / Math.min(MOST, (long) SAMPLE * groups));
        List<float[]> sample = new ArrayList<>();
        long at = 0;
        for (LeafReaderContext leaf : seen.leaves()) {
            FloatVectorValues values = leaf.reader().getFloatVectorValues(ChunkDocument.VECTOR);
            if (values == null) {
                continue;
            }
            Bits live = leaf.reader().getLiveDocs();
            KnnVectorValues.DocIndexIterator documents = values.iterator();
            while (documents.nextDoc() != KnnVectorValues.DocIndexIterator.NO_MORE_DOCS) {
                if (at++ % step == 0 && (live == null || live.get(documents.docID()))) {
                    sample.add(values.vectorValue(documents.index()).clone());
                }
            }
        }
        return sample;
    }
}
