package studio.ozone.zsei.traversal;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** What an answer depended on: containers, by their ordinals, and what names stood for. */
final class Touched {

    private int[] ordinals = new int[64];
    private int count;
    private final Map<Name, Set<Long>> named = new HashMap<>();
    private LiveGraph.Moment first;
    private boolean whole = true;

    /**
     * A part of the answer is found in the graph as it is at a moment. What changes after the first of them counts as changed.
     *
     * @param moment null where it is found in the store itself
     */
    void at(LiveGraph.Moment moment) {
        first = first == null ? moment : first;
        whole &= moment != null && moment.layout() == first.layout();
    }

    /** When the first part was found; null if what it depended on cannot be told. */
    LiveGraph.Moment first() {
        return whole ? first : null;
    }

    void add(int ordinal) {
        if (count == ordinals.length) {
            ordinals = Arrays.copyOf(ordinals, count * 2);
        }
        ordinals[count++] = ordinal;
    }

    void add(Name name, Set<Long> ids) {
        named.put(name, ids);
    }

    /** Once each, in their order, in no more memory than that takes. */
    Touched trimmed() {
        Arrays.sort(ordinals, 0, count);
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (kept == 0 || ordinals[kept - 1] != ordinals[i]) {
                ordinals[kept++] = ordinals[i];
            }
        }
        count = kept;
        ordinals = Arrays.copyOf(ordinals, count);
        return this;
    }

    int size() {
        return count;
    }

    /** Whether all of it is as it was at a commit. */
    boolean sameSince(Graph graph, long sequence) {
        for (int i = 0; i < count; i++) {
            if (!graph.sameSince(ordinals[i], sequence)) {
                return false;
            }
        }
        return named.isEmpty() || graph.names() != null && named.entrySet().stream().allMatch(each -> graph.named(each.getKey()).equals(each.getValue()));
    }
}
