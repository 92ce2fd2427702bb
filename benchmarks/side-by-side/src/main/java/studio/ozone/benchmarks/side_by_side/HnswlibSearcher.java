package studio.ozone.benchmarks.side_by_side;

import java.util.ArrayList;
import java.util.List;

import com.github.jelmerk.hnswlib.core.DistanceFunction;
import com.github.jelmerk.hnswlib.core.Item;
import com.github.jelmerk.hnswlib.core.SearchResult;
import com.github.jelmerk.hnswlib.core.hnsw.HnswIndex;
import org.apache.lucene.util.VectorUtil;

/** hnswlib in Java. Its own distances are loops of scalars; it is given the one that Lucene has, with the Vector API, and so is faster. */
final class HnswlibSearcher extends JavaSearcher {

    private static final DistanceFunction<float[], Float> DISTANCE = (a, b) -> 1 - VectorUtil.dotProduct(a, b);

    private record Vector(Integer id, float[] vector) implements Item<Integer, float[]> {

        @Override
        public int dimensions() {
            return vector.length;
        }
    }

    private final HnswIndex<Integer, float[], Vector, Float> index;
    private final float[][] questions;

    HnswlibSearcher(float[][] vectors, float[][] questions) throws InterruptedException {
        super(questions.length);
        this.questions = questions;
        index = HnswIndex.newBuilder(vectors[0].length, DISTANCE, vectors.length).withM(16).withEfConstruction(200).withEf(10).build();
        List<Vector> items = new ArrayList<>(vectors.length);
        for (int i = 0; i < vectors.length; i++) {
            items.add(new Vector(i, vectors[i]));
        }
        index.addAll(items);
    }

    @Override
    public String name() {
        return "hnswlib-core (Java)";
    }

    @Override
    void ef(int ef) {
        index.setEf(Math.max(10, ef));
    }

    @Override
    int[] search(int question) {
        List<SearchResult<Vector, Float>> found = index.findNearest(questions[question], 10);
        int[] places = new int[found.size()];
        for (int i = 0; i < places.length; i++) {
            places[i] = found.get(i).item().id();
        }
        return places;
    }

    @Override
    public void close() {
        // It is memory only.
    }
}
