package studio.ozone.runtime.jdk;

import java.security.PrivilegedAction;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;

import javax.security.auth.Subject;

/** What the tests ask of {@link Sample}, whose woven class only its own loader knows. */
public interface Acting {

    Subject who();

    <T> T as(Subject subject, PrivilegedAction<T> action);

    <T> T asChecked(Subject subject, PrivilegedExceptionAction<T> action) throws PrivilegedActionException;

    <T> T asPrivileged(Subject subject, PrivilegedAction<T> action);

    <T> T asHelper(Subject subject, PrivilegedAction<T> action);

    <T> T call(Subject subject, Callable<T> action);

    Subject current();

    Subject inThread(boolean named) throws InterruptedException;

    Subject inPool(ExecutorService pool) throws Exception;

    List<Subject> inPoolAll(ExecutorService pool) throws Exception;

    Subject onSchedule(ScheduledExecutorService pool) throws Exception;
}
