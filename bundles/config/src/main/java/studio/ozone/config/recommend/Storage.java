package studio.ozone.config.recommend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

import studio.ozone.config.recommend.Machine.Disk;

/** The disk below a folder. */
final class Storage {

    private static final int POINT = 4;
    private static final Pattern VIRTUAL = Pattern.compile("x?vd[a-z]+");

    private final Path root;
    private final boolean mac;
    private final Commands commands;

    Storage(Path root, boolean mac, Commands commands) {
        this.root = root;
        this.mac = mac;
        this.commands = commands;
    }

    /** A mount: where, which device, what kind of file system, and the name of the device. */
    private record Mount(String point, String device, String type, String source) { }

    /** GiB of the file system that a folder lies on, or will. */
    static Detected<Long> size(Path folder) {
        try {
            return new Detected<>(Files.getFileStore(existing(folder)).getTotalSpace() >> 30, "the file system of " + folder);
        } catch (IOException e) {
            return Detected.unknown(folder + ": " + e.getMessage());
        }
    }

    Detected<Disk> kind(Path folder) {
        if (mac) {
            String text = commands.run("diskutil", "info", "/System/Volumes/Data");
            return text == null || !text.contains("Solid State:") ? Detected.unknown("diskutil did not say")
                : new Detected<>(text.matches("(?s).*Solid State:\\s+Yes.*") ? Disk.SSD : Disk.ROTATING, "diskutil info");
        }
        try {
            Path real = existing(folder).toRealPath();
            Mount mount = mount("/" + root.toRealPath().relativize(real));
            if (mount == null) {
                return Detected.unknown("/proc/self/mountinfo has no mount for " + folder);
            }
            Path device = device(mount);
            if (device == null) {
                return Detected.unknown(folder + " lies on " + mount.type() + " (" + mount.source() + "), which has no disk of its own");
            }
            // A partition has no queue; the disk around it has.
            Path disk = Files.exists(device.resolve("queue/rotational")) ? device : device.getParent();
            Path rotational = disk.resolve("queue/rotational");
            if (!Files.isReadable(rotational)) {
                return Detected.unknown("/" + root.toRealPath().relativize(disk) + " does not say whether it rotates");
            }
            String name = disk.getFileName().toString();
            String where = "/sys/block/" + name + "/queue/rotational";
            if (!Files.readString(rotational).strip().equals("1")) {
                return new Detected<>(name.startsWith("nvme") ? Disk.NVME : Disk.SSD, where);
            }
            return VIRTUAL.matcher(name).matches() ? Detected.unknown("a virtual disk (" + name + ") says that it rotates, whatever it lies on")
                : new Detected<>(Disk.ROTATING, where);
        } catch (IOException e) {
            return Detected.unknown("/proc/self/mountinfo or /sys cannot be read here");
        }
    }

    /** The mount of the longest name that a path begins with. */
    private Mount mount(String path) throws IOException {
        Mount found = null;
        for (String line : Files.readAllLines(root.resolve("proc/self/mountinfo"))) {
            String[] fields = line.split(" ");
            int dash = Arrays.asList(fields).indexOf("-");
            if (fields.length <= POINT || dash < 0 || dash + 2 >= fields.length) {
                continue;
            }
            String point = fields[POINT].replace("\\040", " ");
            boolean above = point.equals("/") || path.equals(point) || path.startsWith(point + "/");
            if (above && (found == null || point.length() >= found.point().length())) {
                found = new Mount(point, fields[2], fields[dash + 1].toLowerCase(Locale.ROOT), fields[dash + 2]);
            }
        }
        return found;
    }

    /** Its folder in {@code /sys}; null where the file system is no block device's. */
    private Path device(Mount mount) throws IOException {
        Path byNumber = root.resolve("sys/dev/block").resolve(mount.device());
        if (Files.exists(byNumber)) {
            return byNumber.toRealPath();
        }
        Path byName = root.resolve("sys/class/block").resolve(mount.source().substring(mount.source().lastIndexOf('/') + 1));
        return mount.source().startsWith("/dev/") && Files.exists(byName) ? byName.toRealPath() : null;
    }

    private static Path existing(Path folder) {
        Path at = folder.toAbsolutePath();
        while (!Files.exists(at)) {
            at = at.getParent();
        }
        return at;
    }
}
