package studio.ozone.benchmarks.side_by_side;

/** A node that a peer has reached: the same facts as a step of ours. */
record Reached(long id, int distance, long via) { }
