package studio.ozone.pipeline.prompt;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.Timeout;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;

/** Who goes before whom. */
public class LineTest {

    @Rule
    public final Timeout timeout = Timeout.seconds(60);

    private final Line line = new Line();
    private final List<String> order = Collections.synchronizedList(new ArrayList<>());

    @Test
    public void whoCameFirstGoesFirstHoweverLongItTakes() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                String name = "n" + i;
                long work = i * 7919 % 13 * 100_000L;
                Line.Place place = line.place();
                line.join(place, () -> all.add(threads.submit(() -> {
                    try (place) {
                        place.goesTo("local");
                        TimeUnit.NANOSECONDS.sleep(work);
                        place.first();
                        order.add(name);
                    }
                    return null;
                })));
            }
            for (Future<?> each : all) {
                each.get();
            }
        }
        List<String> came = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            came.add("n" + i);
        }
        assertEquals(came, order);
    }

    @Test
    public void anotherProviderIsAnotherLine() throws Exception {
        joined("local");
        Line.Place api = joined("api");
        Line.Place unknown = joined(null);
        api.first();
        Line.Place behind = joined("api");
        Future<?> waiting = waiting(behind);
        unknown.goesTo("local");
        assertFalse("one to the same provider is before it", waiting.isDone());
        api.leave();
        waiting.get();
    }

    @Test
    public void whoReadsFilesFirstHoldsNobodyUpAndWaitsForNobodyThatHasNotBegun() throws Exception {
        Line.Place reads = joined("local");
        Line.Place begun = joined("local");
        Line.Place notBegun = joined(null);
        reads.leave();
        begun.first();
        reads.again();
        Future<?> waiting = waiting(reads);
        begun.leave();
        waiting.get();
        reads.close();
        notBegun.goesTo("local");
        notBegun.first();
    }

    @Test
    public void whoHasEndedStandsInNobodysWay() throws Exception {
        Line.Place ended = joined("local");
        ended.leave();
        ended.close();
        ended.again();
        ended.first();
        joined("local").first();
        try (Line.Place refused = line.place()) {
            assertThrows(RejectedExecutionException.class, () -> line.join(refused, () -> {
                throw new RejectedExecutionException();
            }));
        }
        joined("api").first();
    }

    private Line.Place joined(String provider) {
        Line.Place place = line.place();
        line.join(place, () -> { });
        if (provider != null) {
            place.goesTo(provider);
        }
        return place;
    }

    /** Ends when it is first; has begun to wait, or is first already. */
    private static Future<?> waiting(Line.Place place) {
        FutureTask<Void> task = new FutureTask<>(() -> {
            place.first();
            return null;
        });
        Thread thread = new Thread(task);
        thread.start();
        while (thread.isAlive() && thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        return task;
    }
}
