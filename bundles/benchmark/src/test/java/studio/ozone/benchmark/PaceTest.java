package studio.ozone.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.Test;

import static org.junit.Assert.assertEquals;

/** What is said about the time that is left. */
public class PaceTest {

    private final AtomicLong seconds = new AtomicLong();
    private final List<String> said = new ArrayList<>();
    private final Pace pace = new Pace(List.of(new Pace.Step("one", 10), new Pace.Step("two", 20), new Pace.Step("three", 10)),
        (stage, done, total, detail) -> said.add(stage + " " + done + "/" + total + ": " + detail), () -> seconds.get() * 1_000_000_000L);

    @Test
    public void theRestFollowsThePaceSoFar() {
        pace.next();
        assertEquals("one 0/-1: step 1 of 3, about 40 s left", said.getLast());
        seconds.set(20);
        pace.next();
        assertEquals("a machine that takes twice as long", "two 0/-1: step 2 of 3, about 60 s left", said.getLast());
        seconds.set(30);
        pace.report("", 1, 2, "");
        assertEquals("by what is done of the step", "two 1/2: step 2 of 3, about 30 s left", said.getLast());
        seconds.set(500);
        pace.next();
        seconds.set(9000);
        pace.report("", 0, -1, "");
        assertEquals("never nothing", "three 0/-1: step 3 of 3, about 1 s left", said.getLast());
    }
}
