package studio.ozone.benchmarks.side_by_side;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What a part of the series finds out. */
final class Findings {

    private final List<Row> rows = new ArrayList<>();
    private final List<Fact> facts = Collections.synchronizedList(new ArrayList<>());

    /** Something that is made, and takes its time. */
    interface Making<T> {
        T make() throws Exception;
    }

    void row(Row row) {
        rows.add(row);
    }

    void fact(String what, String engine, double value, String unit) {
        facts.add(new Fact(what, engine, value, unit, Meter.systemLoad()));
        System.err.printf("  %s%s: %,.1f %s%n", engine == null ? "" : engine + ", ", what, value, unit);
    }

    /** Notes how long it takes by the clock. */
    <T> T timed(String what, String engine, Making<T> making) throws Exception {
        long began = System.nanoTime();
        T made = making.make();
        fact(what, engine, (System.nanoTime() - began) / 1e9, "s");
        return made;
    }

    /** Bytes of the heap that are in use after a full collection. */
    static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    List<Row> rows() {
        return rows;
    }

    List<Fact> facts() {
        return facts;
    }
}
