package studio.ozone.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.ZseiException;

/** Commits of one container and two edges each, from several writers at once; what counts is acknowledged, and so durable. */
final class Writing {

    static final int WRITERS = 8;
    static final long WINDOW_MS = 100;
    private static final int WARM_WINDOWS = 10;
    private static final int ALONE = 200;

    private final ContainerStore store;
    private final Workers workers;
    private final int windows;
    private final AtomicLong acknowledged = new AtomicLong();
    private volatile boolean over;

    /** @param windows stretches of {@link #WINDOW_MS} that are counted */
    Writing(ContainerStore store, Workers workers, int windows) {
        this.store = store;
        this.workers = workers;
        this.windows = windows;
    }

    void run(Told.Speaker speaker) throws ZseiException, InterruptedException {
        long parent = store.newId();
        long first = store.newId();
        long second = store.newId();
        store.apply(new Changes().put(text(parent, 0)).put(text(first, parent)).put(text(second, parent)));
        CompletionService<Void> writers = new ExecutorCompletionService<>(workers.pool("write", WRITERS));
        List<Double> rates = new ArrayList<>();
        try {
            for (int i = 0; i < WRITERS; i++) {
                writers.submit(() -> {
                    while (!over) {
                        one(parent, first, second);
                        acknowledged.incrementAndGet();
                    }
                    return null;
                });
            }
            for (int window = -WARM_WINDOWS; window < windows; window++) {
                long before = acknowledged.get();
                long begun = System.nanoTime();
                TimeUnit.MILLISECONDS.sleep(WINDOW_MS);
                double seconds = (System.nanoTime() - begun) / 1e9;
                if (window >= 0) {
                    rates.add((acknowledged.get() - before) / seconds);
                }
                speaker.progress(Math.max(0, window), windows);
            }
        } finally {
            over = true;
        }
        for (int i = 0; i < WRITERS; i++) {
            ended(writers);
        }
        List<Double> alone = new ArrayList<>();
        for (int i = 0; i < ALONE; i++) {
            long begun = System.nanoTime();
            one(parent, first, second);
            alone.add((System.nanoTime() - begun) / 1e6);
        }
        speaker.samples(Rows.DURABLE_WRITE.label(), rates);
        speaker.figure("alone_p50_ms", new Samples(alone).at(0.5));
        speaker.figure("alone_p95_ms", new Samples(alone).at(0.95));
    }

    private void one(long parent, long first, long second) throws ZseiException {
        long id = store.newId();
        store.apply(new Changes().put(text(id, parent)).relate(edge(id, first)).relate(edge(id, second)));
    }

    private static Container text(long id, long parent) {
        return Container.of(id, parent, ContainerType.TEXT, "written " + id, null, null, 0, 0, null, Map.of());
    }

    private static Relation edge(long from, long to) {
        return new Relation(from, to, RelationType.REFERENCES, 1, Relation.Discovery.MANUAL);
    }

    private static void ended(CompletionService<Void> writers) throws ZseiException, InterruptedException {
        try {
            writers.take().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ZseiException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
