package studio.ozone.llm.local;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.sun.management.OperatingSystemMXBean;

/** What the machine has: free memory, physical cores, a GPU. What cannot be read is said to be unknown. */
class Machine {

    /** @param bytes its memory; 0 where it is not known or shared with the processor */
    record Gpu(String name, long bytes) { }

    private static final Pattern AVAILABLE = Pattern.compile("(?m)^MemAvailable:\\s+(\\d+) kB");
    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB");
    private static final Pattern PAGES = Pattern.compile("(?m)^Pages (?:free|inactive|speculative|purgeable):\\s+(\\d+)\\.");
    private static final Pattern PAGE = Pattern.compile("page size of (\\d+) bytes");
    private static final boolean MAC = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac");

    /** Memory that can be had without swapping, in bytes; -1 where the system does not tell. */
    long freeBytes() {
        Matcher available = AVAILABLE.matcher(read("/proc/meminfo"));
        if (available.find()) {
            return Math.min(Long.parseLong(available.group(1)) * 1024, groupFree());
        }
        if (MAC) {
            String said = run("vm_stat");
            Matcher size = PAGE.matcher(said);
            long pages = PAGES.matcher(said).results().mapToLong(each -> Long.parseLong(each.group(1))).sum();
            if (size.find() && pages > 0) {
                return pages * Long.parseLong(size.group(1));
            }
        }
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system ? system.getFreeMemorySize() : -1;
    }

    /** What a control group leaves, with its file pages, which the kernel takes back. */
    private static long groupFree() {
        String most = read("/sys/fs/cgroup/memory.max").strip();
        String used = read("/sys/fs/cgroup/memory.current").strip();
        if (!most.matches("\\d{1,18}") || !used.matches("\\d{1,18}")) {
            return Long.MAX_VALUE;
        }
        Matcher files = Pattern.compile("(?m)^inactive_file (\\d+)").matcher(read("/sys/fs/cgroup/memory.stat"));
        return Math.max(0, Long.parseLong(most) - Long.parseLong(used) + (files.find() ? Long.parseLong(files.group(1)) : 0));
    }

    /** Physical cores that this process may use, at least one. */
    int cores() {
        int allowed = Runtime.getRuntime().availableProcessors();
        if (MAC) {
            String said = run("sysctl", "-n", "hw.physicalcpu").strip();
            return said.matches("\\d{1,4}") ? Math.clamp(Integer.parseInt(said), 1, allowed) : allowed;
        }
        Set<String> cores = new HashSet<>();
        for (String processor : read("/proc/cpuinfo").split("\n\\s*\n")) {
            Matcher core = Pattern.compile("(?m)^core id\\s*:\\s*(\\d+)").matcher(processor);
            Matcher chip = Pattern.compile("(?m)^physical id\\s*:\\s*(\\d+)").matcher(processor);
            if (core.find()) {
                cores.add((chip.find() ? chip.group(1) : "") + "/" + core.group(1));
            }
        }
        return cores.isEmpty() ? allowed : Math.min(cores.size(), allowed);
    }

    /** Null where none is found. */
    Gpu gpu() {
        if (MAC) {
            return System.getProperty("os.arch").equals("aarch64") ? new Gpu("Apple", 0) : null;
        }
        String nvidia = run("nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader,nounits");
        Matcher first = Pattern.compile("^(.+),\\s*(\\d+)\\s*$", Pattern.MULTILINE).matcher(nvidia);
        if (first.find()) {
            return new Gpu(first.group(1).strip(), Long.parseLong(first.group(2)) << 20);
        }
        try (DirectoryStream<Path> cards = Files.newDirectoryStream(Path.of("/sys/class/drm"), "card[0-9]*")) {
            for (Path card : cards) {
                String bytes = read(card.resolve("device/mem_info_vram_total").toString()).strip();
                if (bytes.matches("\\d{1,18}")) {
                    return new Gpu("AMD", Long.parseLong(bytes));
                }
            }
        } catch (IOException e) {
            return null;     // no such folder: no card that speaks there
        }
        return null;
    }

    /** Resident memory of a process; -1 where the system does not tell. */
    long resident(long pid) {
        Matcher resident = RESIDENT.matcher(read("/proc/" + pid + "/status"));
        if (resident.find()) {
            return Long.parseLong(resident.group(1)) * 1024;
        }
        String said = MAC ? run("ps", "-o", "rss=", "-p", Long.toString(pid)).strip() : "";
        return said.matches("\\d{1,15}") ? Long.parseLong(said) * 1024 : -1;
    }

    private static String read(String path) {
        try {
            return Files.readString(Path.of(path));
        } catch (IOException e) {
            return "";
        }
    }

    /** What a program prints; empty where it is not there, fails, or takes longer than two seconds. */
    private static String run(String... command) {
        Process process = null;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).redirectInput(ProcessBuilder.Redirect.from(
                Path.of(System.getProperty("os.name").startsWith("Windows") ? "NUL" : "/dev/null").toFile())).start();
            if (!process.waitFor(2, TimeUnit.SECONDS) || process.exitValue() != 0) {
                return "";
            }
            return new String(process.getInputStream().readNBytes(1 << 16), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        } finally {
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }
}
