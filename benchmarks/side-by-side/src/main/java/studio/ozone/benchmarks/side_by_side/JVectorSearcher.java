package studio.ozone.benchmarks.side_by_side;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.ImmutableGraphIndex;
import io.github.jbellis.jvector.graph.ListRandomAccessVectorValues;
import io.github.jbellis.jvector.graph.SearchResult;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.util.Bits;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;

/** JVector on the heap, exact scores, hierarchy on. A node has 32 links, as many as those of HNSW with m = 16 have on the lowest level. */
final class JVectorSearcher extends JavaSearcher {

    private final ListRandomAccessVectorValues vectors;
    private final List<VectorFloat<?>> questions;
    private final ImmutableGraphIndex index;
    private final GraphSearcher searcher;
    private int ef;

    JVectorSearcher(float[][] vectors, float[][] questions) throws IOException {
        super(questions.length);
        this.vectors = new ListRandomAccessVectorValues(copy(vectors), vectors[0].length);
        this.questions = copy(questions);
        BuildScoreProvider scores = BuildScoreProvider.randomAccessScoreProvider(this.vectors, VectorSimilarityFunction.DOT_PRODUCT);
        try (GraphIndexBuilder builder = new GraphIndexBuilder(scores, vectors[0].length, 32, 200, 1.2f, 1.2f, true)) {
            index = builder.build(this.vectors);
        }
        searcher = new GraphSearcher(index);
    }

    private static List<VectorFloat<?>> copy(float[][] vectors) {
        List<VectorFloat<?>> copies = new ArrayList<>(vectors.length);
        for (float[] vector : vectors) {
            copies.add(VectorizationProvider.getInstance().getVectorTypeSupport().createFloatVector(vector.clone()));
        }
        return copies;
    }

    @Override
    public String name() {
        return "JVector";
    }

    @Override
    public String note() {
        return VectorizationProvider.getInstance().getClass().getSimpleName();
    }

    @Override
    void ef(int nodes) {
        ef = nodes;
    }

    @Override
    int[] search(int question) {
        SearchResult.NodeScore[] found = searcher.search(DefaultSearchScoreProvider.exact(questions.get(question),
                VectorSimilarityFunction.DOT_PRODUCT, vectors), 10, Math.max(10, ef), 0f, 0f, Bits.ALL).getNodes();
        int[] places = new int[found.length];
        for (int i = 0; i < places.length; i++) {
            places[i] = found[i].node;
        }
        return places;
    }

    @Override
    public void close() throws IOException {
        searcher.close();
        index.close();
    }
}
