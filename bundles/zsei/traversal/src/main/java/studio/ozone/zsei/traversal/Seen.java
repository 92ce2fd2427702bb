package studio.ozone.zsei.traversal;

/**
 * Ordinals that a walk has seen. A hash table, since a bit for every container would cost a small walk on a large graph more than the walk itself: at a
 * million containers 125 kB to be cleared.
 */
final class Seen {

    private static final int SPREAD = 0x9E3779B9;              // 2^32 over the golden ratio: neighbours come to lie apart

    private int[] slots = new int[512];                         // an ordinal and one; 0 is free
    private int shift = Integer.SIZE - 9;
    private int count;

    /** @return whether it was not there */
    boolean add(int ordinal) {
        if (count * 2 >= slots.length) {
            grow();
        }
        int slot = slot(ordinal);
        if (slots[slot] != 0) {
            return false;
        }
        slots[slot] = ordinal + 1;
        count++;
        return true;
    }

    boolean contains(int ordinal) {
        return slots[slot(ordinal)] != 0;
    }

    /** Where it is, or belongs. */
    private int slot(int ordinal) {
        int slot = (ordinal * SPREAD) >>> shift;
        while (slots[slot] != 0 && slots[slot] != ordinal + 1) {
            slot = slot + 1 & slots.length - 1;
        }
        return slot;
    }

    private void grow() {
        int[] before = slots;
        slots = new int[before.length * 4];
        shift -= 2;
        for (int kept : before) {
            if (kept != 0) {
                slots[slot(kept - 1)] = kept;
            }
        }
    }
}
