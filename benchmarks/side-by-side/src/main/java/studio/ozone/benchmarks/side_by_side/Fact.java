package studio.ozone.benchmarks.side_by_side;

/**
 * What was measured once on the way: how long something took to build, how large it is.
 *
 * @param what it is
 * @param engine whose; null for the data themselves
 * @param load the system's load average (1 minute) at the end
 */
record Fact(String what, String engine, double value, String unit, double load) { }
