package studio.ozone.shell;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

import studio.ozone.api.runtime.Progress;

/** Shows progress on one line of a terminal, rewritten at most ten times a second. Where there is no terminal it shows nothing. */
final class Bar implements Progress, AutoCloseable {

    private static final long NANOS_BETWEEN = 100_000_000L;
    private static final int WIDTH = 24;
    private static final String WIPE = "\r\u001b[K";

    private final PrintStream out;
    private final int columns;
    private final LongSupplier nanos;
    private String stage = "";
    private long stageBegan;
    private long shownAt;
    private boolean shown;

    Bar(PrintStream out, int columns) {
        this(out, columns, System::nanoTime);
    }

    Bar(PrintStream out, int columns, LongSupplier nanos) {
        this.out = out;
        this.columns = columns;
        this.nanos = nanos;
    }

    @Override
    public synchronized void report(String name, long done, long total, String detail) {
        if (columns <= 0) {
            return;
        }
        long now = nanos.getAsLong();
        boolean fresh = !name.equals(stage);
        if (fresh) {
            stage = name;
            stageBegan = now;
        } else if (now - shownAt < NANOS_BETWEEN) {
            return;
        }
        shownAt = now;
        shown = true;
        out.print(WIPE + line(done, total, detail, now));
        out.flush();
    }

    private String line(long done, long total, String detail, long now) {
        StringBuilder line = new StringBuilder(stage).append(' ');
        if (total > 0) {
            int full = (int) (WIDTH * Math.min(done, total) / total);
            line.append('[').append("#".repeat(full)).append(".".repeat(WIDTH - full)).append("] ").append(done).append('/').append(total);
        } else {
            line.append(done);
        }
        double seconds = (now - stageBegan) / 1e9;
        if (seconds >= 1 && done > 0) {
            line.append(String.format(Locale.ROOT, "  %.0f/s", done / seconds));
        }
        if (detail != null && !detail.isEmpty()) {
            line.append("  ").append(Style.line(detail));
        }
        return line.length() < columns ? line.toString() : line.substring(0, columns - 1);
    }

    /** Takes the line away, so that something else can be printed. */
    synchronized void wipe() {
        if (shown) {
            out.print(WIPE);
            out.flush();
            shown = false;
            shownAt = 0;
        }
    }

    @Override
    public void close() {
        wipe();
    }
}
