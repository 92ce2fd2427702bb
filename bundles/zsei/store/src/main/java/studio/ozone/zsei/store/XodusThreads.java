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
 * <p>They are static in Xodus, and so is the number of environments that this bundle, whose private copy Xodus is, has open.
 */
final class XodusThreads {

    private static int environments;

    private XodusThreads() { }

    /** An environment has been closed. With the last one they end; the next one starts them again. */
    static synchronized void end() {
        if (--environments > 0) {
            return;
        }
        ThreadJobProcessorPool.getProcessors().forEach(JobProcessor::finish);
        spawner().finish();
    }

    /** An environment is about to be opened: starts those that have been ended. */
    static synchronized void start() {
        if (environments++ > 0) {
            return;
        }
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
