package studio.ozone.benchmarks.side_by_side;

/**
 * A line of the result. Times are microseconds of one operation.
 *
 * @param what the task; rows with the same task are compared
 * @param engine who
 * @param ours whether it is this product
 * @param n operations measured
 * @param cpu of the measuring thread
 * @param processCpu of the whole process in the same time
 * @param p50 wall, as p95 and p99
 * @param recall recall@10; null where it does not apply
 * @param note what has to be known to read it
 */
record Row(String what, String engine, boolean ours, int n, double cpu, double processCpu, double p50, double p95, double p99, Double recall,
        String note) {

    static Row of(String what, String engine, boolean ours, Meter meter, Double recall, String note) {
        return new Row(what, engine, ours, meter.operations(), meter.cpuMicros(), meter.processMicros(), meter.percentile(0.5),
                meter.percentile(0.95), meter.percentile(0.99), recall, note);
    }
}
