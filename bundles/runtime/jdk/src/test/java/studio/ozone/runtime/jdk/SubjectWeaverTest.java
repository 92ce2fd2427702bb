package studio.ozone.runtime.jdk;

import java.io.IOException;
import java.io.InputStream;
import java.security.PrivilegedAction;
import java.security.PrivilegedActionException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

import javax.security.auth.Subject;

import org.junit.After;
import org.junit.Test;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;

public class SubjectWeaverTest {

    private final Subject alice = new Subject();
    private final Subject bob = new Subject();
    private final ScheduledExecutorService pool = Executors.newSingleThreadScheduledExecutor();

    @After
    public void stop() {
        pool.shutdownNow();
    }

    @Test
    public void theOldCallThrowsWithoutUs() {
        assertThrows("or this bundle is no longer needed", UnsupportedOperationException.class, () -> new Sample().who());
    }

    @Test
    public void everyWayToActAsSomebodyIsSeenByEveryWayToAsk() throws Exception {
        Acting sample = woven(false);
        assertNull(sample.who());
        assertSame(alice, sample.as(alice, (PrivilegedAction<Subject>) sample::who));
        assertSame(alice, sample.asChecked(alice, sample::who));
        assertSame(alice, sample.asPrivileged(alice, (PrivilegedAction<Subject>) sample::current));
        assertSame(alice, sample.asHelper(alice, (PrivilegedAction<Subject>) sample::current));
        assertSame(alice, sample.call(alice, sample::who));
        assertNull("and it ends with the call", sample.who());
    }

    @Test
    public void anInnerSubjectHidesTheOuterOneAndGivesItBack() {
        Acting sample = woven(false);
        List<Subject> seen = sample.call(alice, () -> {
            Subject inner = sample.call(bob, sample::who);
            Subject nobody = sample.call(null, sample::who);
            return java.util.Arrays.asList(inner, nobody, sample.who());
        });
        assertEquals(3, seen.size());
        assertSame(bob, seen.get(0));
        assertNull(seen.get(1));
        assertSame(alice, seen.get(2));
    }

    @Test
    public void anExceptionEndsItToo() {
        Acting sample = woven(false);
        assertThrows(IllegalStateException.class, () -> sample.as(alice, (PrivilegedAction<Void>) () -> {
            throw new IllegalStateException();
        }));
        assertThrows(PrivilegedActionException.class, () -> sample.asChecked(alice, () -> {
            throw new IOException();
        }));
        assertThrows(CompletionException.class, () -> sample.call(alice, () -> {
            throw new IOException();
        }));
        assertNull(sample.who());
    }

    @Test
    public void whatTheShellStartsRunsAsTheOneWhoTypedIt() {
        Acting sample = woven(true);
        assertSame(alice, sample.call(alice, () -> sample.inThread(true)));
        assertSame(alice, sample.call(alice, () -> sample.inThread(false)));
        assertSame(alice, sample.call(alice, () -> sample.inPool(pool)));
        assertEquals(List.of(alice, alice), sample.call(alice, () -> sample.inPoolAll(pool)));
        assertSame(alice, sample.call(alice, () -> sample.onSchedule(pool)));
    }

    @Test
    public void aPooledThreadIsLeftAsItWasFound() throws Exception {
        Acting sample = woven(true);
        Acting other = woven(false);
        assertSame("made while alice acts", alice, sample.call(alice, () -> sample.inPool(pool)));
        assertNull("nobody is left in it", other.inPool(pool));
        assertSame("and bob finds no alice", bob, sample.call(bob, () -> sample.inPool(pool)));
        assertNull(other.inPool(pool));
    }

    @Test
    public void threadsOfOthersInheritNothing() throws Exception {
        Acting sample = woven(false);
        assertNull(sample.call(alice, () -> sample.inThread(true)));
        assertNull(sample.call(alice, () -> sample.inPool(pool)));
        try (ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
            assertNull(sample.call(alice, () -> sample.inPool(virtual)));
        }
    }

    @Test
    public void aClassWithNothingToRedirectIsLeftAlone() throws IOException {
        byte[] original = bytes(Acting.class);
        byte[] before = original.clone();
        assertNull(SubjectWeaver.weave(original, getClass().getClassLoader(), true));
        assertArrayEquals(before, original);
    }

    private Acting woven(boolean shell) {
        try {
            byte[] woven = SubjectWeaver.weave(bytes(Sample.class), getClass().getClassLoader(), shell);
            return (Acting) new Loader(woven).findClass(Sample.class.getName()).getConstructor().newInstance();
        } catch (IOException | ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] bytes(Class<?> type) throws IOException {
        try (InputStream in = type.getResourceAsStream(type.getSimpleName() + ".class")) {
            return in.readAllBytes();
        }
    }

    /** Defines the woven class apart from the one that the tests were compiled with. */
    private static final class Loader extends ClassLoader {

        private final byte[] woven;

        Loader(byte[] woven) {
            super(SubjectWeaverTest.class.getClassLoader());
            this.woven = woven;
        }

        @Override
        protected Class<?> findClass(String name) {
            return defineClass(name, woven, 0, woven.length);
        }
    }
}
