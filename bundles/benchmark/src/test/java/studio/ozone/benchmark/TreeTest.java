package studio.ozone.benchmark;

import java.util.List;
import java.util.stream.IntStream;

import org.junit.Test;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

/** The tree that a store is filled with. */
public class TreeTest {

    @Test
    public void chunksLieInDocumentsAndDocumentsInFolders() {
        for (int size : new int[] {10_000, 100_000, 12_345, 111, 12}) {
            Tree tree = new Tree(size);
            for (int node = 1; node < size; node++) {
                Tree.Kind above = tree.kind(tree.parent(node));
                switch (tree.kind(node)) {
                    case CHUNK -> assertEquals(Tree.Kind.DOCUMENT, above);
                    default -> assertEquals(Tree.Kind.FOLDER, above);
                }
            }
            long texts = IntStream.range(0, size).filter(node -> tree.kind(node) == Tree.Kind.TEXT).count();
            assertTrue("one folder at most is mixed: " + texts, texts < Tree.FAN_OUT);
            long chunks = IntStream.range(0, size).filter(node -> tree.kind(node) == Tree.Kind.CHUNK).count();
            assertTrue("most are chunks: " + chunks, size < 100 || chunks > 0.85 * size);
        }
    }

    @Test
    public void walksFindTheirNumber() {
        Tree tree = new Tree(10_000);
        assertEquals("only the top has all of them below it", List.of(0), tree.roomy(10_000, 1000));
        List<Integer> hundred = tree.roomy(100, 1000);
        assertTrue(hundred.toString(), hundred.size() >= 100);
        for (int node : hundred) {
            int below = 1;
            for (long first = node, last = node; first * 10 + 1 < 10_000; ) {
                first = first * 10 + 1;
                last = Math.min(9_999, last * 10 + 10);
                below += (int) (last - first + 1);
            }
            assertTrue(node + " has " + below, below >= 100);
        }
    }
}
