package studio.ozone.zsei.store;

import java.lang.reflect.Field;

import jetbrains.exodus.core.execution.JobProcessor;
import jetbrains.exodus.core.execution.ThreadJobProcessor;
import jetbrains.exodus.core.execution.ThreadJobProcessorPool;

/**
 * The threads that Xodus shares among all environments of a class loader: a timer, deferred file deletion, and one that makes
 * threads. Xodus never ends them, and they would hold a stopped bundle's classes for ever. The cleaner, one for each environment,
 * ends with it.
 *
 * <p>They are static in Xodus, and this bundle, whose private copy Xodus is, opens one environment at a time.
 */
final class XodusThreads {

    private XodusThreads() { }

    /** Ends them. The next environment starts them again. */
    static void end() {
        ThreadJobProcessorPool.getProcessors().forEach(JobProcessor::finish);
        spawner().finish();
    }

    /** Starts those that have been ended. */
    static void start() {
        spawner().start();
        ThreadJobProcessorPool.getProcessors().forEach(JobProcessor::start);
    }

    private static ThreadJobProcessor spawner() {
        try {
            Field field = ThreadJobProcessorPool.class.getDeclaredField("SPAWNER");
            field.setAccessible(true);
            return (ThreadJobProcessor) field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("This version of Xodus makes its threads in another way", e);
        }
    }
}
