package studio.ozone.config.recommend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.config.recommend.Machine.Disk;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

/** On trees as machines have them in {@code /proc} and {@code /sys}. */
public class ProbeTest {

    private static final Commands NOTHING = line -> null;

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void twoThreadsOnACoreAreOneCore() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int processor = 0; processor < 16; processor++) {
            text.append("processor\t: ").append(processor).append("\nphysical id\t: 0\ncore id\t\t: ").append(processor % 8).append("\ncpu cores\t: 8\n\n");
        }
        write("proc/cpuinfo", text.toString());
        assertEquals(Integer.valueOf(8), linux(16).cores().value());
        assertEquals("/proc/cpuinfo", linux(16).cores().source());
    }

    @Test
    public void twoSocketsHaveTheSameCoreNumbers() throws IOException {
        write("proc/cpuinfo", "processor: 0\nphysical id\t: 0\ncore id\t: 0\n\nprocessor: 1\nphysical id\t: 1\ncore id\t: 0\n");
        assertEquals(Integer.valueOf(2), linux(2).cores().value());
    }

    @Test
    public void aProcessorWithoutCoreNumbersIsCountedByItsTopology() throws IOException {
        write("proc/cpuinfo", "processor\t: 0\nBogoMIPS\t: 50.00\n\nprocessor\t: 1\nBogoMIPS\t: 50.00\n");
        for (int cpu = 0; cpu < 4; cpu++) {
            write("sys/devices/system/cpu/cpu" + cpu + "/topology/thread_siblings_list", cpu + "\n");
        }
        write("sys/devices/system/cpu/cpufreq/x", "");
        assertEquals(Integer.valueOf(4), linux(4).cores().value());
        assertTrue(linux(4).cores().source().contains("topology"));
    }

    @Test
    public void aGroupLimitsCoresAndMemory() throws IOException {
        write("proc/cpuinfo", "processor: 0\nphysical id\t: 0\ncore id\t: 0\n\nprocessor: 1\nphysical id\t: 0\ncore id\t: 1\n\n"
            + "processor: 2\nphysical id\t: 0\ncore id\t: 2\n\nprocessor: 3\nphysical id\t: 0\ncore id\t: 3\n");
        write("proc/meminfo", "MemTotal:       32658036 kB\nMemFree:  1 kB\n");
        write("proc/self/cgroup", "0::/system.slice/ozone.service\n");
        write("sys/fs/cgroup/system.slice/ozone.service/cpu.max", "150000 100000\n");
        write("sys/fs/cgroup/system.slice/ozone.service/memory.max", "max\n");
        write("sys/fs/cgroup/system.slice/memory.max", "6442450944\n");
        assertEquals(Integer.valueOf(2), linux(4).cores().value());
        assertTrue(linux(4).cores().source(), linux(4).cores().source().contains("ozone.service/cpu.max: this process may use 2 of 4"));
        assertEquals("the group above limits too", Integer.valueOf(6), linux(4).memory().value());
        assertTrue(linux(4).memory().source(), linux(4).memory().source().contains("system.slice/memory.max (the machine has 31.1 GiB)"));
        assertEquals("so does what the JVM may use", Integer.valueOf(1), linux(1).cores().value());
    }

    @Test
    public void theOlderGroupsLimitToo() throws IOException {
        write("proc/meminfo", "MemTotal:       16252928 kB\n");
        write("proc/cpuinfo", "core id: 0\n\ncore id: 1\n\ncore id: 2\n");
        write("proc/self/cgroup", "4:memory:/box\n3:cpu,cpuacct:/box\n0::/\n");
        write("sys/fs/cgroup/memory/box/memory.limit_in_bytes", "9223372036854771712\n");
        write("sys/fs/cgroup/cpu/box/cpu.cfs_quota_us", "-1\n");
        write("sys/fs/cgroup/cpu/box/cpu.cfs_period_us", "100000\n");
        assertEquals("no limit: the kernel's own part counts as the machine's", Integer.valueOf(16), linux(3).memory().value());
        assertEquals(Integer.valueOf(3), linux(3).cores().value());
        write("sys/fs/cgroup/memory/box/memory.limit_in_bytes", String.valueOf(4L << 30));
        write("sys/fs/cgroup/cpu/box/cpu.cfs_quota_us", "100000\n");
        assertEquals(Integer.valueOf(4), linux(3).memory().value());
        assertEquals(Integer.valueOf(1), linux(3).cores().value());
    }

    @Test
    public void whatCannotBeReadIsUnknown() throws IOException {
        Probe probe = linux(8);
        assertFalse(probe.cores().known());
        assertFalse(probe.memory().known());
        assertFalse(probe.gpu().known());
        assertFalse(new Storage(root(), false, NOTHING).kind(root()).known());
        write("proc/cpuinfo", "garbage");
        write("proc/meminfo", "garbage");
        write("proc/self/mountinfo", "garbage\n\n1 2 3\n");
        assertFalse(probe.cores().known());
        assertFalse(probe.memory().known());
        assertFalse(new Storage(root(), false, NOTHING).kind(root()).known());
    }

    @Test
    public void aPartitionIsOfItsDisksKind() throws IOException {
        disk("sda", "8:0", "sda1", "8:1", "1");
        write("proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
        Detected<Disk> kind = new Storage(root(), false, NOTHING).kind(Files.createDirectories(root().resolve("home/data")));
        assertEquals(Disk.ROTATING, kind.value());
        assertTrue(kind.source(), kind.source().startsWith("/sys/block/sda/queue/rotational"));
    }

    @Test
    public void aVirtualDiskIsNotBelievedWhenItSaysThatItRotates() throws IOException {
        disk("vda", "254:0", "vda1", "254:1", "1");
        write("proc/self/mountinfo", "22 1 254:1 / / rw - ext4 /dev/vda1 rw\n");
        Detected<Disk> kind = new Storage(root(), false, NOTHING).kind(root());
        assertFalse(kind.known());
        assertTrue(kind.source(), kind.source().contains("virtual disk (vda)"));
        write("sys/devices/pci/vda/queue/rotational", "0\n");
        assertEquals(Disk.SSD, new Storage(root(), false, NOTHING).kind(root()).value());
    }

    @Test
    public void theLongestMountCounts() throws IOException {
        disk("sda", "8:0", "sda1", "8:1", "1");
        disk("nvme0n1", "259:0", "nvme0n1p2", "259:2", "0");
        write("proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n23 22 259:2 / /ssd rw,noatime shared:1 - ext4 /dev/nvme0n1p2 rw\n"
            + "24 22 0:40 / /ss rw - tmpfs tmpfs rw\n");
        Storage storage = new Storage(root(), false, NOTHING);
        assertEquals("it need not be there yet", Disk.NVME, storage.kind(Files.createDirectories(root().resolve("ssd")).resolve("ozone/data")).value());
        Detected<Disk> none = storage.kind(Files.createDirectories(root().resolve("ss/x")));
        assertFalse(none.known());
        assertTrue(none.source(), none.source().contains("tmpfs"));
    }

    @Test
    public void aFileSystemWithoutANumberIsFoundByName() throws IOException {
        disk("sdb", "8:16", "sdb1", "8:17", "0");
        Files.createDirectories(root().resolve("sys/class/block"));
        Files.createSymbolicLink(root().resolve("sys/class/block/sdb1"), root().resolve("sys/devices/pci/sdb/sdb1"));
        write("proc/self/mountinfo", "22 1 0:29 /@home / rw - btrfs /dev/sdb1 rw,subvol=/@home\n");
        assertEquals(Disk.SSD, new Storage(root(), false, NOTHING).kind(root()).value());
    }

    @Test
    public void graphicsCards() throws IOException {
        write("proc/version", "Linux");
        assertEquals(Machine.Gpu.NONE, linux(2).gpu().value());
        Files.createDirectories(root().resolve("sys/class/drm/card0/device"));
        write("sys/class/drm/card0/device/vendor", "0x1002\n");
        write("sys/class/drm/card0/device/mem_info_vram_total", "17163091968\n");
        assertEquals(new Machine.Gpu("AMD", 16368), linux(2).gpu().value());
        write("proc/driver/nvidia/gpus/0000:01:00.0/information", "Model: \t\t NVIDIA GeForce RTX 3080\nIRQ: 1\n");
        assertEquals(new Machine.Gpu("NVIDIA GeForce RTX 3080", 0), linux(2).gpu().value());
        Commands smi = line -> line[0].equals("nvidia-smi") ? "NVIDIA GeForce RTX 3080, 12288\nNVIDIA T4, 15360" : null;
        assertEquals(new Machine.Gpu("NVIDIA GeForce RTX 3080", 12288), new Probe(root(), "Linux", "amd64", 2, smi).gpu().value());
    }

    @Test
    public void aMac() {
        Map<String, String> answers = Map.of("sysctl -n hw.physicalcpu", "10", "sysctl -n hw.memsize", "34359738368",
            "diskutil info /System/Volumes/Data", "   Device Node: disk3s5\n   Solid State:               Yes\n");
        Commands mac = line -> answers.get(String.join(" ", line));
        Probe probe = new Probe(root(), "Mac OS X", "aarch64", 10, mac);
        assertEquals(Integer.valueOf(10), probe.cores().value());
        assertEquals(Integer.valueOf(32), probe.memory().value());
        assertTrue(probe.gpu().value().present());
        assertEquals(Disk.SSD, new Storage(root(), true, mac).kind(root()).value());
        assertFalse(new Probe(root(), "Mac OS X", "x86_64", 10, NOTHING).gpu().known());
        assertFalse(new Probe(root(), "Mac OS X", "x86_64", 10, NOTHING).cores().known());
    }

    @Test
    public void programsThatAreNotThereAreNoAnswer() {
        assertEquals("x", Commands.here("echo", "x"));
        assertEquals(null, Commands.here("no-such-program-at-all"));
        assertEquals(null, Commands.here("false"));
    }

    @Test
    public void thisMachine() {
        Machine machine = new Probe(Path.of("/"), System.getProperty("os.name"), System.getProperty("os.arch"),
            Runtime.getRuntime().availableProcessors(), Commands::here).look(root());
        assertTrue(!machine.cores().known() || machine.cores().value() <= Runtime.getRuntime().availableProcessors());
        assertFalse(machine.cores().source().isEmpty());
        assertFalse(machine.disk().source().isEmpty());
        assertTrue(machine.diskGib().known());
    }

    private Probe linux(int processors) {
        return new Probe(root(), "Linux", "amd64", processors, NOTHING);
    }

    private Path root() {
        return folder.getRoot().toPath();
    }

    private void write(String path, String text) throws IOException {
        Path file = root().resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void disk(String name, String number, String part, String partNumber, String rotational) throws IOException {
        write("sys/devices/pci/" + name + "/queue/rotational", rotational + "\n");
        Path partition = Files.createDirectories(root().resolve("sys/devices/pci/" + name + "/" + part));
        Files.createDirectories(root().resolve("sys/dev/block"));
        Files.createSymbolicLink(root().resolve("sys/dev/block/" + number), root().resolve("sys/devices/pci/" + name));
        Files.createSymbolicLink(root().resolve("sys/dev/block/" + partNumber), partition);
    }
}
