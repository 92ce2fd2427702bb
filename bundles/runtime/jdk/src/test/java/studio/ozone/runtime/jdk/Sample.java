package studio.ozone.runtime.jdk;

import java.security.AccessController;
import java.security.PrivilegedAction;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import javax.security.auth.Subject;

import org.apache.karaf.util.jaas.JaasHelper;

/** Written as code was written before Java 24. The tests load it woven, behind the interface. */
@SuppressWarnings("removal")
public final class Sample implements Acting {

    @Override
    public Subject who() {
        return Subject.getSubject(AccessController.getContext());
    }

    @Override
    public <T> T as(Subject subject, PrivilegedAction<T> action) {
        return Subject.doAs(subject, action);
    }

    @Override
    public <T> T asChecked(Subject subject, PrivilegedExceptionAction<T> action) throws PrivilegedActionException {
        return Subject.doAs(subject, action);
    }

    @Override
    public <T> T asPrivileged(Subject subject, PrivilegedAction<T> action) {
        return Subject.doAsPrivileged(subject, action, null);
    }

    @Override
    public <T> T asHelper(Subject subject, PrivilegedAction<T> action) {
        return JaasHelper.doAs(subject, action);
    }

    @Override
    public <T> T call(Subject subject, Callable<T> action) {
        return Subject.callAs(subject, action);
    }

    @Override
    public Subject current() {
        return Subject.current();
    }

    @Override
    public Subject inThread(boolean named) throws InterruptedException {
        AtomicReference<Subject> seen = new AtomicReference<>();
        Runnable task = () -> seen.set(who());
        Thread thread = named ? new Thread(task, "sample") : new Thread(task);
        thread.start();
        thread.join();
        return seen.get();
    }

    @Override
    public Subject inPool(ExecutorService pool) throws Exception {
        AtomicReference<Subject> seen = new AtomicReference<>();
        Runnable task = () -> seen.set(who());
        pool.submit(task).get();
        return seen.get();
    }

    @Override
    public List<Subject> inPoolAll(ExecutorService pool) throws Exception {
        Callable<Subject> task = this::who;
        return pool.invokeAll(List.of(task, task)).stream().map(Future::resultNow).toList();
    }

    @Override
    public Subject onSchedule(ScheduledExecutorService pool) throws Exception {
        AtomicReference<Subject> seen = new AtomicReference<>();
        Future<?> running = pool.scheduleAtFixedRate(() -> {
            seen.set(who());
            throw new IllegalStateException("once is enough");
        }, 0, 1, TimeUnit.MILLISECONDS);
        try {
            running.get();
        } catch (java.util.concurrent.ExecutionException e) {
            return seen.get();
        }
        throw new AssertionError("the task ends by throwing");
    }
}
