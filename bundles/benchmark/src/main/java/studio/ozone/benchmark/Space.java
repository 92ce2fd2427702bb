package studio.ozone.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

import studio.ozone.api.benchmark.BenchmarkException;
import studio.ozone.api.benchmark.BenchmarkException.Code;

/** Room on the disk. */
final class Space {

    static final String REMEDY = "Make room, or take a smaller data set (--dataset small)";

    private static final Pattern GONE = Pattern.compile("no space left|disk is full|disk full|quota exceeded", Pattern.CASE_INSENSITIVE);
    private static final long ALWAYS_MIB = 150;
    /** Text, store and index of one container, with what merging needs besides. */
    private static final long CONTAINER_KIB = 12;

    private Space() {
    }

    /** Whether a message says that the disk is full. */
    static boolean gone(String message) {
        return message != null && GONE.matcher(message).find();
    }

    /** @throws BenchmarkException DISK_FULL if a store of that size would not fit */
    static void check(Path data, int containers) throws IOException, BenchmarkException {
        long needed = ALWAYS_MIB + containers * CONTAINER_KIB / 1024;
        long free = Files.getFileStore(data).getUsableSpace() >> 20;
        if (free < needed) {
            throw new BenchmarkException(Code.DISK_FULL, "The temporary store needs about " + needed + " MiB below " + data + ", and " + free + " MiB are free. " + REMEDY);
        }
    }

    static BenchmarkException failure(IOException e) {
        String said = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return gone(said) ? new BenchmarkException(Code.DISK_FULL, "The disk is full: " + said + ". " + REMEDY, e)
            : new BenchmarkException(Code.FAILED, "The benchmark cannot go on: " + said, e);
    }
}
