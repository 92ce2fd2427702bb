package studio.ozone.pipeline.ingest.internal;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps runs apart. What is looked up in the store and what is written from it happens under {@link #writing()}, one commit at a
 * time; a data set, which takes many commits, belongs to one run from {@link #take} to {@link #release}.
 */
final class Locks {

    private final ReentrantLock writing = new ReentrantLock(true);
    private final Set<Path> taken = new HashSet<>();

    ReentrantLock writing() {
        return writing;
    }

    synchronized void take(Path file) throws InterruptedException {
        while (!taken.add(file)) {
            wait();
        }
    }

    synchronized void release(Path file) {
        taken.remove(file);
        notifyAll();
    }
}
