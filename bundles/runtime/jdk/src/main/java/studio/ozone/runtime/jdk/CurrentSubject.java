package studio.ozone.runtime.jdk;

import java.security.PrivilegedAction;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import javax.security.auth.Subject;

/**
 * Who is acting on this thread. Woven classes call these methods in place of the ones that Java 24 switched off together with the
 * security manager ({@code Subject.getSubject} throws since then).
 *
 * <p>The protocol: a subject is bound to one thread, for the time of one call, and whatever was bound before is put back when
 * the call returns or throws. No thread inherits it. Where the shell hands work to another thread (the parts of a pipe, a
 * session of its own) the <em>task</em> carries the subject of the one who handed it over, for the time of that task, so that a
 * pooled thread is left as it was found.
 *
 * <p>The methods are static because woven bytecode has nothing to hold an instance in.
 */
public final class CurrentSubject {

    private static final ThreadLocal<Subject> BOUND = new ThreadLocal<>();

    private CurrentSubject() {
    }

    /** The subject bound to this thread, or null. */
    public static Subject current() {
        return BOUND.get();
    }

    /** Runs {@code action} as {@code subject}; null runs it as nobody. */
    public static <T> T doAs(Subject subject, PrivilegedAction<T> action) {
        Subject before = bind(subject);
        try {
            return action.run();
        } finally {
            bind(before);
        }
    }

    /** Runs {@code action} as {@code subject}; a checked exception comes wrapped, an unchecked one as it is. */
    public static <T> T doAs(Subject subject, PrivilegedExceptionAction<T> action) throws PrivilegedActionException {
        Subject before = bind(subject);
        try {
            return action.run();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new PrivilegedActionException(e);
        } finally {
            bind(before);
        }
    }

    /** Runs {@code action} as {@code subject}; every exception comes wrapped, as in {@code Subject.callAs}. */
    public static <T> T callAs(Subject subject, Callable<T> action) {
        Subject before = bind(subject);
        try {
            return action.call();
        } catch (Exception e) {
            throw new CompletionException(e);
        } finally {
            bind(before);
        }
    }

    /** {@code task}, run as the one who is bound here and now. */
    public static Runnable carry(Runnable task) {
        Subject giver = current();
        return giver == null || task == null ? task : () -> {
            Subject before = bind(giver);
            try {
                task.run();
            } finally {
                bind(before);
            }
        };
    }

    /** {@code task}, run as the one who is bound here and now. */
    public static <T> Callable<T> carry(Callable<T> task) {
        Subject giver = current();
        return giver == null || task == null ? task : () -> {
            Subject before = bind(giver);
            try {
                return task.call();
            } finally {
                bind(before);
            }
        };
    }

    /** {@code executor.execute}, with the task carrying its giver. */
    public static void execute(Executor executor, Runnable task) {
        executor.execute(carry(task));
    }

    /** {@code executor.submit}, with the task carrying its giver. */
    public static Future<?> submit(ExecutorService executor, Runnable task) {
        return executor.submit(carry(task));
    }

    /** {@code executor.submit}, with the task carrying its giver. */
    public static <T> Future<T> submit(ExecutorService executor, Callable<T> task) {
        return executor.submit(carry(task));
    }

    /** {@code executor.invokeAll}, with each task carrying its giver. */
    public static <T> List<Future<T>> invokeAll(ExecutorService executor, Collection<? extends Callable<T>> tasks) throws InterruptedException {
        List<Callable<T>> carried = new ArrayList<>(tasks.size());
        for (Callable<T> task : tasks) {
            carried.add(carry(task));
        }
        return executor.invokeAll(carried);
    }

    /** {@code executor.scheduleAtFixedRate}, with the task carrying its giver. */
    public static ScheduledFuture<?> scheduleAtFixedRate(ScheduledExecutorService executor, Runnable task, long delay, long period, TimeUnit unit) {
        return executor.scheduleAtFixedRate(carry(task), delay, period, unit);
    }

    /** Binds {@code subject} to this thread and returns what was bound before; null leaves nothing behind. */
    private static Subject bind(Subject subject) {
        Subject before = BOUND.get();
        if (subject == null) {
            BOUND.remove();
        } else {
            BOUND.set(subject);
        }
        return before;
    }
}
