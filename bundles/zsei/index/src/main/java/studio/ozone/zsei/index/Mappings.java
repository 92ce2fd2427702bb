package studio.ozone.zsei.index;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.FilterIndexInput;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.store.NIOFSDirectory;
import org.apache.lucene.store.RandomAccessInput;

/**
 * Maps files of the index into memory, never more than the limit in all; what is beyond it is read through buffers. A file keeps the way
 * it was opened in: whoever lowers the limit has the files opened again. Thread-safe.
 */
final class Mappings implements Folder.Disk {

    /** What the system maps in; mappings are counted as the system counts them. */
    private static final long PAGE = 4096;

    private final AtomicLong mapped = new AtomicLong();
    private volatile Limits limits;

    /**
     * @param enabled whether files are mapped at all
     * @param preload whether their pages are touched when they are
     * @param bytes the most that is mapped
     */
    record Limits(boolean enabled, boolean preload, long bytes) {

        /** @param gibibytes more than 0 */
        static Limits of(boolean enabled, boolean preload, double gibibytes) {
            if (!(gibibytes > 0)) {
                throw new IllegalArgumentException("zsei.mmap.max_mapped_memory_gb is " + gibibytes + "; it is more than 0");
            }
            return new Limits(enabled, preload, (long) (gibibytes * (1L << 30)));
        }
    }

    Mappings(Limits limits) {
        this.limits = limits;
    }

    Limits limits() {
        return limits;
    }

    /** Counts for files that are opened from now on. */
    void limits(Limits next) {
        limits = next;
    }

    /** Bytes of all files that are mapped now, never more than the limit that was in force when they were. */
    long mapped() {
        return mapped.get();
    }

    /** Bytes of mapped files below a folder that are in memory now; -1 where the system does not tell. */
    static long resident(Path folder) {
        Path smaps = Path.of("/proc/self/smaps");
        if (!Files.isReadable(smaps)) {
            return -1;
        }
        String path = " " + folder + "/";
        boolean ours = false;
        long bytes = 0;
        try (Stream<String> lines = Files.lines(smaps)) {
            for (String line : (Iterable<String>) lines::iterator) {
                if (line.startsWith("Rss:")) {
                    bytes += ours ? Long.parseLong(line.substring(4, line.length() - 2).strip()) << 10 : 0;
                } else if (Character.digit(line.charAt(0), 16) >= 0 && line.indexOf('-') > 0) {
                    ours = line.contains(path);
                }
            }
            return bytes;
        } catch (IOException | RuntimeException e) {
            return -1;                             // gauges do not fail
        }
    }

    @Override
    public Directory open(Path folder) throws IOException {
        MMapDirectory mapping = new MMapDirectory(folder);
        mapping.setGroupingFunction(MMapDirectory.NO_GROUPING);      // so that a file is let go when it is closed, and not its neighbours'
        mapping.setPreload((name, context) -> limits.preload());
        return new Capped(mapping, new NIOFSDirectory(folder));
    }

    private boolean admit(long bytes) {
        Limits now = limits;
        if (!now.enabled()) {
            return false;
        }
        for (long before = mapped.get(); before + bytes <= now.bytes(); before = mapped.get()) {
            if (mapped.compareAndSet(before, before + bytes)) {
                return true;
            }
        }
        return false;
    }

    /** Writes and lists as the one, opens by either. */
    private final class Capped extends FilterDirectory {

        private final NIOFSDirectory buffered;

        Capped(MMapDirectory mapping, NIOFSDirectory buffered) {
            super(mapping);
            this.buffered = buffered;
        }

        @Override
        public IndexInput openInput(String name, IOContext context) throws IOException {
            if (context == IOContext.READONCE) {
                return buffered.openInput(name, context);
            }
            long bytes = (fileLength(name) + PAGE - 1) / PAGE * PAGE;
            if (!admit(bytes)) {
                return buffered.openInput(name, context);
            }
            boolean opened = false;
            try {
                IndexInput input = new Counted(in.openInput(name, context), bytes);
                opened = true;
                return input;
            } finally {
                if (!opened) {
                    mapped.addAndGet(-bytes);
                }
            }
        }

        @Override
        public void close() throws IOException {
            try (buffered) {
                super.close();
            }
        }
    }

    /** Notices when a file is let go. What is really read are clones and slices, and those are the engine's own. */
    private final class Counted extends FilterIndexInput {

        private final long bytes;
        private final AtomicBoolean closed = new AtomicBoolean();

        Counted(IndexInput mapped, long bytes) {
            super(mapped.toString(), mapped);
            this.bytes = bytes;
        }

        @Override
        public IndexInput clone() {
            return in.clone();
        }

        @Override
        public IndexInput slice(String description, long offset, long length, IOContext context) throws IOException {
            return in.slice(description, offset, length, context);
        }

        @Override
        public RandomAccessInput randomAccessSlice(long offset, long length) throws IOException {
            return in.randomAccessSlice(offset, length);
        }

        @Override
        public void prefetch(long offset, long length) throws IOException {
            in.prefetch(offset, length);
        }

        @Override
        public void updateIOContext(IOContext context) throws IOException {
            in.updateIOContext(context);
        }

        @Override
        public boolean isEfficientFor(IOContext context) {
            return in.isEfficientFor(context);
        }

        @Override
        public Optional<Boolean> isLoaded() {
            return in.isLoaded();
        }

        @Override
        public void close() throws IOException {
            try {
                super.close();
            } finally {
                if (closed.compareAndSet(false, true)) {
                    mapped.addAndGet(-bytes);
                }
            }
        }
    }
}
