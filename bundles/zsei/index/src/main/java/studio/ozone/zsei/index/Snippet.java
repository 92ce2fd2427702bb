package studio.ozone.zsei.index;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** A piece of a chunk around the words that were looked for. */
final class Snippet {

    /** Characters, about. */
    static final int LENGTH = 240;

    private Snippet() {
    }

    /**
     * The window with the most different words; where there are several, the first.
     *
     * @param wanted words as the analyzer gives them
     */
    static String of(String text, WordAnalyzer analyzer, Set<String> wanted) {
        String line = text.strip().replaceAll("\\s+", " ");
        if (line.length() <= LENGTH) {
            return line;
        }
        String[] words = line.split(" ");
        int[] starts = new int[words.length];
        boolean[] hits = new boolean[words.length];
        for (int i = 0, at = 0; i < words.length; at += words[i++].length() + 1) {
            starts[i] = at;
            hits[i] = analyzer.words(words[i]).keySet().stream().anyMatch(wanted::contains);
        }
        int best = 0;
        int most = -1;
        for (int i = 0; i < words.length; i++) {
            if (i > 0 && !hits[i]) {
                continue;
            }
            Set<String> seen = new HashSet<>();
            for (int j = i; j < words.length && starts[j] + words[j].length() - starts[i] <= LENGTH - 40; j++) {
                if (hits[j]) {
                    seen.add(words[j].toLowerCase(Locale.ROOT));
                }
            }
            if (seen.size() > most) {
                most = seen.size();
                best = i;
            }
        }
        // A few words before the first hit, so that it can be understood.
        int first = best;
        while (first > 0 && starts[best] - starts[first - 1] <= 40) {
            first--;
        }
        int from = starts[first];
        int to = Math.min(line.length(), from + LENGTH);
        if (to < line.length()) {
            int space = line.lastIndexOf(' ', to);
            to = space > from ? space : Character.isHighSurrogate(line.charAt(to - 1)) ? to - 1 : to;
        }
        return (from > 0 ? "… " : "") + line.substring(from, to) + (to < line.length() ? " …" : "");
    }
}
