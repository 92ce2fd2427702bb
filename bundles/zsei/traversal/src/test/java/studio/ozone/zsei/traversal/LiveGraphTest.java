package studio.ozone.zsei.traversal;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.After;
import org.junit.Test;

import studio.ozone.api.kit.TestWorkers;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.zsei.store.kit.MemoryStore;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

public class LiveGraphTest {

    private final TestWorkers workers = new TestWorkers();

    @After
    public void close() {
        workers.close();
    }

    /** Of a replacement there is only its number, after a gap, and it may come right after the old state was read. */
    @Test
    public void aReplacementWhileTheStoreIsReadIsReadToo() throws Exception {
        for (int replacements = 1; replacements <= 4; replacements++) {
            Replaced store = new Replaced(replacements);
            LiveGraph graph = new LiveGraph(store, workers.pool("load", 1), 100);
            store.graph = graph;
            add(store);
            graph.reload();
            assertTrue(store.reads.get() > 1);
            // As often as it is read, it may be replaced again: then the next commit shows the gap.
            long late = add(store);
            graph.committed(new Commit(store.sequence(), List.of(store.get(late).orElseThrow()), List.of(), List.of(), List.of(), Map.of()));
            workers.settle("load");
            assertTrue(graph.loaded());
            assertEquals(replacements + " replacements: compared with the store", 0, mismatches(graph));
        }
    }

    private static int mismatches(LiveGraph graph) throws Exception {
        AtomicInteger wrong = new AtomicInteger();
        assertTrue(graph.compare(id -> wrong.incrementAndGet()) > 0);
        return wrong.get();
    }

    private static long add(MemoryStore store) throws ZseiException {
        long id = store.newId();
        store.apply(new Changes().put(Container.of(id, 0, ContainerType.SECTION, "n", null, null, 0, 0, null, Map.of())));
        return id;
    }

    /** A store that becomes another one whenever it has been read, so many times. */
    private static final class Replaced extends MemoryStore {

        private final int times;
        private final AtomicInteger reads = new AtomicInteger();
        private LiveGraph graph;

        Replaced(int times) {
            this.times = times;
        }

        @Override
        public void scanLinks(Links links) {
            super.scanLinks(links);
            if (reads.incrementAndGet() <= times) {
                try {
                    add(this);
                    add(this);
                } catch (ZseiException e) {
                    throw new IllegalStateException(e);
                }
                graph.committed(new Commit(sequence(), List.of(), List.of(), List.of(), List.of(), Map.of()));
            }
        }
    }
}
