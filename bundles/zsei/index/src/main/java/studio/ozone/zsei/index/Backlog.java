package studio.ozone.zsei.index;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

import studio.ozone.api.zsei.Commit;

/**
 * Commits that wait to be indexed, with their texts. Bounded: what does not fit is dropped, which leaves a gap in the sequence;
 * whoever meets the gap reads the commits back from the store. Thread-safe.
 */
final class Backlog {

    private static final long MOST_CHARACTERS = 8_000_000;
    private static final int MOST_COMMITS = 10_000;

    private final ArrayDeque<Commit> commits = new ArrayDeque<>();
    private long characters;
    private long chunks;

    synchronized void add(Commit commit) {
        if (commits.size() < MOST_COMMITS && characters < MOST_CHARACTERS) {
            commits.add(commit);
            characters += characters(commit);
            chunks += commit.texts().size();
        }
    }

    /**
     * Takes commits that follow one another without a gap.
     *
     * @param after the last commit that was applied; what is not later is dropped
     * @param most texts after which no further commit is taken
     * @return empty where the next commit is not here
     */
    synchronized List<Commit> takeAfter(long after, int most) {
        List<Commit> taken = new ArrayList<>();
        int texts = 0;
        long last = after;
        while (!commits.isEmpty() && texts < most) {
            Commit next = commits.peek();
            if (next.sequence() > last + 1) {
                break;
            }
            commits.poll();
            characters -= characters(next);
            chunks -= next.texts().size();
            if (next.sequence() == last + 1) {
                taken.add(next);
                texts += next.texts().size();
                last = next.sequence();
            }
        }
        return taken;
    }

    /** Texts that wait. */
    synchronized long chunks() {
        return chunks;
    }

    private static long characters(Commit commit) {
        long sum = 0;
        for (String text : commit.texts().values()) {
            sum += text.length();
        }
        return sum;
    }
}
