package studio.ozone.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

import studio.ozone.api.benchmark.Benchmark.Host;

/** Reads what kind of machine this is; what the system does not tell is left open. */
final class Machine {

    private static final String UNKNOWN = "unknown";

    private Machine() {
    }

    static Host host(Path data, Double loadBegin) {
        return new Host(field(Path.of("/proc/cpuinfo"), "model name"), Runtime.getRuntime().availableProcessors(), ram(), disk(data),
            System.getProperty("os.name") + " " + System.getProperty("os.version") + " " + System.getProperty("os.arch"), loadBegin, load());
    }

    /** The load average of one minute; null where the system does not tell. */
    static Double load() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return load < 0 ? null : Samples.round(load);
    }

    static String jvm(List<String> options) {
        return System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version") + " (" + System.getProperty("java.vendor") + "), "
            + String.join(" ", options);
    }

    private static long ram() {
        String kibibytes = field(Path.of("/proc/meminfo"), "MemTotal").replaceAll("\\D", "");
        return kibibytes.isEmpty() ? -1 : Long.parseLong(kibibytes) * 1024;
    }

    private static String field(Path file, String name) {
        try {
            return Files.readAllLines(file).stream().filter(line -> line.startsWith(name)).map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst().orElse(UNKNOWN);
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    private static String disk(Path data) {
        try {
            FileStore store = Files.getFileStore(data);
            String device = store.name().startsWith("/dev/") ? Path.of(store.name()).toRealPath().getFileName().toString() : "";
            return kind(device) + ", " + store.type();
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    /** By what Linux knows of the device, or of the one that the partition is on. */
    private static String kind(String device) {
        for (String name : List.of(device, device.replaceAll("p?\\d+$", ""))) {
            Path rotational = Path.of("/sys/block/" + name + "/queue/rotational");
            if (!name.isEmpty() && Files.isReadable(rotational)) {
                try {
                    String kind = Files.readString(rotational).strip().equals("0") ? "ssd" : "hdd";
                    return name.startsWith("vd") ? "virtual" : kind;        // a virtual one says anything
                } catch (IOException e) {
                    return UNKNOWN;
                }
            }
        }
        return UNKNOWN;
    }

    /** The options that instances of the distribution are started with. */
    static List<String> options(Path home) throws IOException {
        try (var lines = Files.lines(home.resolve("lib/jvm.options"))) {
            return lines.map(String::strip).filter(line -> line.startsWith("-X") || line.startsWith("--add-modules")).collect(Collectors.toList());
        }
    }
}
