package studio.ozone.zsei.store;

import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.ZseiException;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

/**
 * A store with something of everything in it. A format is kept for ever in {@code src/test/resources} as {@code format-N.zip}: the files
 * that {@code StoredStore FOLDER} made in the version of the program that wrote format N first.
 */
public final class StoredStore {

    static final int DOCUMENTS = 6;
    static final int CHUNKS = 5;
    private static final String LARGE = "A long description that says the same thing over and over. ".repeat(40);

    private StoredStore() { }

    public static void main(String[] arguments) throws Exception {
        try (XodusStore store = XodusStore.open(Path.of(arguments[0]), Clock.systemUTC(), commit -> { })) {
            fill(store);
        }
    }

    static void fill(ContainerStore store) throws ZseiException {
        Changes roots = new Changes()
                .put(Container.of(1, 0, ContainerType.DIRECTORY, "Ünïcode \uD83D\uDE00", "/data/übung", null, 0, 0, null, Map.of()))
                .put(Container.of(2, 1, ContainerType.DATASET, "set", "/data/übung/set.jsonl", null, 0, 0, "not a sha", Map.of()))
                .put(Container.of(3, 2, ContainerType.DOCUMENT, "", "/data/übung/set.jsonl", "r/1", 3, 1 << 30, hash(3), Map.of("empty", "", "kind", "jsonl")))
                .put(Container.of(4, 0, ContainerType.TERM, "term", null, null, 0, 0, null, Map.of("long", LARGE)));
        store.apply(roots);
        for (int d = 0; d < DOCUMENTS; d++) {
            long document = document(d);
            Changes changes = new Changes().put(Container.of(document, 1, ContainerType.DOCUMENT, "d" + d, "/data/übung/" + d, null, 0, 500, hash(document), Map.of()))
                    .relate(new Relation(document, 4, RelationType.HAS_KEYWORD, d / 20.0, Relation.Discovery.TEXT_ANALYSIS));
            Map<Long, float[]> vectors = new HashMap<>();
            for (int c = 1; c <= CHUNKS; c++) {
                long chunk = document + c;
                changes.put(Container.of(chunk, document, ContainerType.CHUNK, "c" + c, "/data/übung/" + d, null, c, c + 100, hash(chunk), Map.of("line", "" + c)));
                vectors.put(chunk, vector(chunk));
            }
            store.apply(changes);
            store.putEmbeddings("all-MiniLM-L6-v2", vectors);
        }
        store.apply(new Changes().put(Container.of(document(0), 1, ContainerType.DOCUMENT, "written twice", "/data/übung/0", null, 0, 500, hash(7), Map.of())));
        store.apply(new Changes().remove(document(1)));
    }

    static long document(int d) {
        return 100 + 10L * d;
    }

    private static String hash(long id) {
        return String.format("%064x", id * 31);
    }

    static float[] vector(long id) {
        float[] vector = new float[384];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) Math.sin(id * 13 + i) / 20;
        }
        return vector;
    }

    /** Checks that everything is there, written or not by another version. @param sparing documents from this number on only */
    static void expect(ContainerStore store, int sparing) throws ZseiException {
        assertEquals("Ünïcode \uD83D\uDE00", store.get(1).orElseThrow().name());
        assertEquals(2, store.find("/data/übung/set.jsonl", null).orElseThrow().id());
        Container record = store.find("/data/übung/set.jsonl", "r/1").orElseThrow();
        assertEquals(Container.of(3, 2, ContainerType.DOCUMENT, "", "/data/übung/set.jsonl", "r/1", 3, 1 << 30, hash(3), Map.of("empty", "", "kind", "jsonl")), bare(record));
        assertEquals(record.created(), record.updated());
        assertEquals(Map.of("long", LARGE), store.get(4).orElseThrow().attributes());
        assertEquals("not a sha", store.get(2).orElseThrow().contentHash());
        for (int d = Math.max(2, sparing); d < DOCUMENTS; d++) {
            long document = document(d);
            assertEquals("d" + d, store.get(document).orElseThrow().name());
            assertEquals(List.of(new Relation(document, 4, RelationType.HAS_KEYWORD, d / 20.0, Relation.Discovery.TEXT_ANALYSIS)), store.relations(document));
            assertTrue(store.relations(4).contains(store.relations(document).getFirst().inverse()));
            List<Container> chunks = store.children(document);
            assertEquals(CHUNKS, chunks.size());
            for (int c = 1; c <= CHUNKS; c++) {
                assertEquals(Container.of(document + c, document, ContainerType.CHUNK, "c" + c, "/data/übung/" + d, null, c, c + 100, hash(document + c), Map.of("line", "" + c)),
                        bare(chunks.get(c - 1)));
                assertArrayEquals(vector(document + c), store.embedding(document + c, "all-MiniLM-L6-v2").orElseThrow(), 0);
            }
        }
        assertTrue(store.get(document(1)).isEmpty());
        assertTrue(store.get(document(1) + 1).isEmpty());
    }

    private static Container bare(Container c) {
        return Container.of(c.id(), c.parent(), c.type(), c.name(), c.source(), c.record(), c.start(), c.end(), c.contentHash(), c.attributes());
    }
}
