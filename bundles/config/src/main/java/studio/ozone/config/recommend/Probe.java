package studio.ozone.config.recommend;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import studio.ozone.config.recommend.Machine.Gpu;

/** Looks at the machine: cores, memory and GPU. {@link Storage} looks at the disk. What cannot be read is unknown, never guessed. */
final class Probe {

    private static final double GIB = 1L << 30;
    private static final Pattern MEMORY = Pattern.compile("(?m)^MemTotal:\\s+(\\d+) kB");
    private static final String AMD = "0x1002";

    private final Path root;
    private final boolean mac;
    private final String arch;
    private final int processors;
    private final Commands commands;
    private final Limits limits;

    /**
     * @param root what {@code /} is, for recorded trees
     * @param os the name of the operating system
     * @param processors that the JVM may use
     */
    Probe(Path root, String os, String arch, int processors, Commands commands) {
        this.root = root;
        this.mac = os.toLowerCase(Locale.ROOT).startsWith("mac");
        this.arch = arch;
        this.processors = processors;
        this.commands = commands;
        this.limits = new Limits(root);
    }

    /** @param dataHome in the tree of {@code root} */
    Machine look(Path dataHome) {
        Storage storage = new Storage(root, mac, commands);
        return new Machine(cores(), memory(), storage.kind(dataHome), Storage.size(dataHome), gpu());
    }

    Detected<Integer> cores() {
        Detected<Integer> physical = mac ? macCores() : linuxCores();
        if (!physical.known()) {
            return physical;
        }
        Limits.Limit quota = limits.processors();
        int allowed = quota == null ? processors : Math.min(processors, (int) Math.ceil(quota.value()));
        if (allowed >= physical.value()) {
            return physical;
        }
        return new Detected<>(allowed, quota != null && Math.ceil(quota.value()) <= processors
            ? quota.file() + ": this process may use " + allowed + " of " + physical.value()
            : "this process may use " + allowed + " of " + physical.value() + " (" + physical.source() + ")");
    }

    private Detected<Integer> macCores() {
        String text = commands.run("sysctl", "-n", "hw.physicalcpu");
        return text == null || !text.matches("\\d+") ? Detected.unknown("sysctl hw.physicalcpu did not answer")
            : new Detected<>(Integer.valueOf(text), "sysctl hw.physicalcpu");
    }

    private Detected<Integer> linuxCores() {
        Set<String> cores = new HashSet<>();
        String text = read("proc/cpuinfo");
        for (String processor : text == null ? new String[0] : text.split("\n\\s*\n")) {
            String core = field(processor, "core id");
            if (core != null) {
                cores.add(field(processor, "physical id") + "/" + core);
            }
        }
        if (!cores.isEmpty()) {
            return new Detected<>(cores.size(), "/proc/cpuinfo");
        }
        Path cpus = root.resolve("sys/devices/system/cpu");
        try (DirectoryStream<Path> each = Files.newDirectoryStream(cpus, "cpu[0-9]*")) {
            for (Path cpu : each) {
                Path siblings = cpu.resolve("topology/thread_siblings_list");
                if (Files.isReadable(siblings)) {
                    cores.add(Files.readString(siblings).strip());
                }
            }
        } catch (IOException e) {
            return Detected.unknown("neither /proc/cpuinfo nor /sys/devices/system/cpu can be read here");
        }
        return cores.isEmpty() ? Detected.unknown("neither /proc/cpuinfo nor /sys/devices/system/cpu names cores")
            : new Detected<>(cores.size(), "/sys/devices/system/cpu/cpu*/topology");
    }

    Detected<Integer> memory() {
        if (mac) {
            String text = commands.run("sysctl", "-n", "hw.memsize");
            return text == null || !text.matches("\\d+") ? Detected.unknown("sysctl hw.memsize did not answer")
                : new Detected<>((int) Math.round(Long.parseLong(text) / GIB), "sysctl hw.memsize");
        }
        String text = read("proc/meminfo");
        Matcher total = MEMORY.matcher(text == null ? "" : text);
        if (!total.find()) {
            return Detected.unknown("/proc/meminfo cannot be read here");
        }
        double host = Long.parseLong(total.group(1)) * 1024 / GIB;
        Limits.Limit limit = limits.memory();
        if (limit != null && limit.value() / GIB < host) {
            return new Detected<>((int) (limit.value() / GIB), limit.file() + " (the machine has " + gib(host) + ")");
        }
        // The kernel keeps a part for itself: 15.4 GiB are the usable ones of 16.
        return new Detected<>((int) Math.ceil(host), "/proc/meminfo: " + gib(host) + " usable");
    }

    Detected<Gpu> gpu() {
        if (mac) {
            return arch.equals("aarch64") ? new Detected<>(new Gpu("Apple " + arch, 0), "the processor: an Apple GPU shares its memory")
                : Detected.unknown("a Mac without an Apple processor; its GPU is not looked at");
        }
        String nvidia = commands.run("nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader,nounits");
        if (nvidia != null && nvidia.contains(",")) {
            String first = nvidia.lines().findFirst().orElse("");
            String memory = first.substring(first.lastIndexOf(',') + 1).strip();
            return new Detected<>(new Gpu(first.substring(0, first.lastIndexOf(',')).strip(), memory.matches("\\d+") ? Long.parseLong(memory) : 0),
                "nvidia-smi");
        }
        Detected<Gpu> driver = nvidiaDriver();
        if (driver != null) {
            return driver;
        }
        Detected<Gpu> amd = amd();
        return amd != null ? amd : !Files.isDirectory(root.resolve("proc")) ? Detected.unknown("nvidia-smi is not there, and there is no /proc")
            : new Detected<>(Gpu.NONE, "no nvidia-smi, nothing in /proc/driver/nvidia, no AMD card in /sys/class/drm");
    }

    private Detected<Gpu> nvidiaDriver() {
        try (DirectoryStream<Path> cards = Files.newDirectoryStream(root.resolve("proc/driver/nvidia/gpus"))) {
            for (Path card : cards) {
                String model = field(Files.readString(card.resolve("information")), "Model");
                if (model != null) {
                    return new Detected<>(new Gpu(model, 0), "/proc/driver/nvidia (its memory is not known without nvidia-smi)");
                }
            }
        } catch (IOException e) {
            return null;
        }
        return null;
    }

    private Detected<Gpu> amd() {
        try (DirectoryStream<Path> cards = Files.newDirectoryStream(root.resolve("sys/class/drm"), "card[0-9]*")) {
            for (Path card : cards) {
                Path device = card.resolve("device");
                Path memory = device.resolve("mem_info_vram_total");
                if (Files.isReadable(memory) && AMD.equals(Files.readString(device.resolve("vendor")).strip())) {
                    return new Detected<>(new Gpu("AMD", Long.parseLong(Files.readString(memory).strip()) >> 20), "/sys/class/drm");
                }
            }
        } catch (IOException | NumberFormatException e) {
            return null;
        }
        return null;
    }

    private static String field(String text, String name) {
        Matcher field = Pattern.compile("(?m)^" + name + "\\s*:\\s*(.*)$").matcher(text);
        return field.find() ? field.group(1).strip() : null;
    }

    private static String gib(double value) {
        return String.format(Locale.ROOT, "%.1f GiB", value);
    }

    private String read(String path) {
        try {
            return Files.readString(root.resolve(path));
        } catch (IOException e) {
            return null;
        }
    }
}
