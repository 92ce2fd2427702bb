package studio.ozone.llm.local;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import studio.ozone.api.llm.Models.Fit;

/** How much memory a model needs: of a file by its own size, of one that is not there by the tuning guide's table (section 6). */
final class Needs {

    /** The guide's video memory for a layer. */
    static final long LAYER_BYTES = 100_000_000L;
    private static final long BILLION = 1_000_000_000L;
    /** The guide speaks of memory as it is sold. */
    private static final long GB = 1L << 30;
    private static final long LEAST_ROOM = 64L << 20;
    private static final long[][] TABLE = {{1, 2}, {3, 4}, {7, 8}, {13, 16}};
    private static final String[] QUANTISATIONS = {"Q4_K_M", "Q5_K_M", "Q8_0"};
    /** Bits of a value, scales included. */
    private static final double[] BITS = {4.85, 5.69, 8.5};

    private Needs() {
    }

    /** The file, keys and values of the whole context, and room to compute: a sixteenth of the file, 64 MiB at least. */
    static long bytes(Gguf model, int context) {
        long tokens = model.contextLength() > 0 ? Math.min(context, model.contextLength()) : context;
        return model.bytes() + model.cachePerToken() * tokens + Math.max(LEAST_ROOM, model.bytes() / 16);
    }

    /** Video memory of so many layers: the guide's sum, or their share of the file where that is less. */
    static long videoBytes(Gguf model, int layers) {
        long guide = layers * LAYER_BYTES;
        long all = model.layers() + 1;       // the last one is what makes words of it
        return model.layers() > 0 ? Math.min(guide, (long) (model.bytes() * (double) Math.min(layers, all) / all)) : guide;
    }

    /** The guide's figure for a model of so many parameters, at the next size of its table. */
    static long guide(long parameters) {
        for (long[] row : TABLE) {
            if (parameters <= row[0] * BILLION * 11 / 10) {
                return row[1] * GB;
            }
        }
        return 16 * GB * Math.ceilDiv(parameters, 13 * BILLION);
    }

    /** Each size of the guide's table at each quantisation. */
    static List<Fit> fits(long free) {
        List<Fit> fits = new ArrayList<>();
        for (long[] row : TABLE) {
            for (int i = 0; i < QUANTISATIONS.length; i++) {
                long needed = (long) (row[1] * GB * BITS[i] / BITS[0]);
                fits.add(new Fit(row[0] + "B", QUANTISATIONS[i], needed, free >= 0 && needed <= free));
            }
        }
        return fits;
    }

    static String gigabytes(long bytes) {
        return bytes < 0 ? "unknown" : String.format(Locale.ROOT, bytes < 10_000_000 ? "%.3f GB" : "%.2f GB", bytes / 1e9);
    }
}
