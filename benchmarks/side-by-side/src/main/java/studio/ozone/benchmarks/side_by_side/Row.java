package studio.ozone.benchmarks.side_by_side;

/**
 * A line of the result. Times are microseconds of one operation; all figures are null where nothing was measured.
 *
 * @param what the task; rows with the same task are compared
 * @param engine who
 * @param ours whether it is this product
 * @param n operations measured
 * @param cpu of the measuring thread
 * @param processCpu of the whole process in the same time
 * @param p50 wall, as p95 and p99
 * @param recall recall@10; null where it does not apply
 * @param load the system's load average (1 minute) while it was measured, the mean over the rounds
 * @param note what has to be known to read it; null for nothing
 * @param notMeasured why there are no figures; null where there are
 */
record Row(String what, String engine, boolean ours, Integer n, Double cpu, Double processCpu, Double p50, Double p95, Double p99, Double recall,
        Double load, String note, String notMeasured) {

    static Row of(String what, String engine, boolean ours, Meter meter, Double recall, String note) {
        return new Row(what, engine, ours, meter.operations(), meter.cpuMicros(), meter.processMicros(), meter.percentile(0.5),
                meter.percentile(0.95), meter.percentile(0.99), recall, meter.load(), note, null);
    }

    /** CPU is that of the process, for engines whose work is done by threads of theirs. */
    static Row ofProcess(String what, String engine, boolean ours, Meter meter, String note) {
        return new Row(what, engine, ours, meter.operations(), meter.processMicros(), meter.processMicros(), meter.percentile(0.5),
                meter.percentile(0.95), meter.percentile(0.99), null, meter.load(), note, null);
    }

    static Row absent(String what, String engine, boolean ours, String why) {
        return new Row(what, engine, ours, null, null, null, null, null, null, null, null, null, why);
    }
}
