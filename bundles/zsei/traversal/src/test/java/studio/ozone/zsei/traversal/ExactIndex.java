package studio.ozone.zsei.traversal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Index;
import studio.ozone.zsei.store.kit.MemoryStore;

/** An index that compares with every vector of the store. A text's vector is drawn from its hash. */
final class ExactIndex implements Index {

    static final String MODEL = "random";
    static final int DIMENSION = 8;

    private final MemoryStore store;
    private volatile long state = 1;
    private volatile int asked;

    ExactIndex(MemoryStore store) {
        this.store = store;
    }

    static float[] random(Random random) {
        float[] vector = new float[DIMENSION];
        double sum = 0;
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (float) random.nextGaussian();
            sum += vector[i] * vector[i];
        }
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] /= (float) Math.sqrt(sum);
        }
        return vector;
    }

    void changed() {
        state++;
    }

    int asked() {
        return asked;
    }

    @Override
    public String model() {
        return MODEL;
    }

    @Override
    public Vector vector(String text) {
        return new Vector(MODEL, random(new Random(text.hashCode())));
    }

    @Override
    public Matches near(Vector vector, int limit, Set<Long> within) {
        asked++;
        List<Match> matches = new ArrayList<>();
        for (Container chunk : store.all(ContainerType.CHUNK)) {
            Optional<float[]> other = store.embedding(chunk.id(), MODEL);
            if (other.isPresent() && (within.isEmpty() || store.ancestors(chunk.id()).stream().anyMatch(within::contains))) {
                double cosine = 0;
                for (int i = 0; i < DIMENSION; i++) {
                    cosine += (double) vector.numbers()[i] * other.get()[i];
                }
                matches.add(new Match(chunk.id(), cosine, (float) cosine, Float.NaN));
            }
        }
        matches.sort(Comparator.comparingDouble(Match::score).reversed().thenComparingLong(Match::id));
        return new Matches(List.copyOf(matches.subList(0, Math.min(limit, matches.size()))), Mode.SEMANTIC, null, 1);
    }

    @Override
    public long state() {
        return state;
    }

    @Override
    public Matches query(Query query) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long sequence() {
        return store.sequence();
    }

    @Override
    public long pending() {
        return 0;
    }

    @Override
    public boolean await(long sequence, Duration atMost) {
        return true;
    }
}
