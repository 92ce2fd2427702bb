package studio.ozone.config.recommend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What the control groups of this process leave it of the machine (Linux; versions 1 and 2). */
final class Limits {

    private final Path root;

    /** @param root what {@code /} is, for recorded trees */
    Limits(Path root) {
        this.root = root;
    }

    /**
     * @param value bytes, or processors
     * @param file that says so
     */
    record Limit(double value, String file) { }

    /** The smallest limit of memory; null where there is none. */
    Limit memory() {
        return smaller(least("", "memory.max", null), least("memory", "memory.limit_in_bytes", null));
    }

    /** The smallest limit of processor time, in processors; null where there is none. */
    Limit processors() {
        return smaller(least("", "cpu.max", null), least("cpu", "cpu.cfs_quota_us", "cpu.cfs_period_us"));
    }

    private static Limit smaller(Limit a, Limit b) {
        return a == null ? b : b == null || a.value() <= b.value() ? a : b;
    }

    /** Looks at the group of the process and at all above it, since each of them limits. */
    private Limit least(String controller, String file, String period) {
        Path mount = root.resolve("sys/fs/cgroup").resolve(controller);
        Limit least = null;
        for (Path group = mount.resolve(group(controller)); group != null && group.startsWith(mount); group = group.getParent()) {
            Path at = group.resolve(file);
            least = smaller(limit(at, period == null ? null : group.resolve(period)), least);
        }
        return least;
    }

    /** The path of this process below the mount of a controller; the unified hierarchy has none. */
    private String group(String controller) {
        String text = read(root.resolve("proc/self/cgroup"));
        for (String line : text == null ? new String[0] : text.split("\n")) {
            String[] parts = line.split(":", 3);
            if (parts.length == 3 && (controller.isEmpty() ? parts[1].isEmpty() : Arrays.asList(parts[1].split(",")).contains(controller))) {
                return parts[2].replaceFirst("^/+", "").replace("../", "");
            }
        }
        return "";
    }

    private Limit limit(Path at, Path period) {
        String text = read(at);
        if (text == null) {
            return null;
        }
        try {
            String[] words = text.strip().split("\\s+");
            if (words[0].equals("max")) {
                return null;
            }
            double value = Double.parseDouble(words[0]);
            if (words.length > 1) {
                value /= Double.parseDouble(words[1]);
            } else if (period != null) {
                String length = read(period);
                value = length == null ? -1 : value / Double.parseDouble(length.strip());
            }
            // Version 1 writes a number near 2^63 where there is no limit, and -1.
            return value <= 0 || value > 1L << 50 ? null : new Limit(value, "/" + root.relativize(at));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static String read(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.readString(file) : null;
        } catch (IOException e) {
            return null;
        }
    }
}
