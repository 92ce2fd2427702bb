package studio.ozone.zsei.store;

import java.util.Arrays;

/** Numbers, as many as come. Not thread-safe. */
final class LongList {

    private long[] numbers = new long[64];
    private int size;

    void add(long number) {
        if (size == numbers.length) {
            numbers = Arrays.copyOf(numbers, size * 2);
        }
        numbers[size++] = number;
    }

    int size() {
        return size;
    }

    long get(int at) {
        return numbers[at];
    }

    /** Ascending, each once. */
    void sort() {
        Arrays.sort(numbers, 0, size);
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (i == 0 || numbers[i] != numbers[kept - 1]) {
                numbers[kept++] = numbers[i];
            }
        }
        size = kept;
    }
}
