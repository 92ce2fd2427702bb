package studio.ozone.zsei.traversal;

import java.util.AbstractList;
import java.util.List;

/** The way to a place, read backwards from it when somebody asks. All ways of one walk share their places. */
final class Trail extends AbstractList<Long> {

    private final long[] ids;
    private final int[] before;
    private final int last;

    /** @param before the index of the place before; -1 where the way begins */
    private Trail(long[] ids, int[] before, int last) {
        this.ids = ids;
        this.before = before;
        this.last = last;
    }

    static List<Long> to(int last, long[] ids, int[] before) {
        return new Trail(ids, before, last);
    }

    @Override
    public int size() {
        int size = 1;
        for (int at = last; before[at] >= 0; at = before[at]) {
            size++;
        }
        return size;
    }

    @Override
    public Long get(int index) {
        int back = size() - 1 - index;
        if (index < 0 || back < 0) {
            throw new IndexOutOfBoundsException(index);
        }
        int at = last;
        for (; back > 0; back--) {
            at = before[at];
        }
        return ids[at];
    }
}
