package studio.ozone.zsei.index;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.Index.Mode;
import studio.ozone.api.zsei.ZseiException;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertThrows;

/** What is nearest to a vector, and the number of the state in which that was so. */
public class StatesTest {

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    private final ChunkStore store = new ChunkStore();
    private final WordCountEmbedder embedder = new WordCountEmbedder("counts", 64);

    private Fixture open() throws IOException {
        return new Fixture(folder.getRoot().toPath(), store, embedder);
    }

    @Test
    public void nearestToTheVectorOfATextIsWhatTheTextFinds() throws Exception {
        try (Fixture on = open()) {
            long birds = store.document(0, "birds", "The heron waits in the reeds", "A sparrow nests under the roof");
            store.document(0, "fish", "The pike waits in the weeds");
            on.level();
            Index.Vector vector = on.index.vector("where does the sparrow nest");
            assertEquals(embedder.model(), vector.model());
            assertEquals(embedder.model(), on.index.model());
            assertArrayEquals(embedder.embed("where does the sparrow nest"), vector.numbers(), 1e-6f);
            for (Set<Long> within : List.of(Set.<Long>of(), Set.of(birds))) {
                assertEquals(on.index.query(new Index.Query("where does the sparrow nest", Mode.SEMANTIC, 10, within)), on.index.near(vector, 10, within));
            }
            assertEquals(ZseiException.Code.INVALID,
                assertThrows(ZseiException.class, () -> on.index.near(new Index.Vector("another", vector.numbers()), 10, Set.of())).code());
            assertThrows(ZseiException.class, () -> on.index.near(vector, 0, Set.of()));
            assertThrows(ZseiException.class, () -> on.index.near(vector, 10_001, Set.of()));
        }
    }

    @Test
    public void theStateIsAnotherWhereverAnAnswerMayBe() throws Exception {
        try (Fixture on = open()) {
            store.document(0, "birds", "The heron waits in the reeds");
            on.level();
            long state = on.index.state();
            on.index.query(new Index.Query("heron", Mode.HYBRID, 10, Set.of()));
            assertEquals("asking changes nothing", state, on.index.state());
            store.document(0, "fish", "The pike waits in the weeds");
            on.level();
            state = other(on, state, "a commit");
            on.reconfigure(Map.of("ef_search", 33), Map.of());
            state = other(on, state, "a setting");
            on.reconfigure(Map.of("ef_search", 33, "m", 8), Map.of());
            on.rebuilt(manifest -> manifest.shape().m() == 8);
            state = other(on, state, "an index that took another's place");
            on.index.unbindEmbedder(embedder);
            state = other(on, state, "no model");
            on.index.bindEmbedder(embedder);
            other(on, state, "the model is back");
        }
    }

    private static long other(Fixture on, long before, String why) {
        assertNotEquals(why, before, on.index.state());
        return on.index.state();
    }
}
