package studio.ozone.benchmarks.side_by_side;

/** A store with numbered records. */
interface Keeper extends AutoCloseable {

    String name();

    default boolean ours() {
        return false;
    }

    /** Writes records, durably when it returns, all or nothing. @param first the number of the first one, from 1 */
    void put(int first, int count) throws Exception;

    /** @return the record, read */
    Object get(int number) throws Exception;

    /** Reads every record. @return how many there are */
    int scan() throws Exception;

    @Override
    void close() throws Exception;
}
