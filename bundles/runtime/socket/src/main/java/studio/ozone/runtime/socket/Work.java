package studio.ozone.runtime.socket;

import java.util.Map;

/** What writes the body of one response. */
interface Work {

    /** Headers of the response, besides the usual ones. */
    Map<String, String> headers();

    /** Does it, in this thread. */
    Outcome run();

    /**
     * Ends it early, called by another thread; harmless where it has ended.
     *
     * @param runner the thread that is in {@link #run}
     */
    void cancel(Thread runner);
}
