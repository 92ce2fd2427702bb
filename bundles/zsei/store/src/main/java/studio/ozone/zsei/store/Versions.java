package studio.ozone.zsei.store;

import jetbrains.exodus.ByteIterable;

/**
 * Keeps the versions of containers in a transaction that writes: those whose number is at most the limit below the present one. So nothing
 * has to be counted, and where some were not kept meanwhile there are fewer.
 */
record Versions(View view, State state, Tuning tuning) {

    /** Keeps what a container is, which is about to be written again, and drops what the limit leaves no room for. */
    void keep(Records.Stored stored) {
        long id = stored.container().id();
        int number = stored.container().version();
        if (tuning.versions() > 0) {
            ByteIterable value = Records.version(stored, view.relations(id, Records.MOST_EDGES), tuning.codec());
            if (view.database().versions.put(view.transaction(), Keys.of(id, number), value)) {
                state.versions++;
            }
        }
        dropBelow(id, first(number + 1, tuning.versions()));
    }

    /** Drops all of a container. */
    void drop(long id) {
        dropBelow(id, Long.MAX_VALUE);
    }

    /** The first number of a container that is kept, by its present one. */
    static long first(int present, int limit) {
        return (long) present - limit;
    }

    /** Whether a limit leaves no room for one, or its container is gone. Of a container that cannot be read, no version is. */
    static boolean surplus(View view, ByteIterable key, int limit) {
        try {
            Records.Stored present = view.stored(Keys.number(key, 0));
            return present == null || Keys.number(key, 8) < first(present.container().version(), limit);
        } catch (Bytes.MalformedException e) {
            return false; // integrity names it
        }
    }

    private void dropBelow(long id, long number) {
        if (state.versions > 0 && number > 1) {
            for (ByteIterable key : view.versionsBelow(id, number)) {
                drop(key);
            }
        }
    }

    /** Drops one. @return whether it was there */
    boolean drop(ByteIterable key) {
        boolean there = view.database().versions.delete(view.transaction(), key);
        if (there) {
            state.versions--;
        }
        return there;
    }
}
