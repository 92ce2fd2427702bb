package studio.ozone.benchmarks.side_by_side;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import com.sun.management.OperatingSystemMXBean;

/**
 * What one engine costs: rounds of equal operations. CPU time is that of the measuring thread, the median over the rounds; beside it that
 * of the whole process, which has other threads of the engine, the collector and the compiler in it. Wall time is taken for each operation.
 */
final class Meter {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final OperatingSystemMXBean SYSTEM = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final List<Double> cpu = new ArrayList<>();
    private final List<Double> process = new ArrayList<>();
    private final List<Double> loads = new ArrayList<>();
    private final List<Long> wall = new ArrayList<>();

    /** One operation; its answer is handed on so that nothing is optimised away. */
    interface Operation {
        Object run(int number) throws Exception;
    }

    /** Runs a round that counts. @return the answers */
    Object[] round(int operations, Operation operation) throws Exception {
        Object[] answers = new Object[operations];
        long[] took = new long[operations];
        long processBefore = SYSTEM.getProcessCpuTime();
        long before = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < operations; i++) {
            long began = System.nanoTime();
            answers[i] = operation.run(i);
            took[i] = System.nanoTime() - began;
        }
        long after = THREADS.getCurrentThreadCpuTime();
        add((after - before) / (double) operations, (SYSTEM.getProcessCpuTime() - processBefore) / (double) operations, took);
        return answers;
    }

    /** @param cpuNanos of one operation @param processNanos likewise @param took wall time of each */
    void add(double cpuNanos, double processNanos, long[] took) {
        cpu.add(cpuNanos);
        process.add(processNanos);
        loads.add(systemLoad());
        Arrays.stream(took).forEach(wall::add);
    }

    /** Microseconds of one operation. */
    double cpuMicros() {
        return median(cpu) / 1e3;
    }

    double processMicros() {
        return median(process) / 1e3;
    }

    int operations() {
        return wall.size();
    }

    /** The load average of the system, the mean over the rounds. */
    double load() {
        return loads.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    /** Of the last minute. */
    static double systemLoad() {
        return SYSTEM.getSystemLoadAverage();
    }

    /** Wall time in microseconds, by the nearest rank. @param share above 0, to 1 */
    double percentile(double share) {
        long[] sorted = wall.stream().mapToLong(Long::longValue).sorted().toArray();
        return sorted[(int) Math.ceil(share * sorted.length) - 1] / 1e3;
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
