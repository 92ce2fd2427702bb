package studio.ozone.shell;

import java.util.Locale;

/** How text looks on a terminal, and how text that somebody else wrote is kept from doing anything there. */
record Style(boolean terminal) {

    private static final String RESET = "\u001b[0m";

    String bold(String text) {
        return paint("\u001b[1m", text);
    }

    String dim(String text) {
        return paint("\u001b[2m", text);
    }

    String good(String text) {
        return paint("\u001b[32m", text);
    }

    String warn(String text) {
        return paint("\u001b[33m", text);
    }

    String bad(String text) {
        return paint("\u001b[31m", text);
    }

    private String paint(String code, String text) {
        return terminal ? code + text + RESET : text;
    }

    /** Text of documents, models and file names without what a terminal would obey; line ends and tabs stay. */
    static String clean(String foreign) {
        String text = foreign.replace("\r\n", "\n");
        StringBuilder clean = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean harmless = c == '\n' || c == '\t' || !Character.isISOControl(c) && Character.getType(c) != Character.FORMAT;
            if (!harmless && clean == null) {
                clean = new StringBuilder(text.length()).append(text, 0, i);
            }
            if (clean != null) {
                clean.append(harmless ? c : '\uFFFD');
            }
        }
        return clean == null ? text : clean.toString();
    }

    /** The same on one line. */
    static String line(String text) {
        return clean(text.replaceAll("\\s+", " ")).strip();
    }

    /** Bytes for people, in binary units. */
    static String bytes(double bytes) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        int unit = 0;
        double value = bytes;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0 ? String.format(Locale.ROOT, "%.0f B", value) : String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
    }

    /** Milliseconds for people. */
    static String millis(double ms) {
        return ms < 10 ? String.format(Locale.ROOT, "%.1f ms", ms)
            : ms < 10_000 ? String.format(Locale.ROOT, "%.0f ms", ms) : String.format(Locale.ROOT, "%.1f s", ms / 1000);
    }
}
